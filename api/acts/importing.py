"""The act of taking in households from a file: the same rules as at the counter, many in one commit.

A line is a household: all of it enters, or none. Its command id follows from source and ref, so a
second run finds it there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, TypeVar

import msgspec

from adapters.ledger.deciding import Prepared, Submission
from adapters.ledger.ledger import Ledger
from adapters.people.ndjson import BadLine, Household, Line, command_id
from api.acts.collecting import seldom_collected
from api.acts.desk import Desk
from api.acts.population import NewHousehold, NewMember, household_acts
from domain.kernel.errors import Malformed, Refused
from domain.kernel.events import Actor, Receipt

T = TypeVar("T")
BATCH = 2000
"""Households in one commit, about 8,800 facts: the counter waits for it, half a second at most."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Line ``line`` was refused at ``path`` (``$`` is the line) with ``code``; no value is kept."""

    line: int
    path: str
    code: str


@dataclass(slots=True)
class Summary:
    """Households: ``read`` = ``imported`` + ``already`` + ``rejected``."""

    read: int = 0
    imported: int = 0
    already: int = 0
    rejected: int = 0
    facts: int = 0
    codes: Counter[str] = field(default_factory=Counter)


class Ready(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Line ``line`` with what is known of it before the append: prepared, or the receipt of its first run,
    or a refusal. None of them: it is to be executed by itself.
    """

    line: int
    prepared: Prepared | None = None
    repeated: Receipt | None = None
    refusal: Refusal | None = None


class Batch(NamedTuple):
    """What goes into one commit; ``again`` makes the command of a line anew."""

    lines: Sequence[Ready]
    again: Callable[[int], Submission]


def import_households(
    desk: Desk,
    ledger: Ledger,
    lines: Iterable[Line | BadLine],
    source: str,
    *,
    by: Actor,
    refused: Callable[[Refusal], None],
    progress: Callable[[int], None] = lambda _: None,
) -> Summary:
    """Import all lines; each refused one is handed to ``refused``. Bounded memory.

    ``progress`` is called with the number of lines read so far. Raises ``StoreUnavailable``.
    """
    batches = prepared_here(desk, ledger, lines, source, by)
    return append_batches(ledger, batches, refused=refused, progress=progress)


def append_batches(
    ledger: Ledger,
    batches: Iterable[Batch],
    *,
    refused: Callable[[Refusal], None],
    progress: Callable[[int], None] = lambda _: None,
) -> Summary:
    """The same for lines that were prepared, here or by other processes."""
    summary = Summary()
    with seldom_collected():
        for batch in batches:
            _append(ledger, batch, summary, refused)
            progress(summary.read)
    return summary


def prepared_here(
    desk: Desk, ledger: Ledger, lines: Iterable[Line | BadLine], source: str, by: Actor
) -> Iterator[Batch]:
    """The lines in order, prepared by this process."""
    for part in parts(lines, BATCH):
        numbered = {line.number: line for line in part}
        yield Batch(prepare(desk, ledger, part, source, by), again(desk, numbered.__getitem__, source, by))


def again(
    desk: Desk, line_of: Callable[[int], Line | BadLine], source: str, by: Actor
) -> Callable[[int], Submission]:
    """The command of the line of a number."""

    def command(number: int) -> Submission:
        line = line_of(number)
        assert isinstance(line, Line), "what is bad is never executed"
        return submission(desk, line.household, source, by)

    return command


def prepare(
    desk: Desk, ledger: Ledger, lines: Sequence[Line | BadLine], source: str, by: Actor
) -> list[Ready]:
    """What can be said of each line before the append. Raises ``StoreUnavailable``."""
    refusals: dict[int, Refusal] = {}
    asked: dict[int, Submission] = {}
    for line in lines:
        if isinstance(line, BadLine):
            refusals[line.number] = Refusal(line.number, line.path, line.code)
            continue
        try:
            asked[line.number] = submission(desk, line.household, source, by)
        except Refused as problem:
            refusals[line.number] = _refusal(line.number, problem)
    answers = dict(zip(asked, ledger.prepare_many([*asked.values()]), strict=True))
    return [
        Ready(number, refusal=refusals[number]) if number in refusals else _ready(number, answers[number])
        for number, *_ in lines
    ]


def _ready(number: int, answer: Prepared | Receipt | Refused | None) -> Ready:
    match answer:
        case Prepared():
            return Ready(number, prepared=answer)
        case Receipt():
            return Ready(number, repeated=answer)
        case Refused():
            return Ready(number, refusal=_refusal(number, answer))
    return Ready(number)


def _append(ledger: Ledger, batch: Batch, summary: Summary, refused: Callable[[Refusal], None]) -> None:
    appended = iter(ledger.append_many([line.prepared for line in batch.lines if line.prepared]))
    for line in batch.lines:
        summary.read += 1
        outcome = next(appended) if line.prepared else line.repeated
        refusal = line.refusal
        if outcome is None and refusal is None:
            outcome = ledger.attempt(batch.again(line.line))
        if isinstance(outcome, Refused):
            refusal = _refusal(line.line, outcome)
        if refusal:
            summary.rejected += 1
            summary.codes[refusal.code] += 1
            refused(refusal)
        elif isinstance(outcome, Receipt):
            _count(summary, outcome)


def _count(summary: Summary, receipt: Receipt) -> None:
    if receipt.repeated:
        summary.already += 1
    else:
        summary.imported += 1
        summary.facts += receipt.last - receipt.first + 1


def parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of ``size`` items, the last one maybe shorter."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def submission(desk: Desk, line: Household, source: str, by: Actor) -> Submission:
    """The command of one line. Raises ``Refused`` with the path of the wrong value."""
    if desk.synthetic and not line.synthetic:
        # A demo never takes in people who may exist.
        raise Malformed("not-synthetic", path="synthetic")
    id_ = command_id(source, line.ref)
    acts = household_acts(desk, new_household(line), id_, synthetic=line.synthetic)
    return Submission(acts=acts, by=by, command_id=id_, request=line)


def new_household(line: Household) -> NewHousehold:
    """A line as the counter would take it in."""
    members = tuple(NewMember(*msgspec.structs.astuple(member)) for member in line.members)
    return NewHousehold(line.village, line.address, line.rt, line.rw, members, line.kk, line.registered)


FIELD = {
    "malformed-nik": "nik",
    "nik-already-registered": "nik",
    "birth-in-the-future": "birth_date",
    "registered-before-birth": "birth_date",
    "name-missing-or-too-long": "name",
}
"""The field of a member that a code speaks of."""


def _refusal(number: int, problem: Refused) -> Refusal:
    return Refusal(number, path(problem), problem.code)


def path(problem: Refused) -> str:
    """Where in the line: from what the refusal names, and the act at which it arose."""
    parts = ["$"]
    if "path" in problem.parameters:
        parts.append(str(problem.parameters["path"]))
    elif problem.code == "registered-in-the-future":  # found at a member, said of the whole household
        parts.append("registered")
    elif problem.act:  # act 0 is the household, act n its n-th member
        parts.append(f"members[{problem.act - 1}]")
    elif problem.code == "kk-already-registered":
        parts.append("kk")
    leaf = FIELD.get(problem.code) or problem.parameters.get("list")
    return ".".join([*parts, str(leaf)] if leaf else parts)
