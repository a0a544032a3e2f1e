"""Records of the centre beside ours: what leaves a trace, and how an officer settles what differs."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from api.acts import civil
from api.acts.civil import asked, comparing, corrections
from api.acts.civil.comparing import Compared, HeldRecords, Settled, Settlement
from api.identity import CENTRE
from domain.kernel.errors import Conflict, Refused
from domain.population.comparison import Comparison, HeldRecord, comparison_decider, elements_of
from domain.population.filing import Answer
from tests.acts.centre import SENT, companion
from tests.acts.office import ANOTHER, IN_KEDEN, Office
from tests.acts.people import REGISTRAR

TODAY = date(2026, 11, 24)
STRANGER = "3314105708909999"


@pytest.fixture
def office() -> Office:
    return Office()


def held(office: Office, resident: str, **told: str) -> HeldRecord:
    state = office.resident(resident)
    assert state.nik
    return HeldRecord(state.nik, TODAY, state.village, "2019", True, {**elements_of(state), **told})


def stranger() -> HeldRecord:
    return HeldRecord(STRANGER, TODAY, "33.14.01.2001", "2019", True, {"name": "Wagiyem"})


def says(office: Office, *records: HeldRecord, message: str = "P-1") -> Compared:
    return comparing.take_in(office.desk, HeldRecords(Answer(message, "R-1", SENT), records), by=CENTRE)


def comparison(office: Office, resident: str) -> Comparison:
    return office.ledger.load(comparison_decider, comparing.comparison_of(resident)).state


def open_(office: Office, resident: str) -> list[str]:
    return [one.element for one in comparison(office, resident).open]


def settles(
    office: Office, resident: str, *elements: str, theirs: bool, by: Any = REGISTRAR, **more: Any
) -> Settled:
    id_ = resident if resident.startswith("comparison-") else comparing.comparison_of(resident)
    new = Settlement(id_, elements, theirs, "Akta kelahiran")
    return comparing.settle(office.desk, new, by=by, command_id=office.next(), **more)


def refused(act: Any, *given: Any, **more: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act(*given, **more)
    return refusal.value.code


def test_what_is_equal_leaves_nothing_but_the_receipt_of_the_message(office: Office) -> None:
    before = len(office.ledger.facts)
    told = says(office, held(office, office.sri), held(office, office.budi)).told
    assert (told.records, told.equal, told.different, told.unknown) == (2, 2, 0, 0)
    assert (told.answer.message, told.answer.receipt, told.answer.sent) == ("P-1", "R-1", SENT)
    assert len(office.ledger.facts) == before + 1


def test_each_resident_who_differs_is_one_fact_and_a_message_again_is_none(office: Office) -> None:
    records = (held(office, office.sri, name="Sri W.", mother="Sumi"), held(office, office.joko), stranger())
    first = says(office, *records)
    assert (first.told.equal, first.told.different, first.told.unknown) == (1, 1, 1)
    assert open_(office, office.sri) == ["name", "mother"]
    before = len(office.ledger.facts)
    assert says(office, *records).receipt.repeated
    assert len(office.ledger.facts) == before
    says(office, *records, message="P-2")
    assert len(office.ledger.facts) == before + 1, "it is said already"


def test_theirs_is_right_when_another_officer_corrects_ours(office: Office) -> None:
    says(office, held(office, office.sri, name="Sri Wahyuningsih"))
    done = settles(office, office.sri, "name", theirs=True)
    assert open_(office, office.sri) == []
    says(office, held(office, office.sri, name="Sri Wahyuningsih"), message="P-2")
    assert open_(office, office.sri) == [], "it waits for another officer"

    approval = corrections.Approval()
    own = {"by": REGISTRAR, "command_id": office.next()}
    assert refused(civil.approve, office.desk, done.correction, approval, **own) == "another-officer-decides"
    civil.approve(office.desk, done.correction, approval, by=ANOTHER, command_id=office.next())
    person = office.resident(office.sri).person
    assert person
    assert person.name == "Sri Wahyuningsih"
    assert says(office, held(office, office.sri), message="P-3").told.equal == 1


def test_a_difference_comes_back_when_its_correction_was_rejected(office: Office) -> None:
    says(office, held(office, office.sri, name="Sri Wahyuningsih"))
    done = settles(office, office.sri, "name", theirs=True)
    told = {"by": ANOTHER, "command_id": office.next()}
    corrections.reject(office.desk, done.correction, "Salah", **told)
    says(office, held(office, office.sri, name="Sri Wahyuningsih"), message="P-2")
    assert open_(office, office.sri) == ["name"]


def test_ours_is_right_and_the_same_values_do_not_come_back(office: Office) -> None:
    said = held(office, office.sri, name="Sri W.", mother="Sumi")
    says(office, said)
    settles(office, office.sri, "name", theirs=False)
    assert open_(office, office.sri) == ["mother"]
    says(office, said, message="P-2")
    assert open_(office, office.sri) == ["mother"]
    says(office, held(office, office.sri, name="Sri Wulan"), message="P-3")
    assert open_(office, office.sri) == ["name"]


def test_what_only_an_event_can_change_waits_for_the_event(office: Office) -> None:
    says(office, held(office, office.tono, marital="2", name="Tono S."))
    code = refused(settles, office, office.tono, "marital", theirs=True)
    assert code == "difference-needs-its-event"
    assert open_(office, office.tono) == ["name", "marital"]


def test_what_stands_here_by_now_is_settled_without_a_correction(office: Office) -> None:
    village = IN_KEDEN.village
    says(office, held(office, office.tono, village=village))
    assert refused(settles, office, office.tono, "village", theirs=True) == "difference-needs-its-event"
    office.record("ADDRESS", asked.NewAddress(office.alone, IN_KEDEN))
    assert settles(office, office.tono, "village", theirs=True).correction == ""
    assert open_(office, office.tono) == []


def test_of_two_officers_at_once_one_wins_and_the_other_is_told(office: Office) -> None:
    says(office, held(office, office.sri, name="Sri W."))
    settles(office, office.sri, "name", theirs=False, expected=1)
    with pytest.raises(Conflict):
        settles(office, office.sri, "name", theirs=True, by=ANOTHER, expected=1)
    assert refused(settles, office, office.sri, "name", theirs=True) == "difference-not-open"
    assert refused(settles, office, "comparison-9", "name", theirs=False) == "unknown-comparison"


def test_a_stranger_is_open_until_she_is_registered_or_found_to_be_nobody(office: Office) -> None:
    done = says(office, stranger())
    (id_,) = {f.header.stream for f in office.ledger.facts if f.header.stream.startswith("comparison-")}
    assert done.told.unknown == 1
    assert STRANGER not in id_
    assert refused(settles, office, id_, "nik", theirs=True) == "difference-needs-its-event"
    settles(office, id_, "nik", "name", "village", theirs=False)
    before = len(office.ledger.facts)
    says(office, stranger(), message="P-2")
    assert len(office.ledger.facts) == before + 1


def test_a_message_is_taken_whole_or_not_at_all(office: Office) -> None:
    sri = held(office, office.sri, name="Sri W.")
    before = len(office.ledger.facts)
    assert refused(says, office) == "records-too-many"
    assert refused(says, office, *[sri] * (comparing.MOST + 1)) == "records-too-many"
    assert refused(says, office, sri, sri) == "record-twice"
    assert refused(says, office, sri, replace(stranger(), synthetic=False)) == "not-synthetic"
    assert len(office.ledger.facts) == before


def test_in_companion_mode_a_difference_is_found_all_the_same(office: Office) -> None:
    office.desk = companion(office.desk)
    assert says(office, held(office, office.sri, name="Sri W.")).told.different == 1
