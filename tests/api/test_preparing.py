"""A long file is prepared by processes of their own: faster, and nobody can tell it from one process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from io import BytesIO
from multiprocessing import active_children
from pathlib import Path
from select import select
from time import monotonic

import pytest

from adapters.clock import SystemClock
from adapters.ledger.ledger import Ledger
from adapters.people import generate, ndjson
from api.acts.desk import Desk
from api.acts.importing import Refusal, Summary, append_batches
from api.identity import IMPORTER
from api.opening import open_desk
from api.preparing import preparing
from api.settings import Settings
from domain.kernel.errors import StoreUnavailable

PATIENCE = 60.0
"""Seconds after which a process that still runs has outlived its parent."""


def people(desk: Desk, residents: int) -> list[bytes]:
    """A file of so many, line by line."""
    made = generate.households(residents, 2010, desk.reference, desk.today)
    return [ndjson.encode(household) for household in made]


def raw(lines: list[bytes]) -> Iterator[ndjson.RawLine]:
    return ndjson.raw_lines(BytesIO(b"".join(lines)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", synthetic=True)


@pytest.fixture
def node(settings: Settings) -> Iterator[tuple[Desk, Ledger]]:
    desk, ledger = open_desk(settings, SystemClock())
    with closing(ledger):
        yield desk, ledger


def told(ledger: Ledger) -> list[tuple[str, int, object]]:
    return [(f.header.stream, f.header.version, f.event) for f in ledger.after(0, 10_000)]


def imported(
    settings: Settings, lines: list[bytes], *, processes: int
) -> tuple[Summary, list[Refusal], list[tuple[str, int, object]]]:
    desk, ledger = open_desk(settings, SystemClock())
    refusals: list[Refusal] = []
    with (
        closing(ledger),
        preparing(settings, desk, ledger, "f", IMPORTER, processes, chunk=7, batch=21) as prepared,
    ):
        batches = prepared(raw(lines))
        summary = append_batches(ledger, batches, refused=refusals.append)
        return summary, refusals, told(ledger)


def test_two_processes_import_what_one_does(tmp_path: Path, node: tuple[Desk, Ledger]) -> None:
    """Bad lines, a household twice, and a number that is taken, near to it and far from it, included."""
    good = people(node[0], 300)
    again = good[3].replace(b'"ref":"', b'"ref":"again-')
    lines = [*good[:10], b"{\n", again, *good[10:60], good[5], again, b'{"ref":1}\n', *good[60:]]
    one, two = (
        imported(Settings(data=tmp_path / str(n), synthetic=True), lines, processes=n) for n in (0, 2)
    )
    assert one[:2] == two[:2]
    assert (one[0].already, one[0].rejected) == (1, 4)
    assert one[2] == two[2]


def test_a_second_run_finds_everything_there(settings: Settings, node: tuple[Desk, Ledger]) -> None:
    lines = people(node[0], 100)
    first, _, facts = imported(settings, lines, processes=1)
    again, _, after = imported(settings, lines, processes=2)
    assert (first.imported, again.imported, again.already) == (len(lines), 0, len(lines))
    assert facts == after


def test_a_process_that_is_killed_stops_the_import_and_a_second_run_goes_on(
    settings: Settings, node: tuple[Desk, Ledger]
) -> None:
    desk, ledger = node
    lines = people(desk, 300)

    def kill_one(_: int) -> None:
        child = active_children()[0].pid
        assert child is not None
        os.kill(child, signal.SIGKILL)

    with (
        preparing(settings, desk, ledger, "f", IMPORTER, 1, chunk=7, batch=21) as prepared,
        pytest.raises(StoreUnavailable) as ended,
    ):
        append_batches(ledger, prepared(raw(lines)), refused=_refused, progress=kill_one)
    assert ended.value.code == "preparing-ended"
    assert ledger.head() > 0
    summary, _, _ = imported(settings, lines, processes=1)
    assert 0 < summary.already < len(lines)
    assert summary.already + summary.imported == len(lines)


def test_nobody_is_left_when_the_import_is_killed(settings: Settings) -> None:
    command = [sys.executable, "-m", "tests.api.importing", str(settings.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0, start_new_session=True) as run:
        assert run.stdout
        try:
            assert run.stdout.readline() == b"21\n", "a batch was prepared, and appended"
            run.kill()
            # Every process of it holds this pipe: it ends when the last of them does.
            assert ends_within(run.stdout.fileno(), PATIENCE), "a process outlived the import"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)


def ends_within(pipe: int, seconds: float) -> bool:
    """Whether all who write into the pipe are gone by then; what they wrote is read away."""
    until = monotonic() + seconds
    while select([pipe], [], [], max(0.0, until - monotonic()))[0]:
        if not os.read(pipe, 65_536):
            return True
    return False


def test_somebody_who_holds_the_pipe_is_found() -> None:
    """Control: the bound is what tells, not the end of the test run."""
    reader, writer = os.pipe()
    os.write(writer, b"21\n")
    assert not ends_within(reader, 0.1)
    os.close(writer)
    assert ends_within(reader, PATIENCE)
    os.close(reader)


def _refused(refusal: Refusal) -> None:
    raise AssertionError(refusal)
