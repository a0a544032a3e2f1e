"""A resident as her facts leave her: all that later rules must know."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, assert_never

from domain.population.codes import Citizenship, Marital
from domain.population.resident.events import (
    ChildRecorded,
    ChildReversed,
    CivilEventNoted,
    DeathReversed,
    DepartureAnnounced,
    Died,
    ElementsChanged,
    Event,
    FiliationReversed,
    Found,
    KiaIssued,
    KtpIssued,
    KtpReprintDue,
    KtpRequested,
    KtpRequestWithdrawn,
    KtpVoided,
    MarriageEnded,
    MarriageRestored,
    Married,
    MovedAway,
    NikGiven,
    ParentsLinked,
    RecordVoided,
    ResidentPlaced,
    ResidentRegistered,
    Returned,
    StayGranted,
    WentMissing,
)
from domain.population.resident.person import (
    COUNTED,
    Change,
    Filiation,
    KtpState,
    Parents,
    Person,
    Residence,
    Standing,
    StayKind,
    must_have_ktp,
)


@dataclass(frozen=True, slots=True)
class Marriage:
    """With whom (empty: not registered here), and her marital status before it."""

    spouse: str
    before: str


@dataclass(frozen=True, slots=True)
class Child:
    """A child of hers, and when it was born."""

    stream: str
    born: date


@dataclass(frozen=True, slots=True)
class Stay:
    """A foreigner's permit."""

    kind: str
    until: date


@dataclass(frozen=True, slots=True)
class Resident:
    """``person`` is None before registration and once forgotten; ``household`` is empty for who is in none.

    ``homes`` are all households she ever was in; ``marriages`` last, ``ended`` could be restored.
    """

    registered: bool = False
    household: str = ""
    village: str = ""
    synthetic: bool = False
    nik: str | None = None
    person: Person | None = None
    residence: Residence | None = None
    open_case: str | None = None
    ktp_issued_on: date | None = None
    ktp_cards: int = 0
    ktp_due: bool = False
    kia_on: date | None = None
    standing: Standing = Standing.ALIVE
    standing_on: date | None = None
    departing: str = ""
    marriages: tuple[Marriage, ...] = ()
    ended: tuple[Marriage, ...] = ()
    mother: str = ""
    father: str = ""
    adopters: tuple[str, ...] = ()
    children: tuple[Child, ...] = ()
    stay: Stay | None = None
    homes: tuple[str, ...] = ()

    @property
    def births(self) -> tuple[date, ...]:
        return tuple(child.born for child in self.children)

    @property
    def counted(self) -> bool:
        """Whether she lives here."""
        return self.registered and self.standing in COUNTED

    def ktp(self, on: date) -> KtpState:
        if self.ktp_issued_on:
            return KtpState.ISSUED
        if not self.counted or not self.obliged(on):
            return KtpState.NOT_OBLIGED
        return KtpState.READY if self.ktp_cards else KtpState.NOT_RECORDED

    def obliged(self, on: date) -> bool:
        # A foreigner who may stay for a time has a letter (SKTT) instead of a card.
        if self.person is None or (self.stay and self.stay.kind == StayKind.LIMITED.value):
            return False
        return must_have_ktp(self.person.birth_date, self.person.marital, on)


def evolve(resident: Resident, event: Event) -> Resident:
    match event:
        case ResidentRegistered():
            return _registered(event)
        case NikGiven():
            return replace(resident, nik=event.nik.value)
        case CivilEventNoted():
            return resident
        case (
            KtpRequested() | KtpRequestWithdrawn() | KtpIssued() | KtpVoided() | KtpReprintDue() | KiaIssued()
        ):
            return _with_card(resident, event)
        case ResidentPlaced():
            return _placed(resident, event)
        case Died(on):
            return _gone(resident, Standing.DEAD, on)
        case MovedAway(standing, on):
            return _gone(resident, Standing(standing), on)
        case RecordVoided(_, _, on):
            return _gone(resident, Standing.VOID, on)
        case DepartureAnnounced(level, _):
            return replace(resident, departing=level)
        case DeathReversed(_, on) | Returned(on) | Found(on):
            return replace(resident, standing=Standing.ALIVE, standing_on=on)
        case WentMissing(on):
            return replace(resident, standing=Standing.MISSING, standing_on=on)
        case Married() | MarriageEnded() | MarriageRestored():
            return _wed(resident, event)
        case ParentsLinked():
            return _child_of(resident, event)
        case FiliationReversed():
            return _without_deed(resident, event)
        case ChildRecorded():
            child = (Child(event.child, event.born.value),) if event.born.value else ()
            return replace(resident, children=(*resident.children, *child))
        case ChildReversed(no_child):
            return replace(resident, children=tuple(c for c in resident.children if c.stream != no_child))
        case ElementsChanged():
            return _changed(resident, event.changes.value or ())
        case StayGranted(kind, until, _):
            return replace(resident, stay=Stay(kind, until))
    assert_never(event)


def _registered(event: ResidentRegistered) -> Resident:
    return Resident(
        registered=True,
        household=event.household,
        village=event.village,
        synthetic=event.synthetic,
        nik=event.nik.value,
        person=event.person.value,
        residence=event.residence.value,
        marriages=(Marriage(event.spouse, Marital.NEVER_MARRIED.value),) if event.spouse else (),
        homes=(event.household,) if event.household else (),
    )


def _with_card(
    resident: Resident,
    event: KtpRequested | KtpRequestWithdrawn | KtpIssued | KtpVoided | KtpReprintDue | KiaIssued,
) -> Resident:
    match event:
        case KtpRequested(case):
            return replace(resident, open_case=case)
        case KtpRequestWithdrawn():
            return replace(resident, open_case=None)
        case KtpIssued(_, issued_on):
            cards = resident.ktp_cards + 1
            return replace(resident, open_case=None, ktp_issued_on=issued_on, ktp_cards=cards, ktp_due=False)
        case KtpVoided():
            return replace(resident, ktp_issued_on=None, ktp_due=False)
        case KtpReprintDue():
            return replace(resident, ktp_due=True)
        case KiaIssued(on):
            return replace(resident, kia_on=on)
    assert_never(event)


def _gone(resident: Resident, standing: Standing, on: date) -> Resident:
    """In no household any more, and the card is void. The address stays as the last that was known."""
    return replace(
        resident,
        household="",
        departing="",
        standing=standing,
        standing_on=on,
        ktp_issued_on=None,
        ktp_due=False,
    )


def _placed(resident: Resident, event: ResidentPlaced) -> Resident:
    homes = resident.homes if event.household in resident.homes else (*resident.homes, event.household)
    return replace(
        _with(resident, relation=event.relation),
        household=event.household,
        village=event.village,
        residence=event.residence.value,
        departing="",
        homes=homes,
    )


def _wed(resident: Resident, event: Married | MarriageEnded | MarriageRestored) -> Resident:
    after = _with(resident, marital=event.marital)
    match event:
        case Married(spouse):
            new = Marriage(spouse, resident.person.marital if resident.person else "")
            return replace(after, marriages=(*resident.marriages, new))
        case MarriageEnded(spouse):
            # A marriage that was registered with its household names nobody: it has been like this one.
            known = [m for m in resident.marriages if m.spouse == spouse] or [Marriage(spouse, "")]
            rest = tuple(m for m in resident.marriages if m.spouse != spouse)
            return replace(after, marriages=rest, ended=(*resident.ended, known[-1]))
        case MarriageRestored(spouse):
            old = [m for m in resident.ended if m.spouse == spouse][-1:] if event.known else []
            rest = tuple(m for m in resident.ended if m.spouse != spouse)
            return replace(after, marriages=(*resident.marriages, *old), ended=rest)
    assert_never(event)


def _child_of(resident: Resident, event: ParentsLinked) -> Resident:
    streams = tuple(stream for stream in (event.mother, event.father) if stream)
    if event.kind == Filiation.ADOPTED.value:
        return replace(resident, adopters=streams)
    names = event.names.value or Parents("", "")
    told = {name: value for name, value in (("mother", names.mother), ("father", names.father)) if value}
    return replace(
        _with(resident, **told),
        mother=event.mother or resident.mother,
        father=event.father or resident.father,
    )


def _without_deed(resident: Resident, event: FiliationReversed) -> Resident:
    names = event.names.value
    told = {"mother": names.mother, "father": names.father} if names else {}
    return replace(_with(resident, **told), mother=event.mother, father=event.father, adopters=event.adopters)


def _changed(resident: Resident, changes: Iterable[Change]) -> Resident:
    values: dict[str, Any] = {change.element: change.new for change in changes}
    if "birth_date" in values:
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    if "occupation" in values:
        # Only occupations have two lists: a code that did not change keeps the meaning it had.
        values["codes"] = next(change.vintage for change in changes if change.element == "occupation")
    after = _with(resident, **values)
    if values.get("citizenship") == Citizenship.INDONESIAN.value:
        return replace(after, stay=None)
    return after


def _with(resident: Resident, **values: Any) -> Resident:
    """Her person with other particulars; who is forgotten has none."""
    return replace(resident, person=replace(resident.person, **values)) if resident.person else resident
