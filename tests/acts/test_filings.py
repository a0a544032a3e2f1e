"""Companion mode: a file is taken in and waits, and the centre's answer does what the regency would have done."""

import re
from dataclasses import asdict, replace
from threading import Event
from typing import Any

import pytest

from adapters.ledger.ledger import Ledger
from api.acts import civil
from api.acts.civil import asked, corrections, filings
from api.acts.desk import Desk
from api.acts.population import NewTicket, NextStep, register_household, serve, take_ticket
from domain.kernel.errors import CommandReused, Conflict, Refused
from domain.population.case import case_decider
from domain.population.clock import case_clock
from domain.population.correction import CorrectionStage, correction_decider
from domain.population.entry import entry_decider
from domain.population.filing import FilingStage, filing_decider
from domain.population.household import household_decider
from domain.population.resident import Standing, resident_decider
from tests.acts.centre import Centre, companion
from tests.acts.civil_rows import ROWS
from tests.acts.office import ANOTHER, BAYU, ELSEWHERE, FRIDAY, STRANGER, Office
from tests.acts.people import BUDI, REGISTRAR, SRI, command, household

CENTRAL = [code for code in ROWS if Office().desk.reference.civil_events.event(code).centre]


@pytest.fixture
def office() -> Office:
    """An office that knows the family of Joko and Sri, in companion mode from now on."""
    office = Office()
    office.desk = companion(office.desk)
    return office


@pytest.fixture
def centre(office: Office) -> Centre:
    return Centre(office.desk)


def filed(office: Office, code: str, what: object, **more: Any) -> filings.Filed:
    report = civil.Report(code, what, FRIDAY)
    done = filings.report(office.desk, report, by=REGISTRAR, command_id=office.next(), **more)
    assert isinstance(done, filings.Filed)
    return done


def refused(act: Any, *given: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act(*given)
    return refusal.value.code


def birth(office: Office) -> asked.Birth:
    return asked.Birth(BAYU, mother=office.sri, father=office.joko)


def test_a_file_changes_nobody_until_the_centre_has_answered(office: Office, centre: Centre) -> None:
    before = office.household(office.home)
    done = filed(office, "BIRTH", birth(office))
    (child, *parents) = centre.filed(done.filing).residents
    assert parents == [office.sri, office.joko]
    assert office.household(office.home) == before
    assert not office.resident(child).registered
    answer = centre.grants(done.filing)
    centre.answers(answer)
    assert office.resident(child).nik == answer.numbers[child]
    assert office.relations(office.home)[child] == "4"
    entry = office.ledger.load(entry_decider, centre.filed(done.filing).entry).state
    assert (entry.code, entry.residents[0]) == ("BIRTH", child)
    assert office.ledger.load(filing_decider, done.filing).state.stage is FilingStage.GRANTED


NUMBERED = re.compile(r"\b[0-9]{16}\b|'allocated'|'external'|\(('nik-[a-z]+-differs',? ?)*\)")


def told(office: Office, since: int) -> list[str]:
    """What was recorded of residents, households, entries and cases, whoever gave the numbers."""
    return [
        NUMBERED.sub("#", repr(asdict(fact.event)))
        for fact in office.ledger.facts[since:]
        if fact.header.stream.partition("-")[0] in {"resident", "household", "entry", "case"}
    ]


@pytest.mark.parametrize("code", CENTRAL)
def test_an_answer_does_what_the_regency_would_have_done(code: str) -> None:
    """Without a line of its own for any event."""
    ours, theirs = Office(), Office()
    before, what = ROWS[code]
    facts = []
    for office in (ours, theirs):
        before(office)
        given = what(office)
        head, id_ = office.ledger.head(), command("the same")
        if office is theirs:
            office.desk = companion(office.desk)
        new = civil.Report(code, given, FRIDAY)
        done = filings.report(office.desk, new, by=REGISTRAR, command_id=id_)
        if isinstance(done, filings.Filed):
            assert office.ledger.head() == head + 1, "one fact: the file"
            centre = Centre(office.desk)
            centre.answers(centre.grants(done.filing))
        facts.append(told(office, head))
    by_us, by_the_centre = facts
    assert by_us
    assert by_the_centre == by_us


def test_where_the_office_decides_nothing_is_filed(office: Office) -> None:
    new = civil.Report("KIA", asked.OfOne(office.budi), FRIDAY)
    assert isinstance(
        filings.report(office.desk, new, by=REGISTRAR, command_id=office.next()), civil.Recorded
    )


def test_no_number_is_given_here(office: Office) -> None:
    new = household(replace(SRI, nik="3314105708909777"))
    register = (register_household, office.desk, new)
    with pytest.raises(Refused, match="centre-gives-numbers"):
        register[0](*register[1:], by=REGISTRAR, command_id=office.next())
    with pytest.raises(Refused, match="centre-decides"):
        office.record("BIRTH", birth(office))


def test_what_cannot_be_is_refused_while_the_applicant_stands_there(office: Office) -> None:
    office.give_ktp(office.budi)
    head = office.ledger.head()
    assert refused(filed, office, "DEATH", asked.Death(office.joko)) == "new-head-needed"
    with pytest.raises(Conflict):
        filed(office, "DEATH", asked.Death(office.budi), seen=1)
    arrival = asked.MoveIn(ELSEWHERE, "Solo", "1", newcomers=(replace(STRANGER, relation="1"),) * 2)
    assert refused(filed, office, "MOVE_IN", arrival) == "nik-already-registered"
    assert office.ledger.head() == head, "all or nothing"


def test_a_repeated_form_is_the_same_file(office: Office) -> None:
    new = civil.Report("BIRTH", birth(office), FRIDAY)
    first = filings.report(office.desk, new, by=REGISTRAR, command_id=command("once"))
    again = filings.report(office.desk, new, by=REGISTRAR, command_id=command("once"))
    assert replace(again, receipt=first.receipt) == first
    assert again.receipt.repeated


def test_a_file_stays_one_when_the_regency_decides_again(office: Office, centre: Centre) -> None:
    new = civil.Report("BIRTH", birth(office), FRIDAY)
    done = filings.report(office.desk, new, by=REGISTRAR, command_id=command("once"))
    assert isinstance(done, filings.Filed)
    alone = replace(office.desk, companion=False)
    assert isinstance(filings.report(alone, new, by=REGISTRAR, command_id=command("once")), filings.Filed)
    filings.answer(alone, centre.grants(done.filing), by=REGISTRAR)
    assert office.ledger.load(filing_decider, done.filing).state.stage is FilingStage.GRANTED


def test_the_counter_waits_for_the_central_system(office: Office, centre: Centre) -> None:
    desk = office.desk
    ticket = NewTicket("AKTA-LAHIR", office.sri)
    case = take_ticket(desk, ticket, by=REGISTRAR, command_id=office.next()).case
    serve(desk, case, NextStep("call", "1"), by=REGISTRAR, command_id=office.next())
    done = filed(office, "BIRTH", birth(office), case=case)
    office.clock.wait(3600, Event())
    centre.answers(centre.grants(done.filing))
    office.clock.wait(60, Event())
    for step in ("print-card", "hand-over"):
        serve(desk, case, NextStep(step), by=REGISTRAR, command_id=office.next())
    facts = [(fact.event, fact.header.recorded_at) for fact in office.ledger.stream(case)]
    clock = case_clock(case, facts, desk.reference.opening.closed)
    assert clock.figures.seconds == {"office": 60, "central-system": 3600}
    assert clock.within


def test_a_refused_file_frees_the_counter_and_tells_why(office: Office, centre: Centre) -> None:
    ticket = NewTicket("AKTA-LAHIR", office.sri)
    case = take_ticket(office.desk, ticket, by=REGISTRAR, command_id=office.next()).case
    serve(office.desk, case, NextStep("call", "1"), by=REGISTRAR, command_id=office.next())
    done = filed(office, "BIRTH", birth(office), case=case)
    centre.answers(centre.refuses(done.filing, "Ibu tercatat di tempat lain"))
    state = office.ledger.load(filing_decider, done.filing).state
    assert (state.stage, state.reason) == (FilingStage.REFUSED, "Ibu tercatat di tempat lain")
    assert office.ledger.load(case_decider, case).state.waiting is None
    assert not office.resident(centre.filed(done.filing).residents[0]).registered


def test_a_file_for_a_case_that_is_not_there_is_refused(office: Office) -> None:
    with pytest.raises(Refused, match="unknown-case"):
        filed(office, "BIRTH", birth(office), case="case-9")


def test_a_message_that_comes_again_changes_nothing(office: Office, centre: Centre) -> None:
    answer = centre.grants(filed(office, "BIRTH", birth(office)).filing)
    first = centre.answers(answer)
    head = office.ledger.head()
    again = centre.answers(answer)
    assert (again.receipt.first, again.receipt.last) == (first.receipt.first, first.receipt.last)
    assert again.receipt.repeated
    assert office.ledger.head() == head


def test_a_second_answer_is_refused_whatever_it_says(office: Office, centre: Centre) -> None:
    filing = filed(office, "BIRTH", birth(office)).filing
    centre.answers(centre.grants(filing))
    assert refused(centre.answers, centre.grants(filing)) == "filing-already-answered"
    assert refused(centre.answers, centre.refuses(filing)) == "filing-already-answered"


def test_an_answer_that_does_not_fit_the_file_is_refused(office: Office, centre: Centre) -> None:
    filing = filed(office, "BIRTH", birth(office)).filing
    (child,) = centre.numbers(filing)
    head = office.ledger.head()
    wrong = {
        "central-number-missing": {},
        "central-number-not-asked": {child: "3314104305019999", office.home: "3314100305019999"},
        "malformed-nik": {child: "33141043"},
        "nik-already-registered": {child: office.resident(office.sri).nik},
    }
    for code, numbers in wrong.items():
        assert refused(centre.answers, centre.grants(filing, numbers=numbers)) == code
    assert refused(centre.answers, centre.refuses(filing, " ")) == "central-reason-needed"
    assert refused(centre.answers, replace(centre.refuses(filing), filing="filing-9")) == "unknown-filing"
    entry = replace(centre.refuses(filing), filing=office.home)
    assert refused(centre.answers, entry) == "unknown-filing"
    assert office.ledger.head() == head, "all or nothing"
    centre.answers(centre.grants(filing))


def test_an_event_for_somebody_who_died_meanwhile_is_refused(office: Office, centre: Centre) -> None:
    change = asked.NameChange(office.budi, "Budi Utomo", "5/2026")
    renamed, died = filed(office, "NAME_CHANGE", change), filed(office, "DEATH", asked.Death(office.budi))
    centre.answers(centre.grants(died.filing))
    assert office.resident(office.budi).standing is Standing.DEAD
    assert refused(centre.answers, centre.grants(renamed.filing)) == "already-dead"
    centre.answers(centre.refuses(renamed.filing, "Sudah meninggal"))


def test_numbers_that_are_not_needed_any_more_are_refused(office: Office, centre: Centre) -> None:
    """The head whom the first file replaces is not the head any more."""
    heads = [asked.NewHead(office.sri, (asked.Related(office.joko, "2"),))] * 2
    first, second = (filed(office, "KK_HEAD", head) for head in heads)
    centre.answers(centre.grants(first.filing))
    assert refused(centre.answers, centre.grants(second.filing)) == "nothing-changes"
    died = asked.Death(office.sri, successors=(asked.Successor(office.joko),))
    left = asked.MoveOut((office.joko, office.budi), "between-provinces", "Jakarta")
    death, leaving = filed(office, "DEATH", died), filed(office, "MOVE_OUT", left)
    centre.answers(centre.grants(leaving.filing))
    assert refused(centre.answers, centre.grants(death.filing)) == "not-a-member"


def test_an_approved_correction_is_carried_out_by_the_centre(office: Office, centre: Centre) -> None:
    wanted = asked.CorrectionWanted(office.sri, "salah ketik", (asked.ElementValue("education", "8"),))
    request = corrections.request(office.desk, wanted, by=REGISTRAR, command_id=office.next())
    approval, more = corrections.Approval(), {"command_id": office.next()}
    with pytest.raises(Refused, match="another-officer-decides"):
        filings.approve(office.desk, request.correction, approval, by=REGISTRAR, **more)
    done = filings.approve(office.desk, request.correction, approval, by=ANOTHER, **more)
    assert isinstance(done, filings.Filed)
    stage = office.ledger.load(correction_decider, request.correction).state.stage
    assert stage is CorrectionStage.REQUESTED
    centre.answers(centre.grants(done.filing))
    assert office.ledger.load(correction_decider, request.correction).state.stage is CorrectionStage.APPROVED
    person = office.resident(office.sri).person
    assert person
    assert person.education == "8"


def test_on_a_real_store_each_newcomer_is_forgotten_alone(desk: Desk, ledger: Ledger) -> None:
    home = register_household(desk, household(), by=REGISTRAR, command_id=command("home"))
    office = companion(desk)
    centre = Centre(office)
    two = (replace(STRANGER, relation="11"), replace(BUDI, nik="3372020203159321", relation="11"))
    arrival = civil.Report(
        "MOVE_IN", asked.MoveIn(asked.Home(home.household), "Solo", "1", newcomers=two), FRIDAY
    )
    done = filings.report(office, arrival, by=REGISTRAR, command_id=command("arrival"))
    assert isinstance(done, filings.Filed)
    answer = centre.grants(done.filing)
    centre.answers(answer)
    with pytest.raises(CommandReused):
        centre.answers(replace(answer, receipt="PUSAT/2"))
    first, second = centre.filed(done.filing).residents[:2]
    assert ledger.load(resident_decider, second).state.nik == "3372020203159321"
    assert [person.subject for person in centre.filed(done.filing).persons] == [first, second]
    ledger.destroy_keys([second])
    kept, gone = centre.filed(done.filing).persons
    assert kept.value
    assert gone.value is None
    assert ledger.load(resident_decider, second).state.person is None
    assert ledger.load(household_decider, home.household).state.registered


def test_who_is_forgotten_is_on_no_file_that_can_be_carried_out(desk: Desk, ledger: Ledger) -> None:
    home = register_household(desk, household(), by=REGISTRAR, command_id=command("home"))
    centre = Centre(companion(desk))
    change = civil.Report("NAME_CHANGE", asked.NameChange(home.residents[0], "Sri", "5"), FRIDAY)
    done = filings.report(companion(desk), change, by=REGISTRAR, command_id=command("name"))
    assert isinstance(done, filings.Filed)
    ledger.destroy_keys([home.residents[0]])
    assert refused(centre.answers, centre.grants(done.filing)) == "filing-forgotten"
