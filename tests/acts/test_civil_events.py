"""Every civil event end to end: what it changes in whom, and what it demands before it is recorded."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from adapters.reference import reference
from api.acts import civil
from api.acts.civil import asked, corrections
from api.acts.population import resident_with_nik
from domain.kernel.errors import Conflict, Refused, Unknown
from domain.population.resident import KtpState, Standing
from tests.acts.civil_rows import ROWS, UNTIL, away, divorced, guest_of, related
from tests.acts.office import (
    ANOTHER,
    BAYU,
    ELSEWHERE,
    FRIDAY,
    IN_KEDEN,
    STRANGER,
    Office,
)
from tests.acts.people import BUDI, REGISTRAR, command

CATALOGUE = reference().civil_events


@pytest.fixture
def office() -> Office:
    return Office()


def refused(office: Office, code: str, what: object, on: date = FRIDAY, **more: object) -> str:
    head = office.ledger.head()
    with pytest.raises(Refused) as refusal:
        office.record(code, what, on, **more)
    assert office.ledger.head() == head, "all or nothing"
    return refusal.value.code


def unfinished(codes: set[str]) -> dict[str, set[str]]:
    """What is missing for these civil events, by place."""
    places = {"api.acts.civil.ACTS": civil.ACTS.keys(), "tests.acts.civil_rows.ROWS": ROWS.keys()}
    lacks = {place: codes - {*known} - {civil.CORRECTION} for place, known in places.items()}
    return {place: absent for place, absent in lacks.items() if absent}


def test_every_row_of_the_catalogue_has_its_act_and_its_example() -> None:
    assert unfinished({*CATALOGUE.rows}) == {}
    assert civil.ACTS.keys() == ROWS.keys() == CATALOGUE.rows.keys() - {civil.CORRECTION}
    assert unfinished({"ECLIPSE"}).keys() == {"api.acts.civil.ACTS", "tests.acts.civil_rows.ROWS"}


@pytest.mark.parametrize("code", CATALOGUE.rows)
def test_what_a_row_asks_is_what_its_act_takes(code: str) -> None:
    row = CATALOGUE.event(code)
    taken = asked.CorrectionWanted if code == civil.CORRECTION else civil.ACTS[code][0]
    needed = {f.name for f in fields(taken) if f.default is f.default_factory}
    assert {f.name for f in row.fields} == {f.name for f in fields(taken)}
    assert {f.name for f in row.fields if f.required} == needed


@pytest.mark.parametrize("code", ROWS)
def test_every_event_is_recorded_whole(office: Office, code: str) -> None:
    before, what = ROWS[code]
    before(office)
    row = CATALOGUE.event(code)
    papers = tuple(paper.code for paper in row.papers)
    done = office.record(code, what(office), papers=papers)
    assert (done.state.code, done.state.flags) == (code, ())
    assert bool(done.state.deed) == bool(row.number)
    told = office.told(done.entry)
    assert len(told) == len({*told})
    assert bool(told) == (row.feed and code != "KTP_NEW"), "a first card is told when it is handed over"
    assert {*told} <= {*done.state.residents}


@pytest.mark.parametrize("code", ROWS)
def test_a_repeat_is_one_event_with_the_same_answer(office: Office, code: str) -> None:
    before, what = ROWS[code]
    before(office)
    report = civil.Report(code, what(office), FRIDAY)
    first, again = (
        civil.record(office.desk, report, by=REGISTRAR, command_id=command("twice")) for _ in range(2)
    )
    assert (first.entry, first.state, first.receipt.last) == (again.entry, again.state, again.receipt.last)
    assert (first.receipt.repeated, again.receipt.repeated) == (False, True)


@pytest.mark.parametrize("code", ROWS)
def test_no_event_is_for_tomorrow(office: Office, code: str) -> None:
    before, what = ROWS[code]
    before(office)
    asked_for = what(office)
    head, tomorrow = office.ledger.head(), office.desk.today + timedelta(1)
    with pytest.raises(Refused):
        office.record(code, asked_for, tomorrow)
    assert office.ledger.head() == head


def test_the_spouse_of_the_dead_is_widowed_and_heads_a_card_with_a_new_number(office: Office) -> None:
    kk = office.household(office.home).residence
    office.give_ktp(office.joko)
    done = office.record("DEATH", asked.Death(office.joko, successors=(asked.Successor(office.sri),)))
    joko, home = office.resident(office.joko), office.household(office.home)
    assert (joko.standing, joko.household) == (Standing.DEAD, "")
    assert (joko.ktp(FRIDAY), joko.nik is None) == (KtpState.NOT_OBLIGED, False)
    assert office.marital(office.sri) == ["4"]
    assert office.relations(office.home) == {office.sri: "1", office.budi: "4"}
    assert home.residence != kk
    assert office.resident(office.budi).residence == home.residence
    assert {*office.told(done.entry)} == {office.joko, office.sri, office.budi}


def test_a_household_whose_head_dies_must_have_another(office: Office) -> None:
    assert refused(office, "DEATH", asked.Death(office.joko)) == "new-head-needed"
    out = asked.MoveOut((office.joko,), "between-provinces", "Jakarta")
    assert refused(office, "MOVE_OUT", out) == "new-head-needed"
    assert refused(office, "KK_NEW", asked.NewCard(related(office.joko), ELSEWHERE)) == "new-head-needed"


def test_the_last_one_closes_the_household(office: Office) -> None:
    office.record("DEATH", asked.Death(office.tono))
    assert office.household(office.alone).closed_on == FRIDAY
    join = asked.Biodata(office.alone, BUDI)
    assert refused(office, "BIODATA", join) == "household-closed"


@pytest.mark.parametrize("code", ["DEATH", "MISSING", "MOVE_OUT", "NAME_CHANGE", "MARRIAGE"])
def test_nothing_happens_to_the_dead(office: Office, code: str) -> None:
    office.record("DEATH", asked.Death(office.tono))
    what = {
        "DEATH": asked.Death(office.tono),
        "MISSING": asked.Whereabouts(office.tono),
        "MOVE_OUT": asked.MoveOut((office.tono,), "between-provinces", "Jakarta"),
        "NAME_CHANGE": asked.NameChange(office.tono, "Toni", "1"),
        "MARRIAGE": asked.Marriage("DISDUKCAPIL", office.tono, spouse_name="Yanti"),
    }
    assert refused(office, code, what[code]) == "already-dead"


def test_nobody_dies_before_birth(office: Office) -> None:
    assert refused(office, "DEATH", asked.Death(office.tono), date(1970, 1, 1)) == "before-birth"


def test_a_child_is_born_into_its_parents_card_with_a_nik_of_the_place(office: Office) -> None:
    child = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko)).state.residents[
        0
    ]
    state = office.resident(child)
    assert (state.nik, state.household) == ("3314102011269000", office.home)
    assert (state.mother, state.father) == (office.sri, office.joko)
    assert state.person
    assert (state.person.mother, state.person.father) == ("Sri Wahyuni", "Joko")
    assert office.resident(office.sri).births == (FRIDAY,)
    assert office.household(office.home).print == 2


def test_two_births_of_one_mother_within_nine_months_are_flagged(office: Office) -> None:
    birth = asked.Birth(BAYU, mother=office.sri)
    for days, close in ((600, False), (599, False), (200, False), (0, True)):
        flags = office.record("BIRTH", birth, FRIDAY - timedelta(days)).state.flags
        assert ("births-too-close" in flags) == close, "twins are one birth"


def test_a_parent_younger_than_the_child_is_flagged(office: Office) -> None:
    birth = asked.Birth(BAYU, mother=office.budi, household=office.home)
    assert "parent-very-young" in office.record("BIRTH", birth, date(2020, 1, 1)).state.flags
    assert "parent-very-young" not in office.record("BIRTH", birth).state.flags, "eleven, and so it is"
    young = office.record("ACKNOWLEDGE", asked.Acknowledgement(office.joko, office.budi)).state.flags
    assert "parent-younger-than-child" in young


def test_a_late_report_and_missing_papers_are_flags(office: Office) -> None:
    flags = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri), FRIDAY - timedelta(61)).state.flags
    assert flags == ("late-report", "papers-missing")
    sixty = office.desk.today - timedelta(60)
    in_time = office.record("BIRTH", asked.Birth(BAYU, mother=office.tono), sixty)
    assert "late-report" not in in_time.state.flags


def test_both_are_married_and_nobody_moves(office: Office) -> None:
    _, (yanti,) = office.family(replace(STRANGER, nik=None, name="Yanti"))
    office.give_ktp(office.tono)
    done = office.record("MARRIAGE", asked.Marriage("DISDUKCAPIL", office.tono, yanti))
    assert office.marital(office.tono, yanti) == ["2", "2"]
    assert office.resident(office.tono).ktp_due
    assert office.resident(office.tono).household == office.alone
    assert done.state.deed == "3314-KAWIN-2026-000001"
    again = asked.Marriage("DISDUKCAPIL", office.tono, yanti)
    assert refused(office, "MARRIAGE", again) == "already-married-to-each-other"


def test_a_second_marriage_is_flagged_and_one_at_the_kua_brings_its_number(office: Office) -> None:
    second = asked.Marriage("KUA", office.joko, spouse_name="Yanti")
    assert refused(office, "MARRIAGE", second) == "deed-number-needed"
    done = office.record("MARRIAGE", second, deed="12/KUA/2026")
    assert "married-already" in done.state.flags
    assert refused(office, "MARRIAGE", second, deed="12/KUA/2026") == "deed-already-registered"


def test_who_leaves_after_a_divorce_has_a_card_of_her_own(office: Office) -> None:
    stays = asked.MarriageOver("1/2026", office.joko, office.sri)
    assert refused(office, "DIVORCE", stays) == "leaving-spouse-needed"
    divorced(office)
    assert office.marital(office.joko, office.sri) == ["3", "3"]
    assert office.resident(office.sri).household not in {office.home, ""}
    assert office.relations(office.home) == {office.joko: "1", office.budi: "4"}
    office.record("DIVORCE_ANNUL", asked.DivorceAnnulled("3/2026", office.joko, office.sri))
    assert office.marital(office.joko, office.sri) == ["2", "2"]


def test_an_annulled_marriage_leaves_both_as_they_were(office: Office) -> None:
    _, (yanti,) = office.family(replace(STRANGER, nik=None, name="Yanti", marital="4"))
    office.record("MARRIAGE", asked.Marriage("DISDUKCAPIL", office.tono, yanti))
    office.record("MARRIAGE_ANNUL", asked.MarriageOver("2/2026", office.tono, yanti))
    assert office.marital(office.tono, yanti) == ["1", "4"]


def test_a_split_takes_members_off_one_card_and_onto_another(office: Office) -> None:
    done = office.record("KK_NEW", asked.NewCard(related(office.budi), ELSEWHERE))
    old, new = done.state.households
    assert (old, office.relations(new)) == (office.home, {office.budi: "1"})
    assert office.resident(office.budi).household == new
    assert office.household(office.home).print == 2


def test_who_moves_within_the_regency_is_somewhere_else_on_arrival(office: Office) -> None:
    office.record("MOVE_OUT", asked.MoveOut((office.tono,), "between-kecamatan", "Keden"))
    tono = office.resident(office.tono)
    assert (tono.departing, tono.household) == ("between-kecamatan", office.alone)
    office.record("MOVE_IN", asked.MoveIn(IN_KEDEN, "Sragen", "1/2026", related(office.tono)))
    tono = office.resident(office.tono)
    assert (tono.departing, tono.village) == ("", IN_KEDEN.village)
    assert office.household(office.alone).closed_on == FRIDAY


def test_who_comes_back_is_the_same_person_with_the_same_nik(office: Office) -> None:
    nik = office.resident(office.tono).nik
    away(office)
    assert office.resident(office.tono).standing is Standing.MOVED_OUT
    office.record("MOVE_IN", asked.MoveIn(ELSEWHERE, "Jakarta", "1/2026", related(office.tono)))
    tono = office.resident(office.tono)
    assert (tono.standing, tono.nik) == (Standing.ALIVE, nik)
    stranger = asked.MoveIn(ELSEWHERE, "Solo", "2/2026", newcomers=(STRANGER,))
    known = office.record("MOVE_IN", stranger).state.residents[0]
    assert resident_with_nik(office.desk, str(STRANGER.nik)) == known
    assert refused(office, "MOVE_IN", stranger) == "nik-already-registered"
    nameless = replace(stranger, newcomers=(replace(STRANGER, nik=None),))
    assert refused(office, "MOVE_IN", nameless) == "newcomer-brings-a-nik"


def test_a_marriage_that_ended_meanwhile_is_told_to_who_comes_back(office: Office) -> None:
    _, (yanti,) = office.family(replace(STRANGER, nik=None, name="Yanti"))
    office.record("MARRIAGE", asked.Marriage("DISDUKCAPIL", office.tono, yanti))
    away(office)
    office.record("DEATH", asked.Death(yanti))
    office.record("MOVE_IN", asked.MoveIn(ELSEWHERE, "Jakarta", "1/2026", related(office.tono)))
    assert office.marital(office.tono) == ["4"]


def test_an_address_within_the_kecamatan_keeps_the_number_and_another_one_does_not(office: Office) -> None:
    before = office.household(office.home).residence
    office.give_ktp(office.joko)
    assert before
    office.record("ADDRESS", asked.NewAddress(office.home, ELSEWHERE))
    near = office.household(office.home).residence
    assert near
    assert (near.kk, near.address) == (before.kk, "Jl. Veteran 3")
    assert office.resident(office.joko).ktp_due
    office.record("ADDRESS", asked.NewAddress(office.home, IN_KEDEN))
    far = office.household(office.home).residence
    assert far
    assert (far.kk != near.kk, far.kk[:6]) == (True, "331401")
    assert office.resident(office.budi).residence == far
    assert refused(office, "ADDRESS", asked.NewAddress(office.home, IN_KEDEN)) == "lives-there-already"


def test_a_foreigner_gets_a_letter_first_and_a_nik_and_a_card_when_staying_for_good(office: Office) -> None:
    guest = guest_of(office)
    state = office.resident(guest)
    assert (state.nik, state.household, state.ktp(FRIDAY)) == (None, "", KtpState.NOT_OBLIGED)
    join = asked.NewCard(related(guest), ELSEWHERE)
    assert refused(office, "KK_NEW", join) == "limited-stay-has-no-kk"
    becomes = asked.CitizenshipChange(guest, "1", "6/2026")
    assert refused(office, "CITIZENSHIP", becomes) == "limited-stay-has-no-kk"
    office.record("FOREIGN_PERMANENT", asked.PermanentStay(guest, "ITAP-1", UNTIL, ELSEWHERE, "1"))
    state = office.resident(guest)
    assert (state.nik is None, state.household == "", state.ktp(FRIDAY)) == (
        False,
        False,
        KtpState.NOT_RECORDED,
    )
    wrong = asked.PermanentStay(office.tono, "ITAP-2", UNTIL, ELSEWHERE, "1")
    assert refused(office, "FOREIGN_PERMANENT", wrong) == "not-a-foreigner"


def test_a_stillbirth_makes_no_person_and_takes_no_nik(office: Office) -> None:
    people = [stream for stream in office.ledger.streams if stream.startswith("resident-")]
    done = office.record("STILLBIRTH", asked.Stillbirth(office.sri))
    assert [s for s in office.ledger.streams if s.startswith("resident-")] == people
    assert done.receipt.last - done.receipt.first == 1, "the number of the letter, and the entry"


def test_an_adopted_child_joins_the_adopters_and_keeps_its_parents_on_record(office: Office) -> None:
    office.record("LEGITIMISE", asked.Legitimation(office.budi, office.sri, office.joko))
    office.record("ADOPTION", asked.Adoption(office.budi, "4/2026", father=office.tono))
    budi = office.resident(office.budi)
    assert (budi.mother, budi.father, budi.adopters) == (office.sri, office.joko, (office.tono,))
    assert budi.household == office.alone


def test_a_changed_name_keeps_the_old_one_and_the_nik(office: Office) -> None:
    nik = office.resident(office.joko).nik
    office.give_ktp(office.joko)
    office.record("NAME_CHANGE", asked.NameChange(office.joko, "Joko Susilo", "5/2026"))
    joko = office.resident(office.joko)
    assert joko.person
    assert (joko.person.name, joko.nik, joko.ktp_due) == ("Joko Susilo", nik, True)
    same = asked.NameChange(office.joko, "Joko Susilo", "5/2026")
    assert refused(office, "NAME_CHANGE", same) == "nothing-changes"
    for element in ("nik", "name", "marital", "kk"):
        change = asked.CardChange(office.joko, (asked.ElementValue(element, "x"),))
        assert refused(office, "KK_CHANGE", change) == "element-cannot-change"


def test_a_card_that_is_no_longer_true_is_replaced_under_the_same_nik(office: Office) -> None:
    office.give_ktp(office.joko)
    changed = asked.KtpReplacement(office.joko, "changed")
    assert refused(office, "KTP_REPLACE", changed) == "ktp-still-true"
    office.record("NAME_CHANGE", asked.NameChange(office.joko, "Joko Susilo", "5/2026"))
    office.record("KTP_REPLACE", changed)
    assert office.resident(office.joko).ktp(FRIDAY) is KtpState.READY
    assert refused(office, "KTP_REPLACE", changed) == "no-ktp-to-replace"
    assert refused(office, "KTP_REPLACE", asked.KtpReplacement(office.joko, "x")) == "unknown-choice"
    office.record("KTP_NEW", asked.OfOne(office.joko))
    assert office.resident(office.joko).open_case


def test_of_a_duplicate_the_survivor_keeps_the_nik_and_the_other_is_void(office: Office) -> None:
    office.record("DUPLICATE", asked.Duplicate(office.joko, office.tono, "sama"))
    assert office.resident(office.tono).standing is Standing.VOID
    assert office.household(office.alone).closed_on == FRIDAY
    assert refused(office, "DEATH", asked.Death(office.tono)) == "record-void"
    assert refused(office, "DUPLICATE", asked.Duplicate(office.joko, office.joko, "x")) == "two-people-needed"


def test_a_stale_form_is_refused_and_says_who_came_first(office: Office) -> None:
    report = civil.Report("NAME_CHANGE", asked.NameChange(office.joko, "Joko S", "1"), FRIDAY)
    civil.record(office.desk, report, by=REGISTRAR, command_id=command("first"), seen=1)
    late = replace(report, what=asked.NameChange(office.joko, "Joko T", "2"))
    with pytest.raises(Conflict):
        civil.record(office.desk, late, by=REGISTRAR, command_id=command("second"), seen=1)


def test_unknown_residents_papers_and_events_are_told(office: Office) -> None:
    assert refused(office, "DEATH", asked.Death("resident-none")) == "unknown-resident"
    assert refused(office, "ADDRESS", asked.NewAddress("household-none", ELSEWHERE)) == "unknown-household"
    assert refused(office, "DEATH", asked.Death(office.tono), papers=("SIM",)) == "paper-not-asked-for"
    with pytest.raises(Unknown):
        office.record("ECLIPSE", None)


# -- corrections


def wanted(office: Office, *changes: tuple[str, str], entry: str = "", of: str = "") -> str:
    values = tuple(asked.ElementValue(element, value) for element, value in changes)
    want = asked.CorrectionWanted(of or office.joko, "salah tulis", values, entry)
    return corrections.request(office.desk, want, by=REGISTRAR, command_id=office.next()).correction


def approve(office: Office, correction: str, approval: corrections.Approval | None = None) -> civil.Recorded:
    approval = approval or corrections.Approval()
    return civil.approve(office.desk, correction, approval, by=ANOTHER, command_id=office.next())


def test_a_correction_waits_for_another_officer_and_keeps_both_values(office: Office) -> None:
    nik = office.resident(office.joko).nik
    correction = wanted(office, ("birth_date", "1989-02-03"), ("name", "Joko Susilo"))
    state = corrections.load(office.desk, correction).state
    assert [(c.old, c.new) for c in state.changes or ()] == [
        ("1988-01-01", "1989-02-03"),
        ("Joko", "Joko Susilo"),
    ]
    with pytest.raises(Refused, match="another-officer-decides"):
        civil.approve(office.desk, correction, corrections.Approval(), by=REGISTRAR, command_id=office.next())
    assert approve(office, correction).state.code == "CORRECTION"
    joko = office.resident(office.joko)
    assert joko.person
    assert (joko.person.birth_date, joko.nik) == (date(1989, 2, 3), nik), "a NIK is never issued anew"
    with pytest.raises(Refused, match="correction-not-open"):
        approve(office, correction)


def test_a_rejected_correction_changes_nothing(office: Office) -> None:
    correction = wanted(office, ("name", "Joko Susilo"))
    before = office.resident(office.joko)
    with pytest.raises(Refused, match="correction-needs-a-reason"):
        corrections.reject(office.desk, correction, " ", by=ANOTHER, command_id=office.next())
    corrections.reject(office.desk, correction, "tidak ada bukti", by=ANOTHER, command_id=office.next())
    assert office.resident(office.joko) == before
    with pytest.raises(Unknown):
        corrections.load(office.desk, "correction-none")


def test_what_changed_meanwhile_is_not_corrected_over(office: Office) -> None:
    correction = wanted(office, ("name", "Joko Susilo"))
    office.record("NAME_CHANGE", asked.NameChange(office.joko, "Joko Widodo", "1"))
    with pytest.raises(Refused, match="changed-since-requested"):
        approve(office, correction)


@pytest.mark.parametrize("element", ["nik", "marital", "relation", "village", "codes"])
def test_what_cannot_change_is_not_corrected(office: Office, element: str) -> None:
    with pytest.raises(Refused, match="element-cannot-change"):
        wanted(office, (element, "3314101708909001"))
    with pytest.raises(Refused, match="malformed-date"):
        wanted(office, ("birth_date", "17-08-1990"))
    with pytest.raises(Refused, match="nothing-changes"):
        wanted(office)


def test_an_annulled_death_brings_back_who_lives_and_names_the_entry_that_was_wrong(office: Office) -> None:
    dead = office.record("DEATH", asked.Death(office.joko, successors=(asked.Successor(office.sri),))).entry
    correction = wanted(office, entry=dead)
    with pytest.raises(Refused, match="home-needed"):
        approve(office, correction)
    approve(office, correction, corrections.Approval(asked.Home(office.home), "2"))
    joko = office.resident(office.joko)
    assert (joko.standing, joko.household) == (Standing.ALIVE, office.home)
    assert office.marital(office.joko, office.sri) == ["2", "2"]
    assert civil.entry_of(office.desk, dead).annulled_on == office.desk.today
    assert any(getattr(fact.event, "original", "") == dead for fact in office.ledger.stream(office.joko))
    with pytest.raises(Refused, match="already-annulled"):
        wanted(office, entry=dead)


def test_an_annulled_birth_voids_the_record_and_an_annulled_name_is_undone(office: Office) -> None:
    born = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri))
    child = born.state.residents[0]
    approve(office, wanted(office, entry=born.entry, of=child))
    assert office.resident(child).standing is Standing.VOID
    assert child not in office.relations(office.home)
    renamed = office.record("NAME_CHANGE", asked.NameChange(office.joko, "Joko Susilo", "1")).entry
    approve(office, wanted(office, entry=renamed))
    joko = office.resident(office.joko).person
    assert joko
    assert joko.name == "Joko"


def test_a_deed_is_annulled_where_it_belongs(office: Office) -> None:
    married = office.record("MARRIAGE", asked.Marriage("DISDUKCAPIL", office.tono, spouse_name="Yanti"))
    with pytest.raises(Refused, match="annulled-by-its-own-event"):
        wanted(office, entry=married.entry, of=office.tono)
    with pytest.raises(Unknown):
        wanted(office, entry=married.entry, of=office.sri)
