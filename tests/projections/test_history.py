"""What happened to one record: given its facts, then its state after each."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from adapters.reference import reference
from api.acts.desk import JAKARTA
from api.facts import EVENTS, deciders
from domain.kernel.errors import Unknown
from domain.kernel.events import EventType
from domain.kernel.valid import ValidTime
from domain.population.case import Called
from domain.population.resident import KtpIssued, KtpRequested
from projections.history import Step, history
from tests.projections.book import MINUTE, MORNING, TODAY, Book, forgotten, resident, story, ticket

DECIDERS = deciders(reference())
TIME = ValidTime(EVENTS, JAKARTA)


def steps(book: Book, stream: str) -> list[Step]:
    return history(book, DECIDERS, TIME, stream)


def test_each_step_shows_the_state_after_it(book: Book) -> None:
    book.write("resident-1", resident(1), KtpRequested("case-1"), KtpIssued("case-1", TODAY))
    shown = [(s.version, s.state["open_case"], s.state["ktp_issued_on"]) for s in steps(book, "resident-1")]
    assert shown == [(1, None, None), (2, "case-1", None), (3, None, "2010-03-01")]


def test_a_step_tells_who_did_it_and_when(book: Book) -> None:
    book.write("case-1", ticket(1, "resident-1"), Called("3"))
    _, called = steps(book, "case-1")
    assert (called.event, called.position, called.data) == ("population.called", 2, {"counter": "3"})
    assert (called.actor, called.role, called.office, called.channel) == (
        "dewi",
        "registrar",
        "DISDUKCAPIL",
        "test",
    )
    assert called.recorded_at == called.committed_at == MORNING + MINUTE


def test_a_record_has_only_its_own_steps(book: Book) -> None:
    story(book)
    assert [s.event for s in steps(book, "resident-2")] == ["population.resident-registered"]


def test_the_past_knows_what_was_committed_by_then(book: Book) -> None:
    book.write("resident-1", resident(1), KtpRequested("case-1"))
    at_the_second = MORNING + MINUTE
    assert len(history(book, DECIDERS, TIME, "resident-1", at_the_second)) == 2, "that moment included"
    assert len(history(book, DECIDERS, TIME, "resident-1", at_the_second - timedelta(microseconds=1))) == 1
    assert history(book, DECIDERS, TIME, "resident-1", MORNING - MINUTE) == []


def test_what_is_recorded_late_holds_from_its_own_day(book: Book) -> None:
    """The card was handed over two days before the request reached the ledger."""
    early = TODAY - timedelta(days=2)
    book.write("resident-1", replace(resident(1), registered_on=early - timedelta(days=1)))
    book.write("resident-1", KtpRequested("case-1"), KtpIssued("case-1", early))

    def held(day: date) -> list[str]:
        shown = history(book, DECIDERS, TIME, "resident-1", valid=day)
        return [step.event.removeprefix("population.") for step in shown]

    assert held(early - timedelta(days=2)) == []
    assert held(early - timedelta(days=1)) == ["resident-registered"]
    assert held(early) == ["resident-registered", "ktp-issued"]
    assert held(TODAY) == ["resident-registered", "ktp-issued", "ktp-requested"]


def test_what_held_then_as_known_then_is_both_times_at_once(book: Book) -> None:
    book.write("resident-1", replace(resident(1), registered_on=TODAY - timedelta(days=9)))
    book.write("resident-1", KtpIssued("case-1", TODAY - timedelta(days=5)))
    day = TODAY - timedelta(days=3)
    assert len(history(book, DECIDERS, TIME, "resident-1", valid=day)) == 2, "as known now"
    assert len(history(book, DECIDERS, TIME, "resident-1", MORNING, day)) == 1, "as known in the morning"


def test_a_fact_without_a_date_holds_from_the_day_of_its_recording_in_jakarta(book: Book) -> None:
    before_midnight_in_utc = MORNING.replace(hour=18)
    book.write("resident-1", KtpRequested("case-1"), at=before_midnight_in_utc)
    (step,) = steps(book, "resident-1")
    assert step.valid_on == TODAY + timedelta(days=1)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_an_event_with_a_day_says_which_of_them_it_holds_from(event: EventType) -> None:
    days = [field.name for field in fields(event.type) if field.type in (date, "date")]
    assert (event.valid in days) if days else event.valid is None


def test_every_kind_of_record_has_a_history(book: Book) -> None:
    story(book)
    streams = {fact.header.stream for fact in book.after(0, book.head())}
    told = {stream: steps(book, stream) for stream in streams}
    assert sum(map(len, told.values())) == book.head()
    assert {stream.partition("-")[0] for stream in streams} <= set(DECIDERS)


def test_values_are_plain(book: Book) -> None:
    story(book)

    def check(value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                assert type(key) is str
                check(inner)
        elif isinstance(value, list):
            for inner in value:
                check(inner)
        else:
            assert value is None or type(value) in {str, int, bool}, type(value)

    for fact in book.after(0, book.head()):
        for step in steps(book, fact.header.stream):
            check(step.data)
            check(step.state)


def test_a_forgotten_resident_has_a_history_without_data(book: Book) -> None:
    book.write("resident-1", forgotten(1))
    (step,) = steps(book, "resident-1")
    assert (step.data["person"], step.state["person"]) == ({"subject": "resident-1", "value": None}, None)


def test_an_unknown_kind_of_record_is_refused_and_an_unknown_record_is_empty(book: Book) -> None:
    with pytest.raises(Unknown, match="unknown-stream"):
        steps(book, "ship-1")
    assert steps(book, "resident-404") == []
