"""Printing on blanks that run out, on a real store: card and blank together, suket and backlog, and their clock."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from api.acts.blank_stock import Moved, NewMovement, move, printing, stock
from api.acts.desk import Desk, Numbers
from api.acts.population import NewTicket, NextStep, Served, register_household, serve, take_ticket
from domain.kernel.errors import Malformed, Refused, Rejected
from domain.kernel.segments import Cause
from domain.population.case import Case, Step, case_decider
from domain.population.clock import Times, times
from tests.acts.people import REGISTRAR, SRI, StandingClock, command, household

OFFICE = REGISTRAR.office
BEFORE_PRINTING = (NextStep("call", counter="3"), NextStep("complete-file"), NextStep("record-biometrics"))
PRINT = NextStep("print-card")


def people(desk: Desk, count: int) -> tuple[str, ...]:
    others = [replace(SRI, nik=None, name=f"Agus {n}", sex="1", relation="11") for n in range(count - 1)]
    return register_household(desk, household(SRI, *others), by=REGISTRAR, command_id=command("h")).residents


def ready(desk: Desk, resident: str) -> str:
    """A case of hers that lacks nothing but its card."""
    case = take_ticket(desk, NewTicket("KTP", resident), by=REGISTRAR, command_id=command(resident)).case
    for step in BEFORE_PRINTING:
        serve(desk, case, step, by=REGISTRAR, command_id=command(f"{case} {step.step}"))
    return case


def step(desk: Desk, case: str, name: str) -> Served:
    version = desk.ledger.load(case_decider, case).version
    id_ = command(f"{case} {name} {version} {desk.ledger.head()}")
    return serve(desk, case, NextStep(name), by=REGISTRAR, command_id=id_)


def line(desk: Desk, movement: str, count: int, **more: str) -> Moved:
    new = NewMovement(movement, count, **({"source": "KEMENDAGRI"} if movement == "receive" else {}), **more)
    return move(desk, new, by=REGISTRAR, command_id=command(f"{new} {desk.ledger.head()}"))


def state(desk: Desk, case: str) -> Case:
    return desk.ledger.load(case_decider, case).state


def clock_of(desk: Desk, case: str) -> Times:
    return times((fact.event, fact.header.recorded_at) for fact in desk.ledger.stream(case))


def test_an_office_that_never_recorded_stock_prints_as_ever(desk: Desk) -> None:
    case = ready(desk, people(desk, 1)[0])
    printed = step(desk, case, "print-card").receipt
    assert printed.first == printed.last, "the card alone"
    assert not stock(desk, OFFICE).state.kept


def test_card_and_blank_are_one_append(desk: Desk) -> None:
    case = ready(desk, people(desk, 1)[0])
    line(desk, "receive", 2)
    printed = step(desk, case, "print-card").receipt
    names = [fact.header.event for fact in desk.ledger.after(printed.first - 1, 9)]
    assert names == ["population.card-printed", "population.blank-used"]
    assert stock(desk, OFFICE).state.left == 1


def test_a_print_that_is_refused_uses_no_blank(desk: Desk) -> None:
    case = take_ticket(desk, NewTicket("KTP", people(desk, 1)[0]), by=REGISTRAR, command_id=command("t")).case
    line(desk, "receive", 1)
    with pytest.raises(Rejected) as refused:
        step(desk, case, "print-card")
    assert refused.value.code == "wrong-order-of-steps"
    assert stock(desk, OFFICE).state.left == 1


def emptied(desk: Desk) -> None:
    line(desk, "receive", 1)
    line(desk, "spoil", 1, reason="damaged")


def test_without_a_blank_she_gets_a_suket_and_a_place_in_the_backlog(desk: Desk) -> None:
    case = ready(desk, people(desk, 1)[0])
    emptied(desk)
    given = step(desk, case, "print-card")
    assert given.suket == "0001/SUKET/DISDUKCAPIL/2026"
    assert (state(desk, case).step, state(desk, case).waiting) == (Step.RECORDED, Cause.BLANK)
    assert stock(desk, OFFICE).state.awaits(case)


def test_a_repeat_tells_the_same_suket(desk: Desk) -> None:
    case = ready(desk, people(desk, 1)[0])
    emptied(desk)
    first = serve(desk, case, PRINT, by=REGISTRAR, command_id=command("p"))
    again = serve(desk, case, PRINT, by=REGISTRAR, command_id=command("p"))
    assert (again.suket, again.receipt.repeated) == (first.suket, True)


def test_two_clerks_at_the_last_blank_one_prints_and_the_other_is_told(desk: Desk) -> None:
    cases = [ready(desk, resident) for resident in people(desk, 2)]
    line(desk, "receive", 1)
    start, told, sukets = Barrier(2), list[str](), list[str]()

    def clerk(case: str) -> None:
        start.wait()
        try:
            sukets.append(step(desk, case, "print-card").suket)
        except Refused as refused:
            told.append(refused.code)

    threads = [Thread(target=clerk, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    printed = [case for case in cases if state(desk, case).step is Step.PRINTED]
    assert len(printed) == 1
    assert stock(desk, OFFICE).state.left == 0
    # The other saw the blank go, or came a moment later and gave the suket at once.
    assert sorted([*told, *filter(None, sukets)]) in (["no-blank-left"], ["0001/SUKET/DISDUKCAPIL/2026"])


def test_a_clerk_who_saw_the_last_blank_is_told_that_it_is_gone(desk: Desk) -> None:
    """What the loser of that race decides, without the race."""
    cases = [ready(desk, resident) for resident in people(desk, 2)]
    line(desk, "receive", 1)
    numbers = Numbers(desk, REGISTRAR, command("late"))
    late = printing(desk, cases[1], OFFICE, None, numbers)  # decided upon while it lay there
    step(desk, cases[0], "print-card")
    with pytest.raises(Rejected) as refused:
        desk.ledger.execute(late, by=REGISTRAR, command_id=command("late"))
    assert refused.value.code == "no-blank-left"
    assert state(desk, cases[1]).step is Step.RECORDED, "neither card nor blank"


def test_the_wait_for_a_blank_begins_and_ends_with_the_stock(desk: Desk, clock: StandingClock) -> None:
    case = ready(desk, people(desk, 1)[0])
    emptied(desk)
    clock.time += timedelta(minutes=1)
    step(desk, case, "print-card")
    clock.time += timedelta(minutes=40)
    line(desk, "receive", 3)
    clock.time += timedelta(minutes=2)
    step(desk, case, "print-card")
    step(desk, case, "hand-over")
    spent = {part.cause: part.length for part in clock_of(desk, case).segments(clock.time)}
    assert spent[Cause.BLANK] == timedelta(minutes=40)
    assert clock_of(desk, case).office_time(clock.time) == timedelta(minutes=3)


def test_the_backlog_is_worked_off_in_the_order_of_the_complete_files(
    desk: Desk, clock: StandingClock
) -> None:
    first, second, third = people(desk, 3)
    cases = []
    for resident in (first, second, third):
        clock.time += timedelta(minutes=1)
        cases.append(ready(desk, resident))
    emptied(desk)
    for case in reversed(cases):  # asked for in another order than the files were complete
        step(desk, case, "print-card")
    line(desk, "receive", 2)
    assert [state(desk, case).waiting for case in cases] == [None, None, Cause.BLANK]
    with pytest.raises(Rejected) as refused:
        step(desk, cases[2], "print-card")
    assert refused.value.code == "case-is-waiting"
    step(desk, cases[0], "print-card")
    line(desk, "receive", 1)
    assert state(desk, cases[2]).waiting is None


def test_whoever_leaves_gives_the_blank_to_the_next(desk: Desk) -> None:
    cases = [ready(desk, resident) for resident in people(desk, 2)]
    emptied(desk)
    for case in cases:
        step(desk, case, "print-card")
    line(desk, "receive", 1)
    ready_one = next(case for case in cases if state(desk, case).waiting is None)
    step(desk, ready_one, "withdraw")
    assert [state(desk, case).waiting for case in cases if case != ready_one] == [None]


def test_a_blank_spoiled_in_the_printer_begins_the_wait_again(desk: Desk) -> None:
    case = ready(desk, people(desk, 1)[0])
    emptied(desk)
    step(desk, case, "print-card")
    line(desk, "receive", 1)
    serve(desk, case, NextStep("start-wait", cause="applicant"), by=REGISTRAR, command_id=command("w"))
    line(desk, "spoil", 1, reason="misprint")
    assert state(desk, case).waiting is Cause.BLANK
    assert stock(desk, OFFICE).state.awaits(case)


def test_no_clerk_says_when_a_wait_for_blanks_begins_or_ends(desk: Desk) -> None:
    case = ready(desk, people(desk, 1)[0])
    emptied(desk)
    wait = NextStep("start-wait", cause="blank-stock")
    with pytest.raises(Rejected) as refused:
        serve(desk, case, wait, by=REGISTRAR, command_id=command("w"))
    assert refused.value.code == "blank-wait-follows-stock"
    step(desk, case, "print-card")
    with pytest.raises(Rejected) as refused:
        step(desk, case, "end-wait")
    assert refused.value.code == "blank-wait-follows-stock"


def test_where_no_stock_is_kept_the_clerk_says_it(desk: Desk) -> None:
    case = ready(desk, people(desk, 1)[0])
    wait = NextStep("start-wait", cause="blank-stock")
    serve(desk, case, wait, by=REGISTRAR, command_id=command("w"))
    step(desk, case, "end-wait")
    assert state(desk, case).waiting is None


def test_only_a_ktp_takes_a_blank(desk: Desk) -> None:
    resident = people(desk, 1)[0]
    line(desk, "receive", 1)
    case = take_ticket(desk, NewTicket("KK", resident), by=REGISTRAR, command_id=command("kk")).case
    for name in ("call", "complete-file", "print-card", "hand-over"):
        step(desk, case, name)
    assert stock(desk, OFFICE).state.left == 1


@pytest.mark.parametrize(
    ("new", "kind", "code"),
    [
        (NewMovement("receive", 5, source="PASAR"), Malformed, "unknown-source"),
        (NewMovement("receive", 5, source=OFFICE), Malformed, "unknown-source"),
        (NewMovement("spoil", 5, reason="lost"), Malformed, "unknown-reason"),
        (NewMovement("send", 5, to="KEC-99"), Malformed, "unknown-office"),
        (NewMovement("lend", 5), Malformed, "unknown-movement"),
        (NewMovement("count", 5), Rejected, "stock-not-kept"),
    ],
)
def test_a_line_of_the_stock_book_makes_sense(
    desk: Desk, new: NewMovement, kind: type[Refused], code: str
) -> None:
    with pytest.raises(kind) as refused:
        move(desk, new, by=REGISTRAR, command_id=command("m"))
    assert refused.value.code == code
    assert desk.ledger.head() == 0


def test_the_same_line_twice_is_one_movement(desk: Desk) -> None:
    new = NewMovement("receive", 5, source="KEMENDAGRI")
    move(desk, new, by=REGISTRAR, command_id=command("m"))
    assert move(desk, new, by=REGISTRAR, command_id=command("m")).receipt.repeated
    assert stock(desk, OFFICE).state.left == 5
