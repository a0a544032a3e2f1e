"""The blank KTP cards of one office: what came, what was used, what is left, and who waits for the next.

The blanks of a kecamatan lie in its office; those of the population office are the depot from which they are
sent on. A blank that comes is set aside for whoever has waited longest, counted from the complete file. Stock
is kept from the first receipt on; an office that never recorded one prints as if blanks had no end.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import reduce
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Malformed, Rejected
from domain.kernel.events import EventType

LARGEST = 1_000_000
"""Blanks in one movement; more is a slip of the finger."""
OPENING = "STOK-AWAL"
"""Source of the first receipt of an office that had blanks already."""
CENTRE = "KEMENDAGRI"
"""Source of the blanks: the ministry has them made."""


class Spoilage(StrEnum):
    """Why a blank became no card."""

    MISPRINT = "misprint"
    DAMAGED = "damaged"
    CHIP = "chip-fault"


@dataclass(frozen=True, slots=True)
class BlanksReceived:
    """``count`` blanks came from ``source`` with delivery note ``letter``."""

    count: int
    source: str
    letter: str
    on: date


@dataclass(frozen=True, slots=True)
class BlankUsed:
    """One blank became the card of ``case``."""

    case: str


@dataclass(frozen=True, slots=True)
class BlanksSpoiled:
    """``count`` blanks became no card, because of ``reason``."""

    count: int
    reason: str
    on: date


@dataclass(frozen=True, slots=True)
class BlanksSent:
    """``count`` blanks left for office ``to`` with delivery note ``letter``."""

    count: int
    to: str
    letter: str
    on: date


@dataclass(frozen=True, slots=True)
class BlanksCounted:
    """``counted`` blanks lay there on day ``on``, where the movements say ``expected``."""

    counted: int
    expected: int
    on: date


@dataclass(frozen=True, slots=True)
class StockDifferenceFound:
    """So many more (or, below zero, fewer) than the movements say; from now on the count holds."""

    difference: int
    on: date


@dataclass(frozen=True, slots=True)
class CardBacklogged:
    """``case``, whose file was complete at ``complete``, waits for a blank."""

    case: str
    complete: datetime


@dataclass(frozen=True, slots=True)
class BlankSetAside:
    """A blank lies ready for ``case`` and for nobody else: it waits no more."""

    case: str


@dataclass(frozen=True, slots=True)
class BlankTakenBack:
    """The blank that lay ready for ``case`` is not there after all: it waits again, at its old place."""

    case: str


@dataclass(frozen=True, slots=True)
class BacklogLeft:
    """``case`` needs no blank any more: its applicant left."""

    case: str


@dataclass(frozen=True, slots=True)
class ReceiveBlanks:
    """Take in ``count`` blanks; what waits gets them first, in its order."""

    count: int
    source: str
    letter: str
    on: date


@dataclass(frozen=True, slots=True)
class UseBlank:
    """Print ``case`` on a blank: the one set aside for it, or one that nobody waits for."""

    case: str


@dataclass(frozen=True, slots=True)
class AwaitBlank:
    """There is none left: give ``case`` a place in the backlog."""

    case: str
    complete: datetime


@dataclass(frozen=True, slots=True)
class LeaveBacklog:
    """``case`` ends without a card."""

    case: str


@dataclass(frozen=True, slots=True)
class SpoilBlanks:
    """Write off ``count`` blanks."""

    count: int
    reason: Spoilage
    on: date


@dataclass(frozen=True, slots=True)
class SendBlanks:
    """Send ``count`` blanks of ``office`` on to office ``to``; none that is set aside."""

    count: int
    office: str
    to: str
    letter: str
    on: date


@dataclass(frozen=True, slots=True)
class CountBlanks:
    """``counted`` blanks lie there now."""

    counted: int
    on: date


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the backlog: first whose file was complete first."""

    complete: datetime
    case: str


@dataclass(frozen=True, slots=True)
class BlankStock:
    """``ready``: each has a blank set aside. ``waiting``: none; the next comes first."""

    kept: bool = False
    received: int = 0
    used: int = 0
    spoiled: int = 0
    sent: int = 0
    difference: int = 0
    ready: tuple[Place, ...] = ()
    waiting: tuple[Place, ...] = ()

    @property
    def left(self) -> int:
        """What must lie there: the sum of all movements."""
        return self.received - self.used - self.spoiled - self.sent + self.difference

    @property
    def free(self) -> int:
        """What is left and set aside for nobody."""
        return self.left - len(self.ready)

    def is_ready(self, case: str) -> bool:
        return any(place.case == case for place in self.ready)

    def awaits(self, case: str) -> bool:
        return any(place.case == case for place in self.waiting)


Event = (
    BlanksReceived
    | BlankUsed
    | BlanksSpoiled
    | BlanksSent
    | BlanksCounted
    | StockDifferenceFound
    | CardBacklogged
    | BlankSetAside
    | BlankTakenBack
    | BacklogLeft
)
Command = ReceiveBlanks | UseBlank | AwaitBlank | LeaveBacklog | SpoilBlanks | SendBlanks | CountBlanks


def decide(stock: BlankStock, command: Command) -> Sequence[Event]:
    happened = _happened(stock, command)
    return [*happened, *_settled(reduce(evolve, happened, stock))]


def _happened(stock: BlankStock, command: Command) -> Sequence[Event]:
    if isinstance(command, ReceiveBlanks):
        _is_a_count(command.count)
        return [BlanksReceived(command.count, command.source, command.letter, command.on)]
    if not stock.kept:
        raise Rejected("stock-not-kept")
    match command:
        case UseBlank(case):
            return [_use(stock, case)]
        case AwaitBlank(case, complete):
            return [_backlog(stock, case, complete)]
        case LeaveBacklog(case):
            if not (stock.is_ready(case) or stock.awaits(case)):
                raise Rejected("not-in-backlog")
            return [BacklogLeft(case)]
        case SpoilBlanks(count, reason, on):
            _is_there(count, stock.left)
            return [BlanksSpoiled(count, reason.value, on)]
        case SendBlanks(count, office, to, letter, on):
            if office == to:
                raise Rejected("blanks-sent-to-their-own-office")
            _is_there(count, stock.free)
            return [BlanksSent(count, to, letter, on)]
        case CountBlanks(counted, on):
            _is_a_count(counted, least=0)
            found = [StockDifferenceFound(counted - stock.left, on)] if counted != stock.left else []
            return [BlanksCounted(counted, stock.left, on), *found]
    assert_never(command)


def _is_a_count(count: int, least: int = 1) -> None:
    if not least <= count <= LARGEST:
        raise Malformed("malformed-count", least=least, most=LARGEST)


def _is_there(count: int, left: int) -> None:
    _is_a_count(count)
    if count > left:
        raise Rejected("not-enough-blanks", left=left)


def _use(stock: BlankStock, case: str) -> Event:
    if stock.awaits(case):
        raise Rejected("case-waits-for-blank")
    if not stock.is_ready(case) and stock.free < 1:
        raise Rejected("no-blank-left", waiting=len(stock.waiting) + len(stock.ready))
    return BlankUsed(case)


def _backlog(stock: BlankStock, case: str, complete: datetime) -> Event:
    if stock.is_ready(case) or stock.awaits(case):
        raise Rejected("already-in-backlog")
    if stock.free > 0:
        raise Rejected("a-blank-is-left", left=stock.free)
    return CardBacklogged(case, complete)


def _settled(stock: BlankStock) -> Sequence[Event]:
    """What follows for the backlog: free blanks are set aside in order, missing ones taken back from the last."""
    if stock.free < 0:
        return [BlankTakenBack(place.case) for place in reversed(stock.ready[stock.free :])]
    return [BlankSetAside(place.case) for place in stock.waiting[: stock.free]]


def evolve(stock: BlankStock, event: Event) -> BlankStock:
    match event:
        case BlanksReceived(count):
            return replace(stock, kept=True, received=stock.received + count)
        case BlankUsed(case):
            return replace(stock, used=stock.used + 1, ready=_without(stock.ready, case))
        case BlanksSpoiled(count):
            return replace(stock, spoiled=stock.spoiled + count)
        case BlanksSent(count):
            return replace(stock, sent=stock.sent + count)
        case BlanksCounted():
            return stock
        case StockDifferenceFound(difference):
            return replace(stock, difference=stock.difference + difference)
        case CardBacklogged(case, complete):
            return replace(stock, waiting=_with(stock.waiting, [Place(complete, case)]))
        case BlankSetAside(case):
            ready = _with(stock.ready, _of(stock.waiting, case))
            return replace(stock, waiting=_without(stock.waiting, case), ready=ready)
        case BlankTakenBack(case):
            waiting = _with(stock.waiting, _of(stock.ready, case))
            return replace(stock, ready=_without(stock.ready, case), waiting=waiting)
        case BacklogLeft(case):
            return replace(stock, ready=_without(stock.ready, case), waiting=_without(stock.waiting, case))
    assert_never(event)


def _with(places: tuple[Place, ...], more: Iterable[Place]) -> tuple[Place, ...]:
    # Thousands may wait (11,361 in 2019): a place is found by halving, and the first is taken without a search.
    for place in more:
        at = bisect(places, place)
        places = (*places[:at], place, *places[at:])
    return places


def _without(places: tuple[Place, ...], case: str) -> tuple[Place, ...]:
    if places and places[0].case == case:
        return places[1:]
    return tuple(place for place in places if place.case != case)


def _of(places: tuple[Place, ...], case: str) -> Iterable[Place]:
    if places and places[0].case == case:
        return places[:1]
    return (place for place in places if place.case == case)


blank_stock_decider = Decider(BlankStock(), decide, evolve, remembered=True)

EVENTS = (
    EventType("population.blanks-received", 1, BlanksReceived, valid="on"),
    EventType("population.blank-used", 1, BlankUsed),
    EventType("population.blanks-spoiled", 1, BlanksSpoiled, valid="on"),
    EventType("population.blanks-sent", 1, BlanksSent, valid="on"),
    EventType("population.blanks-counted", 1, BlanksCounted, valid="on"),
    EventType("population.stock-difference-found", 1, StockDifferenceFound, valid="on"),
    EventType("population.card-backlogged", 1, CardBacklogged),
    EventType("population.blank-set-aside", 1, BlankSetAside),
    EventType("population.blank-taken-back", 1, BlankTakenBack),
    EventType("population.backlog-left", 1, BacklogLeft),
)
