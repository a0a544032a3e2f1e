"""Where a resident lives and whether: placed on a family card, moved away, back, missing, dead, void."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from domain.kernel.errors import Rejected
from domain.kernel.events import Personal
from domain.population.resident.cards import reprint
from domain.population.resident.events import (
    DeathReversed,
    DepartureAnnounced,
    Died,
    Event,
    Found,
    MovedAway,
    RecordVoided,
    ResidentPlaced,
    Returned,
    WentMissing,
)
from domain.population.resident.guards import must_live_here, not_before_birth
from domain.population.resident.person import MoveLevel, Residence, Standing, StayKind, Voiding
from domain.population.resident.state import Resident


@dataclass(frozen=True, slots=True)
class PlaceResident:
    """Put her on the card of ``household``, in this relation to its head, at its address."""

    household: str
    village: str
    relation: str
    residence: Residence
    on: date


@dataclass(frozen=True, slots=True)
class RecordDeath:
    """She died on that day."""

    on: date


@dataclass(frozen=True, slots=True)
class ReverseDeath:
    """The deed of her death, ``original``, is annulled."""

    original: str
    on: date


@dataclass(frozen=True, slots=True)
class AnnounceDeparture:
    """Give her the letter for a move within the regency."""

    level: MoveLevel
    on: date


@dataclass(frozen=True, slots=True)
class MoveAway:
    """She leaves the regency: ``MOVED_OUT`` or ``ABROAD``."""

    to: Standing
    on: date


@dataclass(frozen=True, slots=True)
class ReturnResident:
    """She lives here again."""

    on: date


@dataclass(frozen=True, slots=True)
class ReportMissing:
    """She is missing."""

    on: date


@dataclass(frozen=True, slots=True)
class ReportFound:
    """She is found, alive."""

    on: date


@dataclass(frozen=True, slots=True)
class VoidRecord:
    """The record must not count; ``instead`` is the record that does, or the entry that was annulled."""

    reason: Voiding
    instead: str
    on: date


OfStanding = (
    PlaceResident
    | RecordDeath
    | ReverseDeath
    | AnnounceDeparture
    | MoveAway
    | ReturnResident
    | ReportMissing
    | ReportFound
    | VoidRecord
)


def decide_standing(resident: Resident, command: OfStanding) -> Sequence[Event]:
    match command:
        case PlaceResident():
            return _place(resident, command)
        case RecordDeath(on):
            must_live_here(resident)
            not_before_birth(resident, on)
            return [Died(on)]
        case ReverseDeath(original, on):
            _must_be(resident, Standing.DEAD)
            return [DeathReversed(original, on)]
        case AnnounceDeparture(level, on):
            must_live_here(resident)
            not_before_birth(resident, on)
            return [DepartureAnnounced(level.value, on)]
        case MoveAway(to, on):
            must_live_here(resident)
            not_before_birth(resident, on)
            return [MovedAway(to.value, on)]
        case ReturnResident(on):
            if resident.standing not in {Standing.MOVED_OUT, Standing.ABROAD}:
                must_live_here(resident)
                raise Rejected("has-not-moved-away")
            return [Returned(on)]
        case ReportMissing(on):
            must_live_here(resident)
            if resident.standing is Standing.MISSING:
                raise Rejected("already-missing", on=resident.standing_on)
            not_before_birth(resident, on)
            return [WentMissing(on)]
        case ReportFound(on):
            must_live_here(resident)
            _must_be(resident, Standing.MISSING)
            return [Found(on)]
        case VoidRecord(reason, instead, on):
            must_live_here(resident)
            return [RecordVoided(reason.value, instead, on)]
    assert_never(command)


def _place(resident: Resident, new: PlaceResident) -> Sequence[Event]:
    must_live_here(resident)
    if resident.stay and resident.stay.kind == StayKind.LIMITED.value:
        raise Rejected("limited-stay-has-no-kk")
    residence = Personal(new.household, new.residence)
    placed = ResidentPlaced(new.household, new.village, new.relation, new.on, residence)
    before, after = resident.residence, new.residence
    # The card shows the address, but neither KK number nor relation.
    stays = before and (before.address, before.rt, before.rw) == (after.address, after.rt, after.rw)
    if stays and resident.village == new.village:
        return [placed]
    return [placed, *reprint(resident, new.on)]


def _must_be(resident: Resident, standing: Standing) -> None:
    if resident.standing is not standing:
        raise Rejected("standing-differs", expected=standing.value, found=resident.standing.value)
