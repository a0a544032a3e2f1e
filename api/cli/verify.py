"""``simpul verify``: does the store still hold what was signed, all of it, in order?"""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import msgspec

from adapters.evidence.simpul_verify import SHOWN
from adapters.evidence.verify import StoreReport, verify_store
from api.cli.console import progress
from api.facts import EVENTS
from api.settings import Settings
from api.wiring import store


def run(data: Path, vkey: str | None, *, json: bool) -> int:
    """Print what was found; 0 when everything holds, else 1."""
    with progress("facts") as bar:
        report = verify_store(data, EVENTS, store=store(Settings(data=data)), vkey=key(vkey), progress=bar)
    if json:
        failures = [failure._asdict() for failure in report.failures]
        told = {**asdict(report), "failures": failures, "holds": not failures}
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _told(report)))
    return 1 if report.failures else 0


def key(given: str | None) -> str | None:
    """A public key as it is, or from the file of that name."""
    return given if given is None or "+" in given else Path(given).read_text("utf-8")


def _told(report: StoreReport) -> Iterator[str]:
    unknown = sum(report.unknown.values())
    yield f"key          {report.vkey or 'none: nothing was signed yet'}"
    yield f"facts        {report.facts}, of kinds not in the catalogue: {unknown}"
    yield f"signed       {report.signed}, not signed yet: {report.unsigned}"
    yield f"checkpoints  {report.checkpoints}"
    yield f"root         {report.root}"
    yield from (f"note         {warning}" for warning in report.warnings)
    for failure in report.failures[:SHOWN]:
        yield f"FAILED       {failure.check}: {failure.where}: {failure.why}"
    if len(report.failures) > SHOWN:
        yield f"             ... and {len(report.failures) - SHOWN} more"
    yield "result       DOES NOT HOLD" if report.failures else "result       everything holds"
