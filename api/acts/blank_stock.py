"""Acts on the blank stock of an office: what comes and goes, and what that means for the cards that wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.acts.desk import Desk, Numbers, execute_with_numbers
from domain.kernel.decider import Act, act
from domain.kernel.errors import Malformed
from domain.kernel.events import Actor, Receipt
from domain.kernel.ports import Loaded
from domain.population.blank_stock import (
    CENTRE,
    OPENING,
    AwaitBlank,
    BlankSetAside,
    BlankStock,
    BlankTakenBack,
    Command,
    CountBlanks,
    LeaveBacklog,
    ReceiveBlanks,
    SendBlanks,
    Spoilage,
    SpoilBlanks,
    UseBlank,
    blank_stock_decider,
)
from domain.population.case import (
    GiveSuket,
    PrintCard,
    TakeBlank,
    WaitForBlank,
    case_decider,
    suket_number,
)
from domain.population.clock import times

SUKETS_PER_YEAR = 99_999
STREAMS = "blanks"
"""What the ids of the streams of stock begin with."""
MOVEMENTS = ("receive", "spoil", "send", "count")


def stream(office: str) -> str:
    """The stream of an office's stock."""
    return f"{STREAMS}-{office}"


def stock(desk: Desk, office: str) -> Loaded[BlankStock]:
    return desk.ledger.load(blank_stock_decider, stream(office))


@dataclass(frozen=True, slots=True)
class NewMovement:
    """One line of the stock book: ``receive`` (from ``source``), ``spoil`` (with ``reason``), ``send`` (``to`` an
    office) or ``count``; ``count`` is always the number of blanks.
    """

    movement: str
    count: int
    source: str = ""
    to: str = ""
    letter: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """The stock of ``office`` after a movement."""

    receipt: Receipt
    office: str


def move(desk: Desk, new: NewMovement, *, by: Actor, command_id: UUID) -> Moved:
    """Write a line into the stock book of the officer's office; blanks that come end the waits of cases."""
    office = by.office
    receipt = desk.ledger.repeated(command_id, new) or execute_with_numbers(
        desk,
        lambda _: following(desk, office, _movement(desk, new, office)),
        by=by,
        command_id=command_id,
        request=new,
        shared=STREAMS,
    )
    return Moved(receipt, office)


def sources(desk: Desk, day: date) -> Mapping[str, str]:
    """Where blanks may come from: the centre, what was there before, an office; each with its name."""
    return {CENTRE: "", OPENING: ""} | {o.code: o.name for o in desk.reference.offices.on(day)}


def _movement(desk: Desk, new: NewMovement, office: str) -> Command:
    today, offices = desk.today, desk.reference.offices
    offices.office(office, today)
    match new.movement:
        case "receive":
            if new.source not in sources(desk, today) or new.source == office:
                raise Malformed("unknown-source", source=new.source)
            return ReceiveBlanks(new.count, new.source, new.letter, today)
        case "spoil":
            if new.reason not in tuple(Spoilage):
                raise Malformed("unknown-reason", reason=new.reason)
            return SpoilBlanks(new.count, Spoilage(new.reason), today)
        case "send":
            return SendBlanks(new.count, office, offices.office(new.to, today).code, new.letter, today)
        case "count":
            return CountBlanks(new.count, today)
    raise Malformed("unknown-movement", movement=new.movement)


def following(desk: Desk, office: str, command: Command) -> list[Act]:
    """A command on the stock, and on every case what follows for it; as the stock stands now."""
    loaded = stock(desk, office)
    acts = [act(blank_stock_decider, stream(office), command, loaded.version)]
    for event in blank_stock_decider.decide(loaded.state, command):
        match event:
            case BlankSetAside(case):
                acts.append(act(case_decider, case, TakeBlank()))
            case BlankTakenBack(case):
                acts.append(act(case_decider, case, WaitForBlank()))
    return acts


def printing(desk: Desk, case: str, office: str, expected: int | None, numbers: Numbers) -> list[Act]:
    """Print a KTP on a blank of the office, both or neither; without one, a suket and a place in the backlog.

    When a colleague takes the last blank meanwhile, the stock refuses (``no-blank-left``).
    """
    loaded = stock(desk, office)
    kept = loaded.state
    print_card = act(case_decider, case, PrintCard(), expected)
    if not kept.kept:
        return [print_card]
    if kept.free > 0 or kept.is_ready(case) or kept.awaits(case):
        return [print_card, act(blank_stock_decider, stream(office), UseBlank(case))]
    today = desk.today
    series = f"sukets-{office}-{today.year}"
    serial = numbers.take(series, case, limit=SUKETS_PER_YEAR, full="suket-series-full")
    give = GiveSuket(suket_number(serial, office, today.year), today)
    recorded = ((fact.event, fact.header.recorded_at) for fact in desk.ledger.stream(case))
    wait = AwaitBlank(case, times(recorded).complete or desk.clock.now())
    return [
        act(case_decider, case, give, expected),
        act(blank_stock_decider, stream(office), wait, loaded.version),
    ]


def leaving(desk: Desk, case: str, office: str) -> list[Act]:
    """A case ends without a card: its place in the backlog, or its blank, goes to the next."""
    kept = stock(desk, office).state
    return following(desk, office, LeaveBacklog(case)) if kept.is_ready(case) or kept.awaits(case) else []
