"""The laws of civil events, one decider at a time: what a resident, a household, an entry and a correction refuse."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.kernel.decider import Claim
from domain.kernel.events import Personal
from domain.kernel.values import Kk, Nik
from domain.population.correction import (
    ApproveCorrection,
    CorrectionApproved,
    CorrectionRejected,
    CorrectionRequested,
    RejectCorrection,
    RequestCorrection,
    correction_decider,
)
from domain.population.entry import (
    AnnulCivilEvent,
    CivilEventAnnulled,
    Detail,
    RecordCivilEvent,
    entry_decider,
)
from domain.population.household import ChangeMembers, IssueKk, Member, MoveHousehold, ReviseCard
from domain.population.household import household_decider as household
from domain.population.household.events import (
    HouseholdClosed,
    HouseholdMoved,
    KkIssued,
    KkPrintDue,
    KkRenumbered,
    MemberJoined,
    MemberLeft,
    RelationsChanged,
)
from domain.population.resident import (
    ChangeElements,
    EndMarriage,
    GiveNik,
    GrantStay,
    IssueKia,
    IssueKtp,
    KtpIssued,
    KtpRequested,
    LinkParents,
    Marry,
    MoveAway,
    NewValue,
    NikSource,
    NoteEvent,
    PlaceResident,
    RecordChild,
    RecordDeath,
    ReportFound,
    ReportMissing,
    RequestKtp,
    RestoreMarriage,
    ReturnResident,
    ReverseDeath,
    Standing,
    VoidKtp,
    VoidRecord,
)
from domain.population.resident import resident_decider as resident
from domain.population.resident.events import (
    CivilEventNoted,
    DeathReversed,
    Died,
    ElementsChanged,
    Found,
    KiaIssued,
    KtpReprintDue,
    KtpVoided,
    MarriageEnded,
    MarriageRestored,
    Married,
    MovedAway,
    NikGiven,
    ParentsLinked,
    RecordVoided,
    ResidentPlaced,
    Returned,
    StayGranted,
    WentMissing,
)
from domain.population.resident.person import (
    CardLoss,
    Change,
    Filiation,
    MarriageEnd,
    Parents,
    StayKind,
    Voiding,
)
from tests.domain.examples import (
    HOME_REGISTERED,
    KEDEN,
    MONDAY,
    SRAGEN_TENGAH,
    SRI,
    SRI_KK,
    SRI_LIVES,
    SRI_NIK,
    SRI_REGISTERED,
    TUESDAY,
)
from tests.domain.spec import forgotten, spec

BORN = SRI.birth_date
SRI_HERE = spec(resident).given(SRI_REGISTERED)
CARD = (KtpRequested("case-1"), KtpIssued("case-1", MONDAY))
DEAD, AWAY = Died(MONDAY), MovedAway("moved-out", MONDAY)
VOID = RecordVoided("duplicate", "resident-2", MONDAY)
FOREIGN = replace(
    SRI_REGISTERED, nik=Personal("sri", None), person=Personal("sri", replace(SRI, citizenship="2"))
)
LIMITED = StayGranted("limited", TUESDAY, MONDAY)
PLACE = PlaceResident("home-2", KEDEN.code, "4", replace(SRI_LIVES, address="Jl. Baru"), TUESDAY)
NEEDS_LIFE: tuple[Any, ...] = (
    PLACE,
    RecordDeath(TUESDAY),
    MoveAway(Standing.ABROAD, TUESDAY),
    ReportMissing(TUESDAY),
    VoidRecord(Voiding.DUPLICATE, "resident-2", TUESDAY),
    VoidKtp(CardLoss.LOST, TUESDAY),
    IssueKia(TUESDAY),
    RequestKtp("case-2", TUESDAY),
    Marry("tono", TUESDAY),
    EndMarriage("tono", MarriageEnd.DIVORCE, TUESDAY),
    LinkParents("sri", Filiation.BIRTH, "mother", "", Parents("Sumini", ""), TUESDAY),
    ChangeElements("sri", (NewValue("name", "Sri Rejeki"),), TUESDAY, TUESDAY),
    GrantStay(StayKind.LIMITED, TUESDAY, TUESDAY),
)


@pytest.mark.parametrize("command", NEEDS_LIFE, ids=lambda c: type(c).__name__)
def test_nothing_is_recorded_of_who_is_dead_away_or_void(command: Any) -> None:
    SRI_HERE.given(DEAD).when(command).rejected("already-dead", on=MONDAY)
    SRI_HERE.given(AWAY).when(command).rejected("moved-away", on=MONDAY)
    SRI_HERE.given(VOID).when(command).rejected("record-void", on=MONDAY)
    spec(resident).when(command).rejected("resident-not-registered")


def test_a_card_of_who_died_meanwhile_is_not_handed_over() -> None:
    asked = SRI_HERE.given(CARD[0], DEAD)
    asked.when(IssueKtp("case-1", TUESDAY)).rejected("already-dead", on=MONDAY)


@pytest.mark.parametrize(
    "command",
    [
        RecordDeath(BORN - timedelta(1)),
        MoveAway(Standing.MOVED_OUT, BORN - timedelta(1)),
        ReportMissing(BORN - timedelta(1)),
        Marry("tono", BORN - timedelta(1)),
    ],
    ids=lambda c: type(c).__name__,
)
def test_nothing_happens_before_birth(command: Any) -> None:
    SRI_HERE.when(command).rejected("before-birth", on=BORN - timedelta(1), born=BORN)


def test_the_dead_leave_household_and_card_and_keep_the_nik() -> None:
    state = SRI_HERE.given(*CARD).when(RecordDeath(BORN)).then(Died(BORN)).state
    assert (state.household, state.ktp_issued_on, state.nik, state.counted) == ("", None, SRI_NIK, False)
    reversed_ = DeathReversed("entry-1", TUESDAY)
    assert SRI_HERE.given(DEAD).when(ReverseDeath("entry-1", TUESDAY)).then(reversed_).state.counted
    SRI_HERE.when(ReverseDeath("entry-1", TUESDAY)).rejected(
        "standing-differs", expected="dead", found="alive"
    )


def test_only_who_moved_away_comes_back() -> None:
    SRI_HERE.when(ReturnResident(TUESDAY)).rejected("has-not-moved-away")
    SRI_HERE.given(DEAD).when(ReturnResident(TUESDAY)).rejected("already-dead", on=MONDAY)
    SRI_HERE.given(AWAY).when(ReturnResident(TUESDAY)).then(Returned(TUESDAY))


def test_who_is_missing_stays_on_the_card_until_found() -> None:
    missing = SRI_HERE.given(WentMissing(MONDAY))
    assert (missing.state.counted, missing.state.household) == (True, "home")
    missing.when(ReportMissing(TUESDAY)).rejected("already-missing", on=MONDAY)
    missing.when(ReportFound(TUESDAY)).then(Found(TUESDAY))
    SRI_HERE.when(ReportFound(TUESDAY)).rejected("standing-differs", expected="missing", found="alive")


def test_a_new_address_makes_the_card_due_and_a_new_number_does_not() -> None:
    residence = Personal("home-2", PLACE.residence)
    placed = ResidentPlaced("home-2", KEDEN.code, "4", TUESDAY, residence)
    SRI_HERE.given(*CARD).when(PLACE).then(placed, KtpReprintDue(TUESDAY))
    SRI_HERE.when(PLACE).then(placed)
    same = PlaceResident("home", SRAGEN_TENGAH.code, "3", replace(SRI_LIVES, kk="x"), TUESDAY)
    SRI_HERE.given(*CARD).when(same).then(
        ResidentPlaced("home", SRAGEN_TENGAH.code, "3", TUESDAY, Personal("home", same.residence))
    )


def test_a_foreigner_with_limited_stay_is_on_no_family_card_and_gets_a_nik_later() -> None:
    guest = spec(resident).given(FOREIGN, LIMITED)
    guest.when(PLACE).rejected("limited-stay-has-no-kk")
    guest.when(RequestKtp("case-1", TUESDAY)).rejected("ktp-not-yet-obliged", age=17)
    give = GiveNik("sri", Nik(SRI_NIK), NikSource.ALLOCATED, TUESDAY)
    claim = Claim("nik", SRI_NIK, secret=True)
    given = NikGiven(TUESDAY, "allocated", Personal("sri", SRI_NIK))
    guest.when(give).then(given).claims(claim)
    guest.given(given).when(give).rejected("nik-given-already")
    SRI_HERE.when(GrantStay(StayKind.LIMITED, TUESDAY, MONDAY)).rejected("not-a-foreigner")
    guest.when(GrantStay(StayKind.PERMANENT, MONDAY, TUESDAY)).rejected(
        "stay-ends-before-it-begins", until=MONDAY
    )


def test_a_marriage_begins_once_and_ends_with_the_one_it_was_with() -> None:
    married = Married("tono", "2", MONDAY)
    SRI_HERE.when(Marry("tono", MONDAY)).then(married)
    SRI_HERE.given(married).when(Marry("tono", TUESDAY)).rejected("already-married-to-each-other")
    SRI_HERE.when(EndMarriage("tono", MarriageEnd.DEATH, MONDAY)).rejected("not-married")
    wife = SRI_HERE.given(married)
    wife.when(EndMarriage("joko", MarriageEnd.DIVORCE, MONDAY)).rejected("not-married-to-each-other")
    for how, after in ((MarriageEnd.DIVORCE, "3"), (MarriageEnd.DEATH, "4"), (MarriageEnd.ANNULMENT, "1")):
        ended = MarriageEnded("tono", how.value, after, TUESDAY)
        wife.when(EndMarriage("tono", how, TUESDAY)).then(ended)
        restored = MarriageRestored("tono", True, "2", TUESDAY)
        wife.given(ended).when(RestoreMarriage("tono", TUESDAY)).then(restored)
    SRI_HERE.when(RestoreMarriage("tono", TUESDAY)).rejected("no-marriage-to-restore")
    imported = replace(SRI_REGISTERED, person=Personal("sri", replace(SRI, marital="2")))
    widow = spec(resident).given(imported, MarriageEnded("tono", "death", "4", MONDAY))
    nameless = MarriageRestored("tono", False, "2", TUESDAY)
    assert widow.when(RestoreMarriage("tono", TUESDAY)).then(nameless).state.marriages == ()


def test_a_second_marriage_that_goes_on_keeps_its_partner_married() -> None:
    twice = SRI_HERE.given(Married("tono", "2", MONDAY), Married("joko", "2", MONDAY))
    ended = MarriageEnded("tono", "divorce", "2", TUESDAY)
    twice.when(EndMarriage("tono", MarriageEnd.DIVORCE, TUESDAY)).then(ended)


def test_nobody_is_her_own_parent() -> None:
    own = LinkParents("sri", Filiation.BIRTH, "sri", "", Parents("", ""), MONDAY)
    SRI_HERE.when(own).rejected("own-parent")
    linked = ParentsLinked("adopted", "yanti", "", MONDAY, Personal("sri", Parents("Yanti", "")))
    state = SRI_HERE.given(linked).state
    assert state.person
    assert (state.person.mother, state.adopters) == ("Sumini", ("yanti",)), "birth parents stay"
    spec(resident).when(RecordChild("bayu", MONDAY, MONDAY)).rejected("resident-not-registered")


def test_elements_change_with_their_old_value_and_the_nik_never() -> None:
    def change(element: str, value: str) -> ChangeElements:
        return ChangeElements("sri", (NewValue(element, value),), TUESDAY, TUESDAY)

    renamed = ElementsChanged(TUESDAY, Personal("sri", (Change("name", "Sri Wahyuni", "Sri R"),)))
    SRI_HERE.given(*CARD).when(change("name", "Sri R")).then(renamed, KtpReprintDue(TUESDAY))
    schooled = ElementsChanged(TUESDAY, Personal("sri", (Change("education", "5", "8"),)))
    SRI_HERE.given(*CARD).when(change("education", "8")).then(schooled)
    for element in ("nik", "kk", "marital", "relation", "codes"):
        SRI_HERE.when(change(element, "x")).rejected("element-cannot-change", element=element)
    SRI_HERE.when(change("name", "Sri Wahyuni")).rejected("nothing-changes")
    SRI_HERE.when(change("name", " ")).rejected("name-missing-or-too-long", limit=60)
    SRI_HERE.when(change("birth_date", "1990-13-01")).rejected("malformed-date")
    SRI_HERE.when(change("birth_date", "2030-01-01")).rejected("birth-in-the-future", on=date(2030, 1, 1))
    spec(resident).given(forgotten(SRI_REGISTERED)).when(change("name", "X")).rejected("resident-forgotten")


def test_an_occupation_keeps_the_list_it_is_from_when_the_name_changes() -> None:
    work = ElementsChanged(MONDAY, Personal("sri", (Change("occupation", "1", "89", "2010"),)))
    name = ElementsChanged(TUESDAY, Personal("sri", (Change("name", "Sri Wahyuni", "Sri R"),)))
    person = SRI_HERE.given(work, name).state.person
    assert person
    assert (person.occupation, person.codes) == ("89", "2010")


def test_a_void_card_is_replaced_and_a_true_one_is_not_changed() -> None:
    SRI_HERE.when(VoidKtp(CardLoss.LOST, TUESDAY)).rejected("no-ktp-to-replace")
    holder = SRI_HERE.given(*CARD)
    holder.when(VoidKtp(CardLoss.CHANGED, TUESDAY)).rejected("ktp-still-true")
    state = holder.when(VoidKtp(CardLoss.DAMAGED, TUESDAY)).then(KtpVoided("damaged", TUESDAY)).state
    assert state.ktp(TUESDAY).value == "PRINT READY RECORD"


def test_a_child_card_is_for_children_with_a_photo_from_five() -> None:
    for on, photo in ((date(1995, 8, 16), False), (date(1995, 8, 17), True)):
        SRI_HERE.when(IssueKia(on)).then(KiaIssued(on, photo))
    SRI_HERE.when(IssueKia(date(2007, 8, 17))).rejected("kia-is-for-children", age=17)


def test_an_event_is_noted_on_whatever_record_it_touched() -> None:
    noted = CivilEventNoted("DEATH", "entry-1", MONDAY)
    SRI_HERE.given(DEAD).when(NoteEvent("DEATH", "entry-1", MONDAY)).then(noted)
    spec(resident).when(NoteEvent("DEATH", "entry-1", MONDAY)).rejected("resident-not-registered")


# -- households

HOME = spec(household).given(HOME_REGISTERED)
NEW_KK = "3314100806109001"
NUMBERED = KkRenumbered(TUESDAY, Personal("home", replace(SRI_LIVES, kk=NEW_KK)))
LEAVE_SRI = ChangeMembers("home", ("sri",), (), (), None, TUESDAY)


def test_a_head_who_leaves_is_followed_by_one_with_a_new_number() -> None:
    HOME.when(LEAVE_SRI).rejected("new-head-needed")
    heir = replace(LEAVE_SRI, relations=(Member("budi", "1"),))
    HOME.when(heir).rejected("new-kk-needed")
    HOME.when(replace(heir, kk=Kk(NEW_KK))).then(
        MemberLeft("sri", TUESDAY),
        RelationsChanged((Member("budi", "1"),), TUESDAY),
        NUMBERED,
        KkPrintDue(2, TUESDAY),
    ).claims(Claim("kk", NEW_KK, secret=True))


def test_a_household_has_one_head_at_any_time() -> None:
    two = replace(LEAVE_SRI, leave=(), relations=(Member("budi", "1"),), kk=Kk(NEW_KK))
    HOME.when(two).rejected("household-needs-one-head")
    joined = replace(LEAVE_SRI, leave=(), join=(Member("tono", "1"),))
    HOME.when(joined).rejected("household-needs-one-head")


def test_only_members_leave_and_nobody_joins_twice() -> None:
    HOME.when(replace(LEAVE_SRI, leave=("tono",))).rejected("not-a-member")
    HOME.when(replace(LEAVE_SRI, leave=(), relations=(Member("tono", "4"),))).rejected("not-a-member")
    HOME.when(replace(LEAVE_SRI, leave=(), join=(Member("budi", "4"),))).rejected("member-listed-twice")
    tono = MemberJoined("tono", "11", TUESDAY)
    HOME.when(replace(LEAVE_SRI, leave=(), join=(Member("tono", "11"),))).then(tono, KkPrintDue(2, TUESDAY))


def test_a_household_without_members_is_closed_and_stays_so() -> None:
    empty = (MemberLeft("sri", MONDAY), MemberLeft("budi", MONDAY), HouseholdClosed(MONDAY))
    HOME.when(replace(LEAVE_SRI, leave=("sri", "budi"), on=MONDAY)).then(*empty)
    moved = MoveHousehold("home", KEDEN, "Dukuh 1", "1", "1", None, TUESDAY)
    for command in (LEAVE_SRI, ReviseCard(TUESDAY), IssueKk("case-1", TUESDAY), moved):
        HOME.given(*empty).when(command).rejected("household-closed", on=MONDAY)
        spec(household).when(command).rejected("household-not-registered")
        spec(household).given(forgotten(HOME_REGISTERED)).when(command).rejected("household-forgotten")


def test_a_move_into_another_kecamatan_needs_a_number_and_one_within_it_keeps_it() -> None:
    near = MoveHousehold("home", SRAGEN_TENGAH, "Jl. Baru", "1", "1", None, TUESDAY)
    lives = Personal("home", replace(SRI_LIVES, address="Jl. Baru", rt="1", rw="1"))
    HOME.when(near).then(HouseholdMoved(SRAGEN_TENGAH.code, TUESDAY, lives), KkPrintDue(2, TUESDAY)).claims()
    HOME.when(replace(near, village=KEDEN)).rejected("new-kk-needed")
    stays = replace(near, address=SRI_LIVES.address, rt=SRI_LIVES.rt, rw=SRI_LIVES.rw)
    HOME.when(stays).rejected("lives-there-already")
    far = HOME.when(replace(near, village=KEDEN, kk=Kk(NEW_KK)))
    assert far.state.residence == replace(SRI_LIVES, kk=NEW_KK, address="Jl. Baru", rt="1", rw="1")


def test_the_card_that_is_handed_over_is_the_newest() -> None:
    HOME.given(KkPrintDue(2, MONDAY)).when(IssueKk("case-1", TUESDAY)).then(KkIssued(2, "case-1", TUESDAY))
    HOME.when(ReviseCard(TUESDAY)).then(KkPrintDue(2, TUESDAY))


# -- the register, and corrections

ENTER = RecordCivilEvent(
    *("DEATH", "F-2.29", "2010", MONDAY, MONDAY, MONDAY),
    *(("sri",), ("home",), ("KK",), (), "3314-MATI-2010-000001", (Detail("cause", "usia"),)),
)
ENTERED = entry_decider.decide(entry_decider.initial, ENTER)


def test_a_deed_number_is_used_once() -> None:
    entered = spec(entry_decider).when(ENTER).then(*ENTERED)
    entered.claims(Claim("deed", "3314-MATI-2010-000001", secret=True))
    spec(entry_decider).given(*ENTERED).when(ENTER).rejected("entry-already-recorded")


def test_an_event_is_reported_after_it_happened_and_not_tomorrow() -> None:
    when = spec(entry_decider).when
    when(replace(ENTER, on=TUESDAY)).rejected("happened-in-the-future", on=TUESDAY)
    when(replace(ENTER, reported_on=TUESDAY)).rejected("reported-in-the-future", on=TUESDAY)
    when(replace(ENTER, today=TUESDAY, on=TUESDAY)).rejected(
        "reported-before-it-happened", on=TUESDAY, reported=MONDAY
    )
    when(replace(ENTER, residents=())).rejected("nobody-named")


def test_a_deed_is_annulled_once() -> None:
    annul = AnnulCivilEvent("correction-1", TUESDAY)
    gone = CivilEventAnnulled("correction-1", TUESDAY)
    spec(entry_decider).when(annul).rejected("entry-not-recorded")
    spec(entry_decider).given(*ENTERED).when(annul).then(gone)
    spec(entry_decider).given(*ENTERED, gone).when(annul).rejected("already-annulled", on=TUESDAY)


CHANGES = (Change("name", "Sri", "Sri Wahyuni"),)
ASK = RequestCorrection("sri", "", CHANGES, "salah tulis", "dewi", MONDAY)
ASKED = CorrectionRequested(
    "sri", "", MONDAY, "dewi", Personal("sri", CHANGES), Personal("sri", "salah tulis")
)


def test_a_correction_is_asked_for_once_with_a_reason_and_a_difference() -> None:
    spec(correction_decider).when(ASK).then(ASKED)
    spec(correction_decider).given(ASKED).when(ASK).rejected("correction-already-requested")
    spec(correction_decider).when(replace(ASK, reason=" ")).rejected("correction-needs-a-reason", limit=200)
    spec(correction_decider).when(replace(ASK, changes=())).rejected("nothing-changes")


def test_a_correction_is_decided_once_by_another_officer() -> None:
    open_ = spec(correction_decider).given(ASKED)
    approved = CorrectionApproved(TUESDAY, "bagus")
    rejected = CorrectionRejected(TUESDAY, "bagus", "tidak ada bukti")
    open_.when(ApproveCorrection("dewi", TUESDAY)).rejected("another-officer-decides")
    open_.when(RejectCorrection("dewi", "x", TUESDAY)).rejected("another-officer-decides")
    open_.when(ApproveCorrection("bagus", TUESDAY)).then(approved)
    open_.when(RejectCorrection("bagus", "tidak ada bukti", TUESDAY)).then(rejected)
    for decided, stage in ((approved, "approved"), (rejected, "rejected")):
        again = open_.given(decided).when(ApproveCorrection("bagus", TUESDAY))
        again.rejected("correction-not-open", stage=stage)


def test_what_a_closed_file_is_about_survives_its_subject() -> None:
    state = spec(correction_decider).given(forgotten(ASKED)).state
    assert (state.changes, state.resident) == (None, "sri")
    assert SRI_KK not in repr(ENTERED)
