"""Acts of the population office on a real store."""

from dataclasses import replace
from datetime import date
from threading import Barrier, Thread

import pytest

from adapters.ledger.ledger import Ledger
from api.acts.desk import SYNTHETIC, Desk
from api.acts.population import (
    NewHousehold,
    NewTicket,
    NextStep,
    Registered,
    register_household,
    resident_with_nik,
    serve,
    take_ticket,
)
from domain.kernel.decider import act
from domain.kernel.errors import AlreadyClaimed, CommandReused, Conflict, Malformed, Rejected, Unknown
from domain.kernel.series import TakeNumber, series_decider
from domain.population.household import household_decider
from domain.population.resident import KtpState, Resident, resident_decider
from tests.acts.people import BUDI, REGISTRAR, SRI, SRI_NIK, StandingClock, command, household

STEPS = (
    NextStep("call", counter="3"),
    NextStep("complete-file"),
    NextStep("record-biometrics"),
    NextStep("print-card"),
    NextStep("hand-over"),
)


def register(desk: Desk, new: NewHousehold, name: str = "household") -> Registered:
    return register_household(desk, new, by=REGISTRAR, command_id=command(name))


def state(desk: Desk, resident: str) -> Resident:
    return desk.ledger.load(resident_decider, resident).state


def test_a_household_and_its_residents_are_one_append(desk: Desk) -> None:
    registered = register(desk, household(SRI, BUDI, kk="3314100101209001"))
    assert registered.receipt.last - registered.receipt.first + 1 >= 3
    assert [state(desk, r).registered for r in registered.residents] == [True, True]
    assert state(desk, registered.residents[0]).household == registered.household


def test_a_nik_from_outside_is_kept_as_it_is(desk: Desk) -> None:
    registered = register(desk, household(SRI))
    assert state(desk, registered.residents[0]).nik == SRI_NIK
    assert resident_with_nik(desk, SRI_NIK) == registered.residents[0]


def test_a_nik_given_here_says_kecamatan_birth_and_sex(desk: Desk) -> None:
    registered = register(desk, household(SRI, BUDI))
    assert state(desk, registered.residents[1]).nik == "3314100203159000"


def test_twins_get_two_numbers_of_one_series(desk: Desk) -> None:
    registered = register(desk, household(SRI, BUDI, replace(BUDI, name="Bayu")))
    niks = [state(desk, r).nik for r in registered.residents[1:]]
    assert niks == ["3314100203159000", "3314100203159001"]


def test_a_number_that_an_outside_nik_holds_is_skipped_by_a_fact(desk: Desk) -> None:
    register(desk, household(replace(SRI, nik="3314100203159000", sex="1")), "outside")
    registered = register(desk, household(SRI, BUDI), "inside")
    assert state(desk, registered.residents[1]).nik == "3314100203159001"
    assert any(r.header.event == "kernel.number-skipped" for r in desk.ledger.after(0, 100))


def test_a_number_that_the_same_request_brings_is_not_given_to_another_member(desk: Desk) -> None:
    brings = replace(BUDI, name="Bayu", nik="3314100203159000")
    registered = register(desk, household(SRI, BUDI, brings, replace(BUDI, name="Bagus")))
    niks = [state(desk, r).nik for r in registered.residents[1:]]
    assert niks == ["3314100203159001", "3314100203159000", "3314100203159002"]


def test_a_number_that_a_refused_request_brought_is_not_lost(desk: Desk) -> None:
    brings = replace(BUDI, name="Bayu", nik="3314100203159000", relation="1")
    with pytest.raises(Rejected, match="household-needs-one-head"):
        register(desk, household(SRI, BUDI, brings), "refused")
    registered = register(desk, household(SRI, BUDI), "next")
    assert state(desk, registered.residents[1]).nik == "3314100203159000"


def test_an_outside_nik_that_is_held_already_is_told(desk: Desk) -> None:
    register(desk, household(SRI), "first")
    with pytest.raises(AlreadyClaimed) as refused:
        register(desk, household(SRI), "second")
    assert refused.value.code == "nik-already-registered"
    assert desk.ledger.head() == len(desk.ledger.after(0, 100))


def test_a_full_series_gives_no_further_nik(desk: Desk, ledger: Ledger) -> None:
    one = replace(BUDI, relation="1")
    register(desk, household(one), "first")
    series = next(r.header.stream for r in ledger.after(0, 100) if r.event.used_by.startswith("resident"))
    take = act(series_decider, series, TakeNumber("resident-x", SYNTHETIC.limit, "nik-series-full"))
    ledger.execute([take] * (SYNTHETIC.limit - 1), by=REGISTRAR, command_id=command("all the others"))
    with pytest.raises(Rejected) as refused:
        register(desk, household(one), "one-too-many")
    assert refused.value.code == "nik-series-full"


@pytest.mark.parametrize(
    ("member", "code", "path"),
    [
        (replace(SRI, nik="33141057089090"), "malformed-nik", "members[0]"),
        (replace(SRI, religion="9"), "unknown-code", "members[0]"),
        (replace(SRI, sex="3"), "unknown-code", "members[0]"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(desk: Desk, member: object, code: str, path: str) -> None:
    with pytest.raises(Malformed) as refused:
        register(desk, household(member))  # type: ignore[arg-type]  # parametrised members
    assert (refused.value.code, refused.value.parameters["path"]) == (code, path)
    assert desk.ledger.head() == 0


def test_nobody_is_registered_before_birth(desk: Desk) -> None:
    with pytest.raises(Rejected) as refused:
        register(desk, household(replace(SRI, birth_date=date(2030, 1, 1))))
    assert refused.value.code == "birth-in-the-future"
    assert desk.ledger.head() == 0


def test_a_rule_names_the_member_it_speaks_of_whatever_numbers_were_taken(desk: Desk) -> None:
    young = replace(BUDI, birth_date=date(2030, 1, 1))
    with pytest.raises(Rejected) as refused:
        register(desk, household(replace(SRI, nik=None), young))
    assert refused.value.code == "birth-in-the-future"
    assert refused.value.parameters["path"] == "members[1]"


def test_an_unknown_village_is_told(desk: Desk) -> None:
    with pytest.raises(Malformed) as refused:
        register(desk, replace(household(), village="33.14.99.2001"))
    assert refused.value.code == "unknown-village"


def test_the_same_command_twice_is_one_household_with_the_same_answer(desk: Desk) -> None:
    first = register(desk, household(SRI, BUDI))
    again = register(desk, household(SRI, BUDI))
    assert again.receipt.repeated
    assert (again.household, again.residents) == (first.household, first.residents)
    assert desk.ledger.head() == first.receipt.last


def test_the_same_command_id_for_another_household_is_refused(desk: Desk) -> None:
    register(desk, household(SRI))
    with pytest.raises(CommandReused):
        register(desk, household(SRI, BUDI))


def test_clerks_who_register_at_once_get_different_numbers(desk: Desk) -> None:
    start, outcomes = Barrier(6), []

    def clerk(n: int) -> None:
        start.wait()
        outcomes.append(register(desk, household(replace(BUDI, relation="1")), f"clerk {n}"))

    threads = [Thread(target=clerk, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    niks = {state(desk, outcome.residents[0]).nik for outcome in outcomes}
    assert niks == {f"331410020315{9000 + n}" for n in range(6)}


def test_a_ktp_goes_from_ticket_to_hand_over(desk: Desk) -> None:
    resident = register(desk, household(SRI)).residents[0]
    case = take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command("t")).case
    for step in STEPS:
        serve(desk, case, step, by=REGISTRAR, command_id=command(step.step))
    assert state(desk, resident).ktp(desk.today) is KtpState.ISSUED


def test_a_family_card_that_is_handed_over_is_the_newest(desk: Desk) -> None:
    done = register(desk, household(SRI, BUDI))
    case = take_ticket(desk, NewTicket("KK", done.residents[0]), by=REGISTRAR, command_id=command("t")).case
    for step in (STEPS[0], STEPS[1], STEPS[3], STEPS[4]):
        serve(desk, case, step, by=REGISTRAR, command_id=command(f"{case} {step.step}"))
    home = desk.ledger.load(household_decider, done.household).state
    assert (home.print, home.issued) == (1, 1)


def test_tickets_of_a_day_count_from_one_without_a_gap(desk: Desk) -> None:
    residents = register(desk, household(SRI, replace(SRI, nik=None, relation="11"))).residents
    tickets = [
        take_ticket(desk, NewTicket("KTP", r), by=REGISTRAR, command_id=command(r)).receipt for r in residents
    ]
    taken = [desk.ledger.after(t.first - 1, 1)[0].event for t in tickets]
    assert [number.number for number in taken] == [1, 2]


def test_one_resident_has_one_open_ktp_case(desk: Desk) -> None:
    resident = register(desk, household(SRI)).residents[0]
    take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command("a"))
    with pytest.raises(Rejected) as refused:
        take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command("b"))
    assert refused.value.code == "ktp-already-requested"


def test_who_withdraws_may_come_again(desk: Desk) -> None:
    resident = register(desk, household(SRI)).residents[0]
    case = take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command("a")).case
    serve(desk, case, NextStep("withdraw"), by=REGISTRAR, command_id=command("w"))
    take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command("b"))


def test_two_clerks_on_one_case_conflict_and_the_second_learns_who_came_first(desk: Desk) -> None:
    resident = register(desk, household(SRI)).residents[0]
    case = take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command("t")).case
    serve(desk, case, STEPS[0], by=REGISTRAR, command_id=command("1"), expected=1)
    with pytest.raises(Conflict) as refused:
        serve(desk, case, STEPS[0], by=REGISTRAR, command_id=command("2"), expected=1)
    assert refused.value.parameters["event"] == "population.called"
    assert refused.value.parameters["by"] == "DISDUKCAPIL"


def test_a_step_out_of_order_changes_nothing(desk: Desk) -> None:
    resident = register(desk, household(SRI)).residents[0]
    case = take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command("t")).case
    head = desk.ledger.head()
    with pytest.raises(Rejected) as refused:
        serve(desk, case, NextStep("hand-over"), by=REGISTRAR, command_id=command("h"))
    assert refused.value.code == "wrong-order-of-steps"
    assert desk.ledger.head() == head


def test_a_case_that_nobody_opened_is_unknown(desk: Desk) -> None:
    with pytest.raises(Unknown) as refused:
        serve(desk, "case-none", NextStep("complete-file"), by=REGISTRAR, command_id=command("x"))
    assert refused.value.code == "unknown-case"


def test_a_repeat_after_midnight_is_the_same_command(desk: Desk, clock: StandingClock) -> None:
    resident = register(desk, household(SRI)).residents[0]
    first = take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command("t"))
    clock.time = clock.time.replace(day=25)
    again = take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command("t"))
    assert again.receipt.repeated
    assert again.case == first.case
