"""Marriage, divorce, and the annulments of both."""

from api.acts.civil.annulling import annul_own
from api.acts.civil.asked import DivorceAnnulled, Marriage, MarriageOver
from api.acts.civil.plan import Plan
from api.acts.civil.spouses import spouses_of
from domain.kernel.errors import Malformed, Rejected
from domain.population import plausible
from domain.population.resident import EndMarriage, Marry, RestoreMarriage, Standing
from domain.population.resident.events import MarriageEnded, Married
from domain.population.resident.person import MarriageEnd

AUTHORITIES = ("KUA", "DISDUKCAPIL")
KUA = AUTHORITIES[0]
"""The office of religious affairs marries Muslims and keeps the book; its number is brought, never given here."""


def marriage(plan: Plan, new: Marriage) -> None:
    """Both are KAWIN; nobody moves: a card of their own is a KK_NEW that may follow."""
    pair = couple(new.husband, new.wife)
    if new.authority not in AUTHORITIES:
        raise Malformed("unknown-choice", field="authority")
    if len(pair) == 1 and not new.spouse_name:
        raise Rejected("spouse-needed")
    if new.authority == KUA:
        plan.needs_deed()
    for flag in plausible.of_marriage(
        plan.person(new.husband) if new.husband else None,
        plan.person(new.wife) if new.wife else None,
        plan.on,
        plan.desk.reference.ages,
    ):
        plan.flag(flag)
    for one, other in pair:
        plan.give(one, Marry(other, plan.on))
        plan.revise(one)


def divorce(plan: Plan, new: MarriageOver) -> None:
    _over(plan, new, MarriageEnd.DIVORCE)


def annulment(plan: Plan, new: MarriageOver) -> None:
    """Both are again what they were before, and the deed of their marriage is annulled."""
    annul_own(plan, _over(plan, new, MarriageEnd.ANNULMENT), "MARRIAGE", _wedded)


def _wedded(fact: object, spouse: str) -> bool:
    return isinstance(fact, Married) and fact.spouse == spouse


def _divorced(fact: object, spouse: str) -> bool:
    return isinstance(fact, MarriageEnded) and (fact.spouse, fact.how) == (spouse, MarriageEnd.DIVORCE.value)


def _over(plan: Plan, new: MarriageOver, how: MarriageEnd) -> list[tuple[str, str]]:
    pair = couple(*_known_to_each_other(plan, new.husband, new.wife))
    homes = [plan.resident(one).household for one, _ in pair]
    leaving = {m.resident for m in new.members} & {one for one, _ in pair}
    if len(pair) > 1 and homes[0] and homes[0] == homes[1] and len(leaving) != 1:
        raise Rejected("leaving-spouse-needed")
    for one, other in _to_tell(plan, pair):
        plan.give(one, EndMarriage(other, how, plan.on))
        plan.revise(one)
    plan.succeed(new.successors)
    if new.members:
        if new.home is None:
            raise Rejected("home-needed")
        plan.settle(new.members, new.home)
    return pair


def divorce_annulled(plan: Plan, new: DivorceAnnulled) -> None:
    """Both are KAWIN again, and the deed is annulled; whether they live together again is another event."""
    pair = couple(*_parted(plan, new.husband, new.wife))
    here = [(one, other) for one, other in pair if plan.resident(one).counted]
    for one, other in here or pair:
        plan.give(one, RestoreMarriage(other, plan.on))
        plan.revise(one)
    annul_own(plan, pair, "DIVORCE", _divorced)


def _known_to_each_other(plan: Plan, husband: str, wife: str) -> tuple[str, str]:
    """Both of the couple, also when one is named: the other is whom the record or the family card knows.

    Refused: ``not-married-to-each-other``, and ``spouse-needed`` when there is more than one.
    """
    named = [one for one in (husband, wife) if one]
    known = {one: _spouses(plan, one) for one in named}
    if len(named) > 1:
        if any(known[one] and other not in known[one] for one, other in couple(husband, wife)):
            raise Rejected("not-married-to-each-other")
        return husband, wife
    others = known[named[0]] if named else []
    if not others or any(not m.spouse for m in plan.resident(named[0]).marriages):
        return husband, wife
    if len(others) > 1:
        raise Rejected("spouse-needed")
    return husband or others[0], wife or others[0]


def _spouses(plan: Plan, one: str) -> list[str]:
    """By the record also who has moved away; by the family card who lives there."""
    recorded = [m.spouse for m in plan.resident(one).marriages if m.spouse]
    return recorded or spouses_of(plan, one, plan.resident(one))


def _parted(plan: Plan, husband: str, wife: str) -> tuple[str, str]:
    """Both of those who were divorced: who is not named is the last from whom the other was."""
    named = husband or wife
    ended = plan.resident(named).ended if named else ()
    last = ended[-1].spouse if ended else ""
    return husband or last, wife or last


def _to_tell(plan: Plan, pair: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of the two who live here and do not know yet that it is over: the other may have moved away."""
    open_ = []
    for one, other in pair:
        state = plan.resident(one)
        if state.counted and all(m.spouse != other for m in state.ended if m not in state.marriages):
            open_.append((one, other))
    return open_ or pair


def catch_up(plan: Plan, id_: str) -> None:
    """Tell a record that counts again what became of its marriages meanwhile, as the other record says."""
    state = plan.resident(id_)
    for marriage in state.marriages:
        other = plan.resident(marriage.spouse) if marriage.spouse else None
        if other and other.standing is Standing.DEAD:
            plan.give(id_, EndMarriage(marriage.spouse, MarriageEnd.DEATH, plan.on))
        elif other and other.counted and all(m.spouse != id_ for m in other.marriages):
            plan.give(id_, EndMarriage(marriage.spouse, MarriageEnd.DIVORCE, plan.on))
    for spouse in dict.fromkeys(m.spouse for m in state.ended if m.spouse):
        other = plan.resident(spouse)
        if other.counted and any(m.spouse == id_ for m in other.marriages):
            plan.give(id_, RestoreMarriage(spouse, plan.on))


def couple(husband: str, wife: str) -> list[tuple[str, str]]:
    """Each of the two who is registered here, with the other."""
    if not husband and not wife:
        raise Rejected("spouse-needed")
    if husband == wife:
        raise Rejected("two-people-needed")
    return [(one, other) for one, other in ((husband, wife), (wife, husband)) if one]
