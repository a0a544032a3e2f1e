"""``simpul compare``: residents as the centre holds them, from a file, beside ours."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from adapters.kemendagri.held import held_record
from adapters.people.ndjson import MAX_LINE, RawLine, raw_lines
from api.acts.civil.comparing import MOST, HeldRecords, take_in
from api.acts.desk import JAKARTA, Desk
from api.acts.importing import Refusal, parts
from api.cli.console import console
from api.identity import IMPORTER
from api.messages import text
from api.settings import Settings
from api.wiring import open_hub
from domain.kernel.errors import Malformed
from domain.population.comparison import HeldRecord
from domain.population.filing import Answer

SHOWN = 20
"""Refused lines that are printed."""


@dataclass(slots=True)
class Summary:
    """Records: ``read`` = ``equal`` + ``different`` + ``unknown`` + ``forgotten`` + ``rejected``."""

    read: int = 0
    equal: int = 0
    different: int = 0
    unknown: int = 0
    forgotten: int = 0
    rejected: int = 0


class Line(NamedTuple):
    """A line that can be compared."""

    text: bytes
    record: HeldRecord


def run(file: Path, data: Path, *, json: bool) -> None:
    """Compare and report. Refused lines do not fail the run: the report tells them."""
    summary = Summary()
    refusals: list[Refusal] = []
    with ExitStack() as stack:
        stream: BinaryIO
        stream = sys.stdin.buffer if str(file) == "-" else stack.enter_context(file.open("rb"))
        source = "stdin" if str(file) == "-" else file.name
        hub = stack.enter_context(open_hub(Settings(data=data)))
        for part in parts(raw_lines(stream), MOST):
            good, bad = sorted_out(hub.desk, part)
            summary.read += len(part)
            summary.rejected += len(bad)
            refusals += bad[: SHOWN - len(refusals)]
            if good:
                _take_in(hub.desk, source, good, summary)
    _report(summary, refusals, json)


def sorted_out(desk: Desk, lines: Sequence[RawLine]) -> tuple[list[Line], list[Refusal]]:
    """What can be compared, and what is wrong with the rest; no value is told."""
    good: dict[str, Line] = {}
    bad: list[Refusal] = []
    for number, raw in lines:
        try:
            record = held_record(_decoded(raw))
            if desk.synthetic and not record.synthetic:
                raise Malformed("not-synthetic", path="SINTETIS")
            if record.nik in good:
                raise Malformed("record-twice", path="NIK")
            good[record.nik] = Line(raw, record)
        except Malformed as problem:
            at = ".".join(filter(None, ("$", str(problem.parameters.get("path", "")))))
            bad.append(Refusal(number, at, problem.code))
    return [*good.values()], bad


def _decoded(raw: bytes) -> Any:
    if len(raw) > MAX_LINE:
        raise Malformed("line-too-large")
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("line-not-json") from None


def _take_in(desk: Desk, source: str, lines: Sequence[Line], summary: Summary) -> None:
    """As one message, named by what it says: a second run of the same file is the same message."""
    digest = sha256(b"\n".join(line.text for line in lines)).hexdigest()
    message = f"FILE-{desk.ledger.blind('compared-file', digest)[:32]}"
    newest = max(line.record.on for line in lines)
    # A file does not say when it was sent; its newest record says that it was not before.
    proof = Answer(message, source, datetime.combine(newest, time(), JAKARTA))
    told = take_in(desk, HeldRecords(proof, tuple(line.record for line in lines)), by=IMPORTER).told
    summary.equal += told.equal
    summary.different += told.different
    summary.unknown += told.unknown
    summary.forgotten += told.forgotten


def _report(summary: Summary, refusals: Sequence[Refusal], json: bool) -> None:
    for refusal in refusals:
        sentence = text("error." + refusal.code, "en").format_map({"path": refusal.path})
        console.print(
            f"line {refusal.line}: {refusal.path}: {sentence} ({refusal.code})", markup=False, highlight=False
        )
    if summary.rejected > len(refusals):
        console.print(f"... and {summary.rejected - len(refusals)} more")
    if json:
        sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
    else:
        console.print(
            f"read {summary.read}, equal {summary.equal}, different {summary.different}, "
            f"unknown {summary.unknown}, forgotten {summary.forgotten}, rejected {summary.rejected}"
        )
