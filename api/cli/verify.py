"""``simpul verify``: do the store, and that of the readings, still hold what was signed, all of it, in order?"""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import msgspec

from adapters.evidence.simpul_verify import SHOWN
from adapters.evidence.verify import StoreReport, verify_store
from api.cli.console import progress
from api.facts import EVENTS
from api.opening import READINGS
from api.readings import readings_store
from api.settings import Settings
from api.wiring import store


def run(data: Path, vkey: str | None, *, json: bool) -> int:
    """Print what was found; 0 when everything holds, else 1."""
    settings = Settings(data=data)
    with progress("facts") as bar:
        report = verify_store(data, EVENTS, store=store(settings), vkey=key(vkey), progress=bar)
    readings = _of_readings(settings)
    holds = not report.failures and not (readings and readings.failures)
    if json:
        told = {**_plain(report), "readings": readings and _plain(readings), "holds": holds}
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        lines = [
            *_told(report),
            *(["", "readings     who looked at whose data", *_told(readings)] if readings else []),
        ]
        sys.stdout.write("".join(f"{line}\n" for line in [*lines, _result(holds)]))
    return 0 if holds else 1


def _of_readings(settings: Settings) -> StoreReport | None:
    """None before the first start of a hub that records readings."""
    at = readings_store(settings)
    if not at.exists():
        return None
    with progress("readings") as bar:
        return verify_store(settings.data / READINGS, EVENTS, store=at, progress=bar)


def _plain(report: StoreReport) -> dict[str, object]:
    failures = [failure._asdict() for failure in report.failures]
    return {**asdict(report), "failures": failures, "holds": not failures}


def _result(holds: bool) -> str:
    return "result       everything holds" if holds else "result       DOES NOT HOLD"


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
