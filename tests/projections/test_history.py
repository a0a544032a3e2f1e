"""What happened to one record: given its facts, then its state after each."""

from datetime import timedelta

import pytest

from adapters.reference import reference
from api.facts import deciders
from domain.kernel.errors import Unknown
from domain.population.case import Called
from domain.population.resident import KtpIssued, KtpRequested
from projections.history import Step, history
from tests.projections.book import MINUTE, MORNING, TODAY, Book, forgotten, resident, story, ticket

DECIDERS = deciders(reference())


def steps(book: Book, stream: str) -> list[Step]:
    return history(book, DECIDERS, stream)


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
    assert len(history(book, DECIDERS, "resident-1", at_the_second)) == 2, "that moment included"
    assert len(history(book, DECIDERS, "resident-1", at_the_second - timedelta(microseconds=1))) == 1
    assert history(book, DECIDERS, "resident-1", MORNING - MINUTE) == []


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
