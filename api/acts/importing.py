"""The act of taking in households from a file: the same rules as at the counter, many in one commit.

A line is a household: all of it enters, or none. Its command id follows from source and ref, so a
second run finds it there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from adapters.people.ndjson import BadLine, Household, Line, command_id
from api.acts.collecting import seldom_collected
from api.acts.desk import Desk
from api.acts.population import NewHousehold, NewMember, household_acts
from domain.kernel.errors import Malformed, Refused
from domain.kernel.events import Actor, Receipt

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
    summary = Summary()
    with seldom_collected():
        for batch in _batches(lines, BATCH):
            _import(desk, ledger, batch, source, by, summary, refused)
            progress(summary.read)
    return summary


def _batches(lines: Iterable[Line | BadLine], size: int) -> Iterator[list[Line | BadLine]]:
    iterator = iter(lines)
    while batch := list(islice(iterator, size)):
        yield batch


def _import(
    desk: Desk,
    ledger: Ledger,
    batch: list[Line | BadLine],
    source: str,
    by: Actor,
    summary: Summary,
    refused: Callable[[Refusal], None],
) -> None:
    submitted: list[tuple[int, Submission]] = []

    def reject(refusal: Refusal) -> None:
        summary.rejected += 1
        summary.codes[refusal.code] += 1
        refused(refusal)

    for line in batch:
        summary.read += 1
        if isinstance(line, BadLine):
            reject(Refusal(line.number, line.path, line.code))
            continue
        try:
            submitted.append((line.number, submission(desk, line.household, source, by)))
        except Refused as problem:
            reject(_refusal(line.number, problem))
    outcomes = ledger.execute_many([submission for _, submission in submitted])
    for (number, _), outcome in zip(submitted, outcomes, strict=True):
        if isinstance(outcome, Refused):
            reject(_refusal(number, outcome))
        else:
            _count(summary, outcome)


def _count(summary: Summary, receipt: Receipt) -> None:
    if receipt.repeated:
        summary.already += 1
    else:
        summary.imported += 1
        summary.facts += receipt.last - receipt.first + 1


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
