"""Read models and the ministry's feed after every civil event: they show what the facts say, once per record."""

import json
from collections import Counter

import pytest

from adapters.kemendagri.client import occupation, record_check
from adapters.kemendagri.mapping import wire_record
from adapters.reference import reference
from api.acts import civil
from api.acts.civil import asked, corrections
from domain.exchange.change import PopulationChange
from domain.population.resident import CivilEventNoted, Person
from domain.population.resident.person import COUNTED
from projections import corrections as requests
from projections import feeds, residents
from projections.parking import apply
from projections.residents import ResidentRow
from tests.acts.civil_rows import ROWS
from tests.acts.office import ANOTHER, FRIDAY, Office
from tests.acts.people import REGISTRAR
from tests.projections.conftest import Open
from tests.projections.node import Node

CATALOGUE = reference().civil_events
CHECK = record_check()
SAME = (
    *("household", "village", "ktp_issued_on", "ktp_cards", "ktp_due", "kia_on", "standing", "standing_on"),
    *("departing", "nik", "open_case"),
)
"""Columns that are named as the state is."""


def shown_as_folded(office: Office, node: Node) -> None:
    """Every row says what its stream folds to."""
    streams = office.ledger.streams
    for id_ in (stream for stream in streams if stream.startswith("resident-")):
        state, row = office.resident(id_), node.ask(residents.by_id, id_)
        assert {name: getattr(row, name) for name in SAME} == {name: getattr(state, name) for name in SAME}
        assert state.person == Person(**{name: getattr(row, name) for name in Person.__dataclass_fields__})
        assert (row.mother_id, row.father_id) == (state.mother, state.father)
        assert (row.stay, row.stay_until) == (
            (state.stay.kind, state.stay.until) if state.stay else ("", None)
        )
        assert row.spouses.split() == [m.spouse for m in state.marriages if m.spouse]
        assert row.ktp(FRIDAY) == state.ktp(FRIDAY)
        assert row.version == len(streams[id_])
    for id_ in (stream for stream in streams if stream.startswith("household-")):
        home, shown = office.household(id_), node.ask(residents.household, id_)
        assert (shown.head, shown.members, shown.village) == (home.head, len(home.members), home.village)
        assert (shown.print, shown.issued, shown.closed_on) == (home.print, home.issued, home.closed_on)
        assert home.residence
        assert (shown.kk, shown.address) == (home.residence.kk, home.residence.address)
        members: list[ResidentRow] = node.ask(residents.of_household, id_)
        assert {row.resident for row in members} == {m.resident for m in home.members}


def counted_right(office: Office, node: Node) -> None:
    people = [office.resident(s) for s in office.ledger.streams if s.startswith("resident-")]
    homes = [office.household(s) for s in office.ledger.streams if s.startswith("household-")]
    total = node.ask(residents.counts)
    assert total.residents == sum(person.standing in COUNTED for person in people)
    assert total.households == sum(home.active for home in homes)
    assert total.ktp == sum(person.ktp_issued_on is not None for person in people)


def told_once(office: Office, node: Node) -> list[str]:
    """One change record per record that an event closed, which fits the contract. Their kinds."""
    noted = [fact for fact in office.ledger.facts if isinstance(fact.event, CivilEventNoted)]
    entries = [
        e for e in node.ask(feeds.entries, "kemendagri", 0, 500) if e.kind not in {"BIODATA", "KTP_NEW"}
    ]
    at = {entry.position: entry for entry in entries}
    for fact in noted:
        if fact.event.code != "BIODATA":
            entry = at.pop(fact.position)
            assert (entry.kind, entry.record["resident"]) == (fact.event.code, fact.header.stream)
            assert entry.record["effective"] == fact.event.on.isoformat()
            assert entry.record.keys() == PopulationChange.__dataclass_fields__.keys()
            CHECK(json.loads(json.dumps(wire_record(entry, occupation))))
    assert at == {}
    return [entry.kind for entry in entries]


@pytest.mark.parametrize("code", ROWS)
def test_an_event_is_shown_counted_and_told(open_node: Open, code: str) -> None:
    office = Office()
    before, what = ROWS[code]
    before(office)
    office.record(code, what(office))
    node = open_node(office.ledger).project()
    shown_as_folded(office, node)
    counted_right(office, node)
    kinds = told_once(office, node)
    assert (code in kinds) == (CATALOGUE.event(code).feed and code not in {"KTP_NEW", "BIODATA"})


def everything() -> Office:
    """Each event in a town of its own family, as far as they go together; and corrections of two kinds."""
    office = Office()
    for before, what in ROWS.values():
        code = next(c for c, row in ROWS.items() if row == (before, what))
        office.home, (office.joko, office.sri, office.budi) = office.family(*Office.FAMILY)
        office.alone, (office.tono,) = office.family(Office.SINGLE)
        before(office)
        office.record(code, what(office))
    values = (asked.ElementValue("name", "Joko Susilo"),)
    for decide in (_approved, _rejected, lambda *_: None):
        want = asked.CorrectionWanted(office.joko, "salah", values)
        done = corrections.request(office.desk, want, by=REGISTRAR, command_id=office.next())
        decide(office, done.correction)
        values = (asked.ElementValue("name", "Joko Widodo"),)
    return office


def _approved(office: Office, correction: str) -> None:
    approval = corrections.Approval()
    civil.approve(office.desk, correction, approval, by=ANOTHER, command_id=office.next())


def _rejected(office: Office, correction: str) -> None:
    corrections.reject(office.desk, correction, "tidak ada bukti", by=ANOTHER, command_id=office.next())


@pytest.mark.parametrize("name", ["residents", "corrections", "feed_kemendagri"])
def test_rows_of_a_whole_week_do_not_depend_on_batches_and_survive_a_rebuild(
    open_node: Open, name: str
) -> None:
    office = everything()
    whole = open_node(office.ledger).project()
    uneven = open_node(office.ledger)
    (model,) = (m for m in uneven.models if m.name == name)
    for after in range(0, office.ledger.head(), 7):
        with uneven.views.store.writing() as write:
            apply(model, office.ledger.after(after, 7), write)
    assert uneven.rows([name]) == whole.rows([name])
    whole.views.rebuild([name])
    assert uneven.rows([name]) == whole.rows([name])
    shown_as_folded(office, whole)
    counted_right(office, whole)
    told_once(office, whole)


def test_a_correction_is_listed_with_both_values_and_who_decided(open_node: Open) -> None:
    office = everything()
    node = open_node(office.ledger).project()
    rows = node.ask(requests.page, resident=office.joko)
    stages = Counter(row.stage for row in rows)
    assert stages == {"approved": 1, "rejected": 1, "requested": 1}
    (approved,) = node.ask(requests.page, stage="approved")
    assert [(c.element, c.old, c.new) for c in approved.changes] == [("name", "Joko", "Joko Susilo")]
    assert (approved.asked_by, approved.decided_by, approved.decided_on) == (
        "dewi",
        "bagus",
        office.desk.today,
    )
    (rejected,) = node.ask(requests.page, stage="rejected")
    assert rejected.rejected_because == "tidak ada bukti"
    assert node.ask(requests.by_id, "correction-none") is None


def test_a_first_card_is_told_as_new_and_the_next_as_a_replacement(open_node: Open) -> None:
    office = Office()
    office.give_ktp(office.sri)
    office.record("KTP_REPLACE", asked.KtpReplacement(office.sri, "lost"))
    office.give_ktp(office.sri)
    entries = open_node(office.ledger).project().ask(feeds.entries, "kemendagri", 4, 10)
    assert [(entry.kind, entry.record["ktp"]) for entry in entries] == [
        ("KTP_NEW", "CARD ISSUED"),
        ("KTP_REPLACE", "PRINT READY RECORD"),
        ("KTP_REPLACE", "CARD ISSUED"),
    ]
