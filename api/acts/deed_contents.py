"""What deeds, child cards and letters of move tell: from the entry of the register, and records as it left them.

A deed says what was so on its day: later events change nothing on it, save the correction of what was wrong.
What the form did not ask and no fact says stays empty, and the paper leaves it out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from api.acts.desk import Desk
from api.acts.paper_parts import Told, home_of, person_of, place_of, resident_of, word
from api.messages import text
from domain.kernel.errors import Rejected, Unknown
from domain.kernel.events import Recorded
from domain.kernel.values import Sex
from domain.papers.contents import (
    BirthDeed,
    ChildCard,
    DeathDeed,
    DivorceDeed,
    MarriageDeed,
    MoveLetter,
    Mover,
    Spouse,
)
from domain.papers.paper import PaperKind
from domain.population.entry import CivilEventRecorded, entry_decider
from domain.population.household import household_decider
from domain.population.resident import Resident, resident_decider
from domain.population.resident.events import (
    CivilEventNoted,
    DepartureAnnounced,
    Died,
    ElementsChanged,
    MarriageEnded,
    Married,
    MovedAway,
    ResidentRegistered,
)
from domain.population.resident.person import KTP_AGE

BIRTH, DEATH, MARRIAGE, DIVORCE, MOVE_OUT, MOVE_IN = (
    *("BIRTH", "DEATH", "MARRIAGE", "DIVORCE"),
    *("MOVE_OUT", "MOVE_IN"),
)
CORRECTION = "CORRECTION"
KUA = "KUA"


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as it was recorded, its place among all facts, and the command that recorded all of it."""

    event: CivilEventRecorded
    position: int
    command: UUID

    @property
    def deed(self) -> str:
        return self.event.deed.value or ""

    def said(self, name: str) -> str:
        """What was said of it, or nothing."""
        return next((d.value for d in self.event.details.value or () if d.name == name), "")


def birth_deed(desk: Desk, entry: str) -> Told:
    """Of a child whose birth was recorded here. Which child of its mother it is, no form asks."""
    found = _entry(desk, entry, PaperKind.BIRTH, BIRTH)
    child, resident = found.event.residents[0], _as_recorded(desk, found.event.residents[0], found)
    p = person_of(resident)
    deed = BirthDeed(
        number=found.deed,
        nik=resident.nik or "",
        name=p.name,
        sex=word(desk, p, "sex"),
        birth_place=p.birth_place,
        birth_date=p.birth_date,
        order=None,
        father=p.father,
        mother=p.mother,
        citizenship=word(desk, p, "citizenship"),
    )
    subjects = (child, *_known(desk, (resident.father, resident.mother)))
    return Told(deed, subjects, resident.synthetic, number=found.deed)


def death_deed(desk: Desk, entry: str) -> Told:
    found = _entry(desk, entry, PaperKind.DEATH, DEATH)
    dead = _first_with(desk, found, Died)
    resident = _as_recorded(desk, dead, found)
    p = person_of(resident)
    deed = DeathDeed(
        number=found.deed,
        nik=resident.nik or "",
        name=p.name,
        sex=word(desk, p, "sex"),
        birth_place=p.birth_place,
        birth_date=p.birth_date,
        died_in=found.said("place"),
        died_on=found.event.on,
        father=p.father,
        mother=p.mother,
        citizenship=word(desk, p, "citizenship"),
    )
    return Told(deed, (dead,), resident.synthetic, number=found.deed)


def marriage_deed(desk: Desk, entry: str) -> Told:
    """Of those whom this office marries: the KUA gives its own book."""
    found = _entry(desk, entry, PaperKind.MARRIAGE, MARRIAGE)
    if found.said("authority") == KUA:
        raise _not_ready(PaperKind.MARRIAGE)
    one = _first_with(desk, found, Married)
    (married, *_) = (e for e in _events(desk, one, found) if isinstance(e, Married))
    husband, wife, subjects, synthetic = _couple(
        desk, found, one, married.spouse, found.said("spouse_name"), PaperKind.MARRIAGE
    )
    deed = MarriageDeed(found.deed, husband, wife, found.said("place"), found.event.on, "")
    return Told(deed, subjects, synthetic, number=found.deed)


def divorce_deed(desk: Desk, entry: str) -> Told:
    """The marriage that ended is told where it was recorded here."""
    found = _entry(desk, entry, PaperKind.DIVORCE, DIVORCE)
    one = _first_with(desk, found, MarriageEnded)
    (ended, *_) = (e for e in _events(desk, one, found) if isinstance(e, MarriageEnded))
    wedding = _wedding(desk, one, ended.spouse, found)
    name = wedding.said("spouse_name") if wedding else ""
    husband, wife, subjects, synthetic = _couple(desk, found, one, ended.spouse, name, PaperKind.DIVORCE)
    deed = DivorceDeed(
        number=found.deed,
        husband=husband,
        wife=wife,
        marriage_deed=wedding.deed if wedding else "",
        married_on=wedding.event.on if wedding else None,
        court="",
        decision=found.said("decision"),
        decided_on=None,
    )
    return Told(deed, subjects, synthetic, number=found.deed)


def move_letter(desk: Desk, entry: str) -> Told:
    """Of everybody who moves with this letter, from the household as it was before it."""
    found = _entry(desk, entry, PaperKind.MOVE, MOVE_OUT)
    leaving = (MovedAway, DepartureAnnounced)
    movers = [r for r in found.event.residents if _has(_events(desk, r, found), leaving)]
    people = {r: _fold(_facts(desk, r), before=found.position) for r in movers}
    if not movers or any(state.person is None for state in people.values()):
        raise Unknown("unknown-resident")
    household = people[movers[0]].household
    home = household_decider.initial
    for fact in desk.ledger.stream(household):
        home = home if fact.position > found.position else household_decider.evolve(home, fact.event)
    if home.residence is None:
        raise Unknown("unknown-household")
    head = _fold(_facts(desk, home.head), before=found.position) if home.head else Resident()
    until = _letter_holds(desk, found.event.on)
    at = home.residence
    letter = MoveLetter(
        number=found.deed,
        kk=at.kk,
        head=head.person.name if head.person else "",
        applicant=person_of(people[movers[0]]).name,
        reason=found.said("reason"),
        level=text(f"move-level.{found.said('level')}", "id"),
        origin=place_of(desk, home.village, at.address, at.rt, at.rw),
        destination=found.said("destination"),
        moves_on=found.event.on,
        movers=tuple(
            Mover(r.nik or "", person_of(r).name, word(desk, person_of(r), "relation"))
            for r in people.values()
        ),
        valid_until=until,
    )
    subjects = dict.fromkeys((household, *movers, *_known(desk, (home.head or "",))))
    synthetic = any(r.synthetic for r in people.values())
    return Told(letter, tuple(subjects), synthetic, until, found.deed)


def _letter_holds(desk: Desk, on: date) -> date | None:
    # As long as the arrival may be reported with it.
    within = desk.reference.civil_events.event(MOVE_IN).within
    return on + timedelta(days=within) if within else None


def child_card(desk: Desk, resident: str) -> Told:
    """Of a child to whom a card was given, from the newest facts, to the day before it is 17."""
    state = resident_of(desk, resident)
    p = person_of(state)
    until = _birthday(p.birth_date, KTP_AGE) - timedelta(days=1)
    if state.kia_on is None or not state.counted or desk.today > until:
        raise _not_ready(PaperKind.CHILD_CARD)
    household = desk.ledger.load(household_decider, state.household).state
    head = desk.ledger.load(resident_decider, household.head).state if household.head else Resident()
    card = ChildCard(
        nik=state.nik or "",
        name=p.name,
        birth_place=p.birth_place,
        birth_date=p.birth_date,
        sex=word(desk, p, "sex"),
        blood=word(desk, p, "blood"),
        kk=state.residence.kk if state.residence else "",
        head=head.person.name if head.person else "",
        birth_deed=_deed_of_birth(desk, resident),
        religion=word(desk, p, "religion"),
        citizenship=word(desk, p, "citizenship"),
        home=home_of(desk, state),
        valid_until=until,
    )
    subjects = dict.fromkeys((resident, state.household, *_known(desk, (household.head or "",))))
    return Told(card, tuple(subjects), state.synthetic, until)


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # born on 29 February
        return date(born.year + age, 3, 1)


def _deed_of_birth(desk: Desk, resident: str) -> str:
    first = _facts(desk, resident)[0].event
    if not isinstance(first, ResidentRegistered) or not first.entry:
        return ""
    state = desk.ledger.load(entry_decider, first.entry).state
    return (state.deed or "") if state.code == BIRTH else ""


def married_since(desk: Desk, resident: str, state: Resident) -> date | None:
    """The day of the marriage that she is in, when it was recorded here."""
    if not state.marriages:
        return None
    spouse = state.marriages[-1].spouse
    events = [fact.event for fact in _facts(desk, resident)]
    return next((e.on for e in reversed(events) if isinstance(e, Married) and e.spouse == spouse), None)


def _entry(desk: Desk, entry: str, kind: PaperKind, code: str) -> Found:
    for fact in desk.ledger.stream(entry, upto=1):
        if isinstance(fact.event, CivilEventRecorded):
            annulled = desk.ledger.load(entry_decider, entry).state.annulled_on
            if fact.event.code != code or annulled:
                raise _not_ready(kind)
            return Found(fact.event, fact.position, fact.header.command_id)
    raise Unknown("unknown-entry")


def _not_ready(kind: PaperKind) -> Rejected:
    return Rejected("paper-not-ready", kind=kind.value)


def _facts(desk: Desk, resident: str) -> list[Recorded[Any]]:
    return list(desk.ledger.stream(resident))


def _events(desk: Desk, resident: str, found: Found) -> list[Any]:
    """What the entry changed in her record."""
    return [fact.event for fact in _facts(desk, resident) if fact.header.command_id == found.command]


def _has(events: Iterable[Any], types: type | tuple[type, ...]) -> bool:
    return any(isinstance(event, types) for event in events)


def _first_with(desk: Desk, found: Found, change: type) -> str:
    for resident in found.event.residents:
        if _has(_events(desk, resident, found), change):
            return resident
    raise Unknown("unknown-resident")


def _fold(facts: Iterable[Recorded[Any]], *, before: int) -> Resident:
    state = resident_decider.initial
    for fact in facts:
        if fact.position < before:
            state = resident_decider.evolve(state, fact.event)
    return state


def _as_recorded(desk: Desk, resident: str, found: Found) -> Resident:
    """As the entry left her, with what was corrected since."""
    facts, state = _facts(desk, resident), resident_decider.initial
    corrections = {
        fact.header.command_id
        for fact in facts
        if isinstance(fact.event, CivilEventNoted) and fact.event.code == CORRECTION
    }
    for fact in facts:
        command = fact.header.command_id
        corrected = command in corrections and isinstance(fact.event, ElementsChanged)
        if fact.position < found.position or command == found.command or corrected:
            state = resident_decider.evolve(state, fact.event)
    if state.person is None:
        raise Unknown("unknown-resident")
    return state


def _couple(
    desk: Desk, found: Found, one: str, other: str, name: str, kind: PaperKind
) -> tuple[Spouse, Spouse, tuple[str, ...], bool]:
    """Husband, wife, whose data these are, and whether one is invented; the other may be not registered here."""
    if not other and not name:
        raise _not_ready(kind)
    first = _as_recorded(desk, one, found)
    second = _as_recorded(desk, other, found) if other else None
    pair = _spouse(desk, first), _spouse(desk, second) if second else Spouse(name)
    husband, wife = pair if person_of(first).sex == Sex.MALE.value else pair[::-1]
    synthetic = first.synthetic or bool(second and second.synthetic)
    return husband, wife, (one, other) if other else (one,), synthetic


def _spouse(desk: Desk, resident: Resident) -> Spouse:
    p = person_of(resident)
    return Spouse(
        p.name,
        resident.nik or "",
        p.birth_place,
        p.birth_date,
        word(desk, p, "religion"),
        word(desk, p, "citizenship"),
        p.father,
        p.mother,
    )


def _wedding(desk: Desk, one: str, other: str, before: Found) -> Found | None:
    """The entry of the marriage of these two, the last before that of its end."""
    facts = [fact for fact in _facts(desk, one) if fact.position < before.position]
    married = [f.header.command_id for f in facts if isinstance(f.event, Married) and f.event.spouse == other]
    for fact in reversed(facts):
        noted = fact.event
        if isinstance(noted, CivilEventNoted) and fact.header.command_id in married:
            return _entry(desk, noted.entry, PaperKind.DIVORCE, MARRIAGE)
    return None


def _known(desk: Desk, residents: Iterable[str]) -> list[str]:
    """Those who are registered here and not forgotten."""
    return [r for r in residents if r and desk.ledger.load(resident_decider, r).state.person is not None]
