"""Moves: out, in, abroad and back, and the stay of foreigners."""

from collections.abc import Iterable

from api.acts.civil.asked import (
    AbroadOut,
    AbroadReturn,
    Home,
    LimitedStay,
    MoveIn,
    MoveOut,
    PermanentStay,
    Related,
)
from api.acts.civil.leaving import gone
from api.acts.civil.marriages import catch_up
from api.acts.civil.plan import Plan
from api.acts.population import next_nik
from domain.kernel.errors import Malformed, Rejected
from domain.population.case import Withdrawal
from domain.population.codes import Citizenship
from domain.population.resident import (
    AnnounceDeparture,
    GiveNik,
    GrantStay,
    MoveAway,
    Residence,
    ReturnResident,
    Standing,
)
from domain.population.resident.person import INSIDE, MoveLevel, StayKind

AWAY = frozenset({Standing.MOVED_OUT, Standing.ABROAD})


def move_out(plan: Plan, new: MoveOut) -> None:
    """Within the regency the address changes on arrival; beyond, they leave the registry's count."""
    if new.level not in tuple(MoveLevel):
        raise Malformed("unknown-choice", field="level")
    level = MoveLevel(new.level)
    if level not in INSIDE:
        _go(plan, new.residents, Standing.MOVED_OUT)
        plan.succeed(new.successors)
        return
    for resident in each(new.residents):
        plan.resident(resident)
        plan.give(resident, AnnounceDeparture(level, plan.on))


def abroad_out(plan: Plan, new: AbroadOut) -> None:
    _go(plan, new.residents, Standing.ABROAD)
    plan.succeed(new.successors)


def _go(plan: Plan, residents: Iterable[str], to: Standing) -> None:
    for resident in each(residents):
        plan.leave(resident)
        gone(plan, resident, MoveAway(to, plan.on), Withdrawal(to.value))


def each(residents: Iterable[str]) -> list[str]:
    """Everybody once; somebody at all."""
    named = list(residents)
    if not named:
        raise Rejected("nobody-named")
    if len({*named}) != len(named):
        raise Rejected("member-listed-twice")
    return named


def move_in(plan: Plan, new: MoveIn) -> None:
    """Who was here before is the same person again; nobody is registered a second time."""
    if any(newcomer.nik is None for newcomer in new.newcomers):
        raise Rejected("newcomer-brings-a-nik")
    _welcome(plan, new.members)
    plan.succeed(new.successors)
    plan.settle(new.members, new.home, new.newcomers)


def abroad_return(plan: Plan, new: AbroadReturn) -> None:
    _welcome(plan, new.members)
    plan.settle(new.members, new.home)


def _welcome(plan: Plan, members: Iterable[Related]) -> None:
    for member in members:
        if plan.resident(member.resident).standing in AWAY:
            plan.give(member.resident, ReturnResident(plan.on))
            catch_up(plan, member.resident)


def limited_stay(plan: Plan, new: LimitedStay) -> None:
    """A letter (SKTT) with an end; no NIK, no family card, no KTP."""
    at = new.address
    if at.household or not at.village or not at.address:
        raise Rejected("home-needed")
    if new.person.citizenship != Citizenship.FOREIGN.value:
        raise Rejected("not-a-foreigner")
    residence = Residence("", at.address, at.rt, at.rw)
    id_ = plan.enter(0, new.person, "", plan.village(at.village), residence, numbered=False)
    plan.give(id_, GrantStay(StayKind.LIMITED, new.until, plan.on))


def permanent_stay(plan: Plan, new: PermanentStay) -> None:
    """A NIK, a place on a family card, and the duty to have a foreigner's KTP."""
    resident = plan.resident(new.resident)
    plan.give(new.resident, GrantStay(StayKind.PERMANENT, new.until, plan.on))
    if resident.nik is None:
        person, village = plan.person(new.resident), plan.village(_village(plan, new.home))
        nik = next_nik(plan.desk, plan.numbers, village, person, new.resident)
        plan.give(new.resident, GiveNik(new.resident, nik, plan.nik_source, plan.on))
    plan.settle([Related(new.resident, new.relation)], new.home)


def _village(plan: Plan, home: Home) -> str:
    return plan.household(home.household).village if home.household else home.village
