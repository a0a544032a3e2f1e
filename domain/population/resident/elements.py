"""The elements of a record that may change, each with its old value kept. The NIK is not one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from domain.kernel.errors import Malformed, Rejected
from domain.kernel.events import Personal
from domain.population.codes import Citizenship
from domain.population.resident.cards import reprint
from domain.population.resident.events import ElementsChanged, Event, StayGranted
from domain.population.resident.guards import not_before_birth, person_of
from domain.population.resident.person import Change, StayKind
from domain.population.resident.registration import must_be_a_name
from domain.population.resident.state import Resident

CHANGEABLE = (
    *("name", "sex", "birth_place", "birth_date", "religion", "blood", "education", "occupation"),
    *("citizenship", "mother", "father"),
)
"""Marital status, relation and address follow from events of their own; the NIK is for life."""
ON_KTP = frozenset(CHANGEABLE) - {"education", "mother", "father"}


@dataclass(frozen=True, slots=True)
class NewValue:
    """What an element shall be; ``vintage`` is that of the code list, checked by the act."""

    element: str
    value: str
    vintage: str = ""


@dataclass(frozen=True, slots=True)
class ChangeElements:
    """Change elements of her record; those that are so already are left alone."""

    resident: str
    values: tuple[NewValue, ...]
    on: date
    today: date


@dataclass(frozen=True, slots=True)
class GrantStay:
    """A foreigner may stay until that day."""

    kind: StayKind
    until: date
    on: date


OfElements = ChangeElements | GrantStay


def decide_elements(resident: Resident, command: OfElements) -> Sequence[Event]:
    match command:
        case ChangeElements(id_, values, on, today):
            changes = tuple(differences(resident, values, today))
            if not changes:
                raise Rejected("nothing-changes")
            _has_a_card_to_stand_on(resident, changes)
            on_card = any(change.element in ON_KTP for change in changes)
            return [ElementsChanged(on, Personal(id_, changes)), *(reprint(resident, on) if on_card else ())]
        case GrantStay(kind, until, on):
            return [_granted(resident, kind, until, on)]
    assert_never(command)


def differences(resident: Resident, values: Iterable[NewValue], today: date) -> Iterable[Change]:
    """What would change, old and new: what a correction shows before it is approved."""
    person = person_of(resident)
    for new in values:
        if new.element not in CHANGEABLE:
            raise Rejected("element-cannot-change", element=new.element)
        before = getattr(person, new.element)
        old = before.isoformat() if isinstance(before, date) else before
        _check(new, today)
        if new.value != old:
            yield Change(new.element, old, new.value, new.vintage)


def _has_a_card_to_stand_on(resident: Resident, changes: Iterable[Change]) -> None:
    # An Indonesian has a NIK and a family card: who only visits gets both when she may stay for good.
    becomes = any(c.element == "citizenship" and c.new == Citizenship.INDONESIAN.value for c in changes)
    if becomes and resident.stay and resident.stay.kind == StayKind.LIMITED.value:
        raise Rejected("limited-stay-has-no-kk")


def _check(new: NewValue, today: date) -> None:
    if new.element == "name":
        must_be_a_name(new.value)
    if new.element == "birth_date" and _day(new.value) > today:
        raise Rejected("birth-in-the-future", on=_day(new.value))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed("malformed-date") from None


def _granted(resident: Resident, kind: StayKind, until: date, on: date) -> StayGranted:
    person = person_of(resident)
    if person.citizenship != Citizenship.FOREIGN.value:
        raise Rejected("not-a-foreigner")
    not_before_birth(resident, on)
    if until < on:
        raise Rejected("stay-ends-before-it-begins", until=until)
    return StayGranted(kind.value, until, on)
