"""Who dies, moves away or is void while her KTP is being made: no card is printed, and her case says why it ended."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from adapters.papers.press import Press
from api.acts import blank_stock, civil, papers, population
from api.acts.blank_stock import NewMovement
from api.acts.civil import asked
from api.acts.desk import Desk
from api.acts.papers import NewPaper
from api.acts.population import NewTicket, NextStep
from domain.kernel.decider import act
from domain.kernel.errors import Refused
from domain.population.case import CaseWithdrawn, Step, case_decider
from domain.population.resident import RecordDeath, resident_decider
from domain.population.resident.events import Died
from tests.acts.office import FRIDAY, JOKO
from tests.acts.people import REGISTRAR, SRI, StandingClock, command, household
from tests.acts.test_papers import press

__all__ = ["press"]

SERVED = (NextStep("call", "1"), NextStep("complete-file"), NextStep("record-biometrics"))
LEAVINGS: dict[str, Callable[[str, str], tuple[str, object]]] = {
    "dead": lambda who, _: ("DEATH", asked.Death(who)),
    "moved-out": lambda who, _: ("MOVE_OUT", asked.MoveOut((who,), "between-provinces", "Jakarta")),
    "abroad": lambda who, _: ("ABROAD_OUT", asked.AbroadOut((who,), "Malaysia")),
    "void": lambda who, other: ("DUPLICATE", asked.Duplicate(other, who, "orang yang sama")),
}

REFUSED = {"dead": "already-dead", "moved-out": "moved-away", "abroad": "moved-away", "void": "record-void"}


def alone(desk: Desk, name: str) -> str:
    person = SRI if name == "sri" else JOKO
    done = population.register_household(desk, household(person), by=REGISTRAR, command_id=command(name))
    return done.residents[0]


def opened(desk: Desk, resident: str) -> str:
    """A case that lacks nothing but its card."""
    ticket = NewTicket("KTP", resident)
    case = population.take_ticket(desk, ticket, by=REGISTRAR, command_id=command(f"ticket {resident}")).case
    for step in SERVED:
        population.serve(desk, case, step, by=REGISTRAR, command_id=command(f"{case} {step.step}"))
    return case


def leave(desk: Desk, why: str, who: str, other: str) -> None:
    code, what = LEAVINGS[why](who, other)
    civil.record(desk, civil.Report(code, what, FRIDAY), by=REGISTRAR, command_id=command(f"leave {who}"))


def printed(desk: Desk, press: Press, kind: str, case: str) -> papers.Printed:
    return papers.issue(
        desk,
        press,
        NewPaper(kind, case),
        signer="Dewi",
        by=REGISTRAR,
        command_id=command(f"{kind} {desk.ledger.head()}"),
    )


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        do()
    return refusal.value.code


@pytest.mark.parametrize("why", LEAVINGS)
def test_her_case_is_closed_with_the_reason_and_no_paper_of_it_is_printed(
    desk: Desk, press: Press, why: str
) -> None:
    sri, joko = alone(desk, "sri"), alone(desk, "joko")
    case = opened(desk, sri)
    printed(desk, press, "KTP", case)
    leave(desk, why, sri, joko)
    state = desk.ledger.load(case_decider, case).state
    assert state.step is Step.WITHDRAWN
    assert desk.ledger.stream(case)[-1].event == CaseWithdrawn(why)
    assert desk.ledger.load(resident_decider, sri).state.open_case is None
    for kind in ("KTP", "SUKET"):
        assert refused(partial(printed, desk, press, kind, case)) == "paper-not-ready"
    step = NextStep("print-card")
    serve = refused(lambda: population.serve(desk, case, step, by=REGISTRAR, command_id=command("late")))
    assert serve == REFUSED[why], "the sentence says why"
    printed(desk, press, "RESI", case)


def test_a_case_that_was_open_when_nobody_closed_it_prints_nothing_for_the_dead(
    desk: Desk, press: Press
) -> None:
    """A ledger of before this rule has such cases; the resident's record alone tells."""
    sri = alone(desk, "sri")
    case = opened(desk, sri)
    desk.ledger.execute(
        [act(resident_decider, sri, RecordDeath(FRIDAY))], by=REGISTRAR, command_id=command("only her record")
    )
    for kind in ("KTP", "SUKET"):
        assert refused(partial(printed, desk, press, kind, case)) == "paper-not-ready"
    step = NextStep("print-card")
    serve = refused(lambda: population.serve(desk, case, step, by=REGISTRAR, command_id=command("late")))
    assert serve == "already-dead"
    assert any(isinstance(fact.event, Died) for fact in desk.ledger.stream(sri))


def test_the_blank_that_was_set_aside_for_her_goes_to_the_next(desk: Desk, clock: StandingClock) -> None:
    sri, joko = alone(desk, "sri"), alone(desk, "joko")
    first = opened(desk, sri)
    clock.time += timedelta(minutes=1)
    second = opened(desk, joko)

    def move(movement: str, count: int, **more: str) -> None:
        new = NewMovement(movement, count, **more)
        blank_stock.move(desk, new, by=REGISTRAR, command_id=command(f"{new} {desk.ledger.head()}"))

    move("receive", 1, source="KEMENDAGRI")
    move("spoil", 1, reason="misprint")
    for case in (first, second):
        population.serve(
            desk, case, NextStep("print-card"), by=REGISTRAR, command_id=command(f"print {case}")
        )
    move("receive", 1, source="KEMENDAGRI")
    kept = blank_stock.stock(desk, REGISTRAR.office)
    assert (kept.state.is_ready(first), kept.state.is_ready(second)) == (True, False)
    leave(desk, "dead", sri, joko)
    kept = blank_stock.stock(desk, REGISTRAR.office)
    assert (kept.state.is_ready(first), kept.state.is_ready(second)) == (False, True)


@pytest.mark.parametrize("code", ["DEATH", "MISSING", "NAME_CHANGE", "MARRIAGE", "KTP_NEW", "MOVE_OUT"])
@pytest.mark.parametrize("why", LEAVINGS)
def test_nothing_more_happens_to_who_has_left(desk: Desk, why: str, code: str) -> None:
    sri, joko = alone(desk, "sri"), alone(desk, "joko")
    leave(desk, why, sri, joko)
    what = {
        "DEATH": asked.Death(sri),
        "MISSING": asked.Whereabouts(sri),
        "NAME_CHANGE": asked.NameChange(sri, "Sri Rahayu", "1/2026"),
        "MARRIAGE": asked.Marriage("DISDUKCAPIL", joko, sri),
        "KTP_NEW": asked.OfOne(sri),
        "MOVE_OUT": asked.MoveOut((sri,), "between-provinces", "Jakarta"),
    }
    head = desk.ledger.head()
    report = civil.Report(code, what[code], FRIDAY)
    told = refused(lambda: civil.record(desk, report, by=REGISTRAR, command_id=command("late")))
    assert (told, desk.ledger.head()) == (REFUSED[why], head)
