"""The guides cannot rot: what they tell a reader to type is typed here, against a running demo."""

import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from lxml import etree

from adapters.kemendag import client as kemendag
from adapters.kemendagri import client as kemendagri
from adapters.simulation.behaviour import Behaviour
from domain.exchange.change import LicenceChange, PopulationChange
from tests.acceptance.node import _line

DOCS = Path(__file__).parents[2] / "docs"
MINISTRIES = (DOCS / "ministries.md").read_text("utf-8")
TUTORIAL = (DOCS / "tutorial.md").read_text("utf-8")
PATIENCE = 120.0
"""Seconds for all commands of a guide."""
MARK = "=== block"

needs_a_shell = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")),
    reason="bash or curl is not installed, and the commands of a guide are written for them",
)


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Demo:
    """A running demo: its address, its simulated ministries, its store."""

    url: str
    ministries: dict[str, str]
    data: Path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data, told = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("told") / "stderr"
    command = [sys.executable, "-m", "api.cli.main", "demo", "--fast", "--port", "0", "--residents", "150"]
    with told.open("wb") as stderr:
        process = subprocess.Popen([*command, "--data", str(data)], stdout=subprocess.PIPE, stderr=stderr)
    try:
        url = _line(process, "ready").split()[1]
        found = dict(re.findall(r"simulated (\w+): (http://[\d.:]+)", told.read_text("utf-8")))
        yield Demo(url, found, data)
    finally:
        process.terminate()
        assert process.stdout
        process.stdout.close()
        process.wait(timeout=30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def typed(page: str, replacements: dict[str, str], folder: Path) -> list[str]:
    """What each block of a guide prints when all are typed into one shell, one after the other.

    ``replacements`` are the addresses and folders of this machine; nothing else is changed.
    """
    script = f"\necho; echo '{MARK}'\n".join(blocks(page, "sh"))
    for what, by in replacements.items():
        assert what in script, f"the guide no longer says {what}"
        script = script.replace(what, by)
    command = ["bash", "-c", f"set -euo pipefail\n{script}"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    printed = run.stdout.split(MARK)
    assert run.returncode == 0, f"block {len(printed)} failed: {run.stderr[-2000:]}"
    return printed


def says(printed: Sequence[str], expected: Sequence[Sequence[str]]) -> None:
    """Each block prints its words, in this order."""
    assert len(printed) == len(expected), "a block was added: say here what it prints"
    for number, (text, words) in enumerate(zip(printed, expected, strict=True)):
        at = 0
        for word in words:
            at = text.find(word, at)
            assert at >= 0, f"block {number} does not say {word!r} in its place:\n{text}"
            at += len(word)


@needs_a_shell
def test_the_ministries_guide_works_as_written(demo: Demo, tmp_path: Path) -> None:
    here = {
        "http://127.0.0.1:8000": demo.url,
        ".venv/bin/simpul": f"{sys.executable} -m api.cli.main",
        "data/try": str(tmp_path / "try"),
        "8022": str(free_port()),
        "8021": str(free_port()),
    }
    first = '"id":"00000000000000000001"'
    says(
        typed(MINISTRIES, here, tmp_path),
        [
            [first, '"type":"simpul.kemendagri.biodata.v1"', '"id":"00000000000000000002"'],
            [
                '[{"',
                '"id":"00000000000000000003"',
                '"id":"00000000000000000005"',
                "lastEventId=00000000000000000002",
            ],
            [],
            ["304"],
            ["feed-token-wrong"],
            ["ok", '"FEED_SEQ":1,"RESPON":"00","NO_TERIMA":"DUKCAPIL/'],
            ['"NO_TERIMA":"DUKCAPIL/', "Login Gagal", "Urutan Terputus", "Data Tidak Sah", '"KOLOM":"NIK"'],
            ["DUKCAPIL/", "Data Tidak Ditemukan"],
            ["ok", "/perizinan/v1", "<v:dariSeq>1<", "<v:noTerima>KEMENDAG/"],
            ["<v:noTerima>KEMENDAG/", "URUTAN_TERPUTUS", "DATA_TIDAK_SAH", "<v:diterima>true<"],
            ["ok", '"fail_503":1', " 503 ", "etry-", "<v:dariSeq>2<", '"feed_seq":2'],
        ],
    )


@needs_a_shell
def test_the_tutorial_works_as_written(demo: Demo, tmp_path: Path) -> None:
    here = {
        "python3 -c": f"{sys.executable} -c",
        "http://127.0.0.1:8000": demo.url,
        ".venv/bin/simpul": f"{sys.executable} -m api.cli.main",
        "data/demo": str(demo.data),
        "http://127.0.0.1:8022": demo.ministries["kemendagri"],
    }
    printed = typed(TUTORIAL, here, tmp_path)
    says(
        printed,
        [
            ['"household":"household-', '"residents":["resident-', '"nik":"331410570890'],
            ["birth-in-the-future", "unknown-village"],
            ['"case":"case-', "wrong-order-of-steps", '"step":"handed-over"'],
            ["net-worth-does-not-fit-class", "SIUP-KECIL", '"application":"application-', "/SIUP-KECIL/BPT/"],
            ['"issued"'],
            ["population.resident-registered", "population.ktp-issued", "1 population.resident-registered"],
            ['"status":"ok"'],
            ["backoff"],
            ['"lag":0,"mode":"running"', '"status":"ok"'],
            ["residents", "feed_kemendag"],
        ],
    )
    before = printed[5].rpartition("1 population.resident-registered")[2]
    assert "ktp-issued" not in before, "known only later"


def test_a_failing_command_of_a_guide_is_found(tmp_path: Path) -> None:
    """The control."""
    with pytest.raises(AssertionError, match="block 2 failed"):
        typed("```sh\necho a\n```\n```sh\nfalse\n```\n", {}, tmp_path)
    with pytest.raises(AssertionError, match="does not say 'b'"):
        says(typed("```sh\necho a\n```\n", {}, tmp_path), [["b"]])


def pull(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The receiver that the guide prints, run in a folder of its own."""
    (program,) = blocks(MINISTRIES, "python")
    (folder / "pull.py").write_text(program, "utf-8")
    command = [sys.executable, "pull.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)


def kept(folder: Path) -> list[int]:
    db = sqlite3.connect(folder / "changes.db")
    rows = db.execute("SELECT feed_seq FROM change ORDER BY feed_seq").fetchall()
    db.close()
    return [seq for (seq,) in rows]


@pytest.mark.parametrize("destination", ["kemendagri", "kemendag"])
def test_the_receiver_of_the_guide_has_everything_once(demo: Demo, tmp_path: Path, destination: str) -> None:
    asked = (demo.url, destination, f"demo-{destination}")
    first = pull(tmp_path, *asked)
    assert first.returncode == 0, first.stderr
    assert len(kept(tmp_path)) >= (150 if destination == "kemendagri" else 1)
    assert pull(tmp_path, *asked).returncode == 0, "a second run goes on where the first stopped"
    assert kept(tmp_path) == list(range(1, len(kept(tmp_path)) + 1))


@contextmanager
def feed_with_a_gap() -> Iterator[str]:
    """A hub whose feed goes 1, 3."""
    page = json.dumps([{"id": f"{n:020d}", "data": {"kind": "BIODATA"}} for n in (1, 3)]).encode()

    class Gap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Gap) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_receiver_of_the_guide_stops_at_a_gap_and_keeps_no_half_page(tmp_path: Path) -> None:
    with feed_with_a_gap() as url:
        run = pull(tmp_path, url, "kemendagri", "token")
    assert run.returncode == 1
    assert "number 2 is missing" in run.stderr
    assert kept(tmp_path) == []


def unnamed(names: Sequence[str], page: str) -> list[str]:
    """Those that a page does not print as code."""
    told = {word for code in re.findall(r"`([^`\n]+)`", page) for word in re.findall(r"\w+", code)}
    return [name for name in names if name not in told]


@pytest.mark.parametrize("record", [PopulationChange, LicenceChange])
def test_the_guide_tells_every_field_of_a_record(record: type) -> None:
    assert unnamed([field.name for field in fields(record)], MINISTRIES) == []


def test_the_guide_tells_every_misbehaviour() -> None:
    assert unnamed([field.name for field in msgspec.structs.fields(Behaviour)], MINISTRIES) == []


def test_the_guide_tells_every_error_of_both_contracts() -> None:
    namespaces = {"xs": "http://www.w3.org/2001/XMLSchema"}
    schema = etree.parse(str(kemendag.CONTRACTS / "perizinan-v1.xsd"))
    codes = schema.xpath("//xs:simpleType[@name='KodeKesalahan']//@value", namespaces=namespaces)
    assert isinstance(codes, list)
    assert len(codes) == 4
    assert unnamed([str(code) for code in codes], MINISTRIES) == []
    for text in (*kemendagri.DATA_ERRORS, kemendagri.QUOTA, kemendagri.NOT_FOUND):
        assert text in MINISTRIES.casefold()


def test_a_field_that_is_not_told_is_found() -> None:
    """The control."""
    assert unnamed(["nik", "kk", "shoe_size"], "`nik`, `kk` and shoe_size") == ["shoe_size"]
