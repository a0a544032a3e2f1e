"""A deed that is annulled: its entry says so and by which other entry, and the papers of it hold no more."""

from collections.abc import Callable, Iterable, Sequence

from api.acts.civil.plan import Plan
from api.acts.desk import Desk
from api.acts.paper_contents import OF_EVENT
from domain.kernel.series import NumberTaken
from domain.papers.paper import PaperStatus, RevocationReason, RevokePaper, editions, paper_decider
from domain.population.entry import AnnulCivilEvent, Entry, entry_decider
from domain.population.resident import ReverseChild
from domain.population.resident.events import CivilEventNoted, ParentsLinked


def annul(plan: Plan, entry: str, reason: RevocationReason, correction: str = "") -> None:
    """Mark the entry as annulled by the entry of this event; a paper of it that still holds is revoked."""
    plan.act(entry_decider, entry, AnnulCivilEvent(correction, plan.today, plan.entry))
    kind = OF_EVENT.get(_entry(plan.desk, entry).code)
    given = plan.desk.ledger.stream(editions(kind, entry)) if kind else ()
    for paper in (fact.event.used_by for fact in given if isinstance(fact.event, NumberTaken)):
        if plan.desk.ledger.load(paper_decider, paper).state.status is PaperStatus.VALID:
            plan.act(paper_decider, paper, RevokePaper(reason, plan.today))


def annul_own(
    plan: Plan, couple: Iterable[tuple[str, str]], code: str, made: Callable[[object, str], bool]
) -> None:
    """Annul the last entry of this code whose facts (``made``, of a fact and the spouse) joined or parted the couple.

    A court has decided. Where the deed is another office's our register has no entry, and none is annulled.
    """
    for one, other in couple:
        for entry in reversed(_entries(plan.desk, one, other, made)):
            found = _entry(plan.desk, entry)
            if found.code == code and not found.annulled_on:
                annul(plan, entry, RevocationReason.COURT_ORDER)
                return


def _entries(desk: Desk, resident: str, spouse: str, made: Callable[[object, str], bool]) -> list[str]:
    """The entries of the events that did so to her record, in their order."""
    facts = desk.ledger.stream(resident)
    commands = {fact.header.command_id for fact in facts if made(fact.event, spouse)}
    return [
        fact.event.entry
        for fact in facts
        if isinstance(fact.event, CivilEventNoted) and fact.header.command_id in commands
    ]


def annulled_with(desk: Desk, entry: str, residents: Iterable[str]) -> list[str]:
    """The entries of these residents that were annulled by ``entry``."""
    noted = (fact.event for id_ in residents for fact in desk.ledger.stream(id_))
    others = dict.fromkeys(event.entry for event in noted if isinstance(event, CivilEventNoted))
    return [other for other in others if other and _entry(desk, other).annulled_by == entry]


def childless(plan: Plan, child: str, original: str, still: Sequence[str] = ()) -> None:
    """The child is no more that of those whom facts linked it to, save of its parents ``still``."""
    linked = [f.event for f in plan.desk.ledger.stream(child) if isinstance(f.event, ParentsLinked)]
    for parent in dict.fromkeys(id_ for event in linked for id_ in (event.mother, event.father)):
        if not parent or parent in still:
            continue
        if any(known.stream == child for known in plan.resident(parent).children):
            plan.name(parent)
            plan.tell(parent, ReverseChild(child, original, plan.on))


def _entry(desk: Desk, entry: str) -> Entry:
    return desk.ledger.load(entry_decider, entry).state
