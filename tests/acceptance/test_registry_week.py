"""`simpul demo --scenario registry`: a week of a registry office, told as it goes, and delivered."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from adapters.reference import reference
from tests.acceptance.node import Simulated, _line

DEMO = [sys.executable, "-m", "api.cli.main", "demo", "--scenario", "registry", "--fast"]


@pytest.fixture
def week(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The demo as a process, and what it tells on standard error."""
    told = tmp_path / "told"
    with told.open("wb") as stderr:
        process = subprocess.Popen(
            [*DEMO, "--residents", "20", "--port", "0", "--data", str(tmp_path / "demo")],
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    assert process.stdout
    try:
        yield process, told
    finally:
        process.kill()
        process.stdout.close()
        process.wait(timeout=30)


def test_a_week_of_the_registry_reaches_both_ministries(
    week: tuple[subprocess.Popen[bytes], Path],
) -> None:
    process, told = week
    assert "Kirana Ayu Nugroho" in _line(process, " BIRTH "), "progress on standard output"
    (url,) = re.findall(r"the week is over  (\S+)", _line(process, "the week is over"))
    ports = dict(re.findall(r"simulated (\w+): http://127.0.0.1:(\d+)", told.read_text("utf-8")))
    records = {name: Simulated(name, told, int(port)).records() for name, port in ports.items()}
    rows = reference().civil_events.rows.values()
    got = {record["record"]["JENIS_PERUBAHAN"] for record in records["kemendagri"]}
    assert got == {row.code for row in rows if row.feed}
    assert [record["record"]["namaPerusahaan"] for record in records["kemendag"]] == ["Toko Kirana"]
    entry = _line(process, "/entri/").split()[-1]
    assert entry.startswith(url)
    assert httpx.get(entry, follow_redirects=True).status_code == 200, "it stays up for looking"
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
