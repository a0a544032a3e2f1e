"""``simpul import``: households from a file, through the same rules as at the counter."""

import sys
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from adapters.people import ndjson
from api.acts.importing import BATCH, Refusal, Summary, append_batches
from api.cli.console import console, progress
from api.identity import IMPORTER
from api.messages import text
from api.preparing import preparing, processors
from api.settings import Settings
from api.wiring import open_hub

SHOWN = 20
"""Refused lines that are printed; ``--rejects`` keeps them all."""


def run(
    file: Path, data: Path, *, source: str | None, rejects: Path | None, json: bool, processes: int | None
) -> None:
    """Import and report. Refused lines do not fail the run: the report tells them."""
    with ExitStack() as stack:
        stream: BinaryIO
        stream = sys.stdin.buffer if str(file) == "-" else stack.enter_context(file.open("rb"))
        kept = stack.enter_context(rejects.open("wb")) if rejects else None
        shown: list[Refusal] = []

        def refused(refusal: Refusal) -> None:
            if len(shown) < SHOWN:
                shown.append(refusal)
            if kept:
                kept.write(msgspec.json.encode(refusal) + b"\n")

        settings = Settings(data=data)
        hub = stack.enter_context(open_hub(settings))
        named = source or ("stdin" if str(file) == "-" else file.name)
        lines = ndjson.raw_lines(stream)
        begin = list(islice(lines, BATCH))
        # For a short file the processes would be started in vain.
        count = (processors() if processes is None else processes) if len(begin) == BATCH else 0
        prepared = stack.enter_context(preparing(settings, hub.desk, hub.ledger, named, IMPORTER, count))
        bar = stack.enter_context(progress("households"))
        summary = append_batches(hub.ledger, prepared(chain(begin, lines)), refused=refused, progress=bar)
    _report(summary, shown, json)


def _report(summary: Summary, shown: list[Refusal], json: bool) -> None:
    for refusal in shown:
        console.print(
            f"line {refusal.line}: {refusal.path}: {text('error.' + refusal.code, 'en')} ({refusal.code})",
            markup=False,
            highlight=False,
        )
    if summary.rejected > len(shown):
        console.print(f"... and {summary.rejected - len(shown)} more; --rejects FILE keeps them all")
    if json:
        sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
    else:
        console.print(
            f"read {summary.read}, imported {summary.imported}, already there {summary.already}, "
            f"rejected {summary.rejected}"
        )
