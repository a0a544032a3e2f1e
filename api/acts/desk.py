"""The desk at which acts are done: ledger, clock, reference data, and the numbers it may give out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from adapters.reference import Reference
from api.acts.turns import Turns
from domain.kernel.decider import Act, act
from domain.kernel.errors import AlreadyClaimed, Conflict, Refused, Rejected
from domain.kernel.events import Actor, Receipt
from domain.kernel.ports import Clock, Ledger
from domain.kernel.series import SkipNumber, TakeNumber, series_decider
from domain.population.filing import NumberAsked

JAKARTA = ZoneInfo("Asia/Jakarta")
ATTEMPTS = 20
PREFIX = 12
"""Hexadecimal digits of a command id that its streams begin with: the milliseconds of version 7."""


@dataclass(frozen=True, slots=True)
class Serials:
    """The serials of NIK and KK numbers that this installation gives out, both included.

    A synthetic registry stays within 9000-9999, so that no number can belong to a real person.
    """

    first: int
    last: int

    @property
    def limit(self) -> int:
        return self.last - self.first + 1

    def serial(self, number: int) -> int:
        return self.first - 1 + number


REAL = Serials(1, 9999)
SYNTHETIC = Serials(9000, 9999)


@dataclass(frozen=True, slots=True)
class Desk:
    ledger: Ledger
    clock: Clock
    reference: Reference
    synthetic: bool = False
    companion: bool = False
    """The national system is the authority: it gives NIK and KK numbers, and decides civil events."""
    turns: Turns = field(default_factory=Turns, compare=False)

    @property
    def today(self) -> date:
        """The day in Sragen."""
        return self.clock.now().astimezone(JAKARTA).date()

    @property
    def serials(self) -> Serials:
        return SYNTHETIC if self.synthetic else REAL


def stream_id(category: str, command_id: UUID, name: str = "") -> str:
    """The opaque id of a stream that this command creates: a repeat names the same stream.

    It begins as the command's id does: what was made together, and with UUIDs of version 7 what was
    made at the same time, lies together in every index.
    """
    made = blake2b(f"{category} {name}".encode(), digest_size=10, key=command_id.bytes)
    return f"{category}-{command_id.hex[:PREFIX]}{made.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Central:
    """NIK and KK numbers are the centre's. ``given``: by stream; None while a file is only rehearsed."""

    given: Mapping[str, str] | None = None


class Numbers:
    """The numbers that one command takes: each a further act on its series, in the same append.

    ``turn`` ends when that is done: until then others wait to take from the same series.
    """

    def __init__(
        self,
        desk: Desk,
        by: Actor,
        command_id: UUID,
        central: Central | None = None,
        turn: ExitStack | None = None,
    ) -> None:
        self._desk, self.by, self._command_id, self._turn = desk, by, command_id, turn
        self.central = central
        self.asked: dict[str, NumberAsked] = {}
        """What the centre gives, or must give, by stream."""
        self.stand_ins: set[str] = set()
        """Numbers that stand for those which it has not given yet."""
        self._last: dict[str, int] = {}
        self.acts: list[Act] = []
        self.brought: set[str] = set()
        """NIK and KK numbers that the request itself brings."""

    def from_centre(self, number: NumberAsked, stand_in: str) -> str | None:
        """What the centre has given; ``stand_in`` while it has not been asked yet. None: this office gives it."""
        if self.central is None:
            if self._desk.companion:
                raise Rejected("centre-gives-numbers")
            return None
        self.asked[number.stream] = number
        if self.central.given is None:
            self.stand_ins.add(stand_in)
            return stand_in
        if number.stream not in self.central.given:
            raise Rejected("changed-since-filed")
        return self.central.given[number.stream]

    def take(
        self,
        series: str,
        used_by: str,
        *,
        limit: int,
        full: str,
        held: Callable[[int], bool] = lambda _: False,
        brought: Callable[[int], bool] = lambda _: False,
    ) -> int:
        """The next number of ``series``; one that is ``held`` from outside, or ``brought`` by the same
        request, is skipped by an event.
        """
        if self._turn and not self._last:
            # Only for the first series of a command: who held one and waited for another might wait for ever.
            self._turn.enter_context(self._desk.turns.at(series))
        number = self._number_after(series)
        while number <= limit and (brought(number) or held(number)):
            self._skip(series, number, alone=not brought(number))
            number = self._number_after(series)
        if number > limit:
            raise Rejected(full, limit=limit)
        first = series not in self._last
        command = TakeNumber(used_by, limit, full)
        self.acts.append(act(series_decider, series, command, number - 1 if first else None))
        self._last[series] = number
        return number

    def _number_after(self, series: str) -> int:
        if series not in self._last:
            return self._desk.ledger.load(series_decider, series).version + 1
        return self._last[series] + 1

    def _skip(self, series: str, number: int, *, alone: bool) -> None:
        skip = SkipNumber("held-outside")
        if series in self._last:  # a number before it waits to be appended: skip in the same append
            self.acts.append(act(series_decider, series, skip))
            self._last[series] = number
            return
        if not alone:  # brought by this very request: when that is refused, nobody holds it
            self.acts.append(act(series_decider, series, skip, number - 1))
            self._last[series] = number
            return
        # Conflict: it was not held from outside, another clerk took it from this very series.
        with suppress(Conflict):
            self._desk.ledger.execute(
                [act(series_decider, series, skip, number - 1)],
                by=self.by,
                command_id=uuid5(self._command_id, f"skip {series} {number}"),
            )


@contextmanager
def counted_from(first: int) -> Iterator[None]:
    """A refusal names the act among the caller's own: those of the numbers before it are ours."""
    try:
        yield
    except Refused as refused:
        if refused.act is not None:
            refused.act -= first
        raise


def execute_with_numbers(
    desk: Desk,
    build: Callable[[Numbers], Sequence[Act]],
    *,
    by: Actor,
    command_id: UUID,
    request: object,
    shared: str = "",
    central: Central | None = None,
) -> Receipt:
    """Execute what ``build`` makes of fresh numbers; when another took one first, once more.

    So too when a stream of category ``shared``, whose state ``build`` has seen, moved on meanwhile.
    Raises ``Refused``; the caller's own conflicts and claims are not repeated.
    """
    refused: Conflict | AlreadyClaimed | None = None
    before: list[Act] = []
    for _ in range(ATTEMPTS):
        with ExitStack() as turn:
            numbers = Numbers(desk, by, command_id, central, turn)
            acts = [*build(numbers)]
            if isinstance(refused, AlreadyClaimed) and numbers.acts == before:
                raise refused  # not one of ours: the request itself brought a number that is taken
            before = numbers.acts
            try:
                with counted_from(len(before)):
                    return desk.ledger.execute(
                        [*before, *acts], by=by, command_id=command_id, request=request
                    )
            except Conflict as conflict:
                stream = str(conflict.parameters["stream"])
                if stream not in {a.stream for a in before} and stream.partition("-")[0] != shared:
                    raise
                refused = conflict
            except AlreadyClaimed as taken:
                refused = taken
    assert refused is not None
    raise refused
