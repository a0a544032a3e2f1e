"""The promises of the main path: kept, in order, once, whatever is killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

from tests.acceptance.node import Node, _line, until
from tests.acts.people import SRAGEN_TENGAH, SRI

KILLS = 4
KTP = ("call", "complete-file", "record-biometrics", "print-card", "hand-over")


def ids() -> Iterator[UUID]:
    return (uuid5(UUID(int=0), str(n)) for n in count())


def body(**changes: object) -> dict[str, Any]:
    member = asdict(replace(SRI, nik=None, **changes))  # type: ignore[arg-type]  # names of a member
    member["birth_date"] = str(member["birth_date"])
    return {
        "village": SRAGEN_TENGAH,
        "address": "Jl. Raya Sukowati 12",
        "rt": "001",
        "rw": "002",
        "members": [member],
    }


def resident(node: Node, command_ids: Iterator[UUID]) -> str:
    answer = node.post("/households", body(), next(command_ids))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["residents"][0])


def ktp(node: Node, someone: str, command_ids: Iterator[UUID]) -> str:
    ticket = node.post("/cases", {"document": "KTP", "resident": someone}, next(command_ids))
    case = str(ticket.json()["case"])
    for step in KTP:
        extra = {"counter": "1"} if step == "call" else {}
        answer = node.post(f"/cases/{case}/steps", {"step": step, **extra}, next(command_ids))
        assert answer.status_code == 200, answer.text
    return case


def siup(node: Node, someone: str, command_ids: Iterator[UUID]) -> str:
    new = {
        "permit": "SIUP-KECIL",
        "applicant": someone,
        "company": "Toko Sri",
        "legal_form": "PO",
        "npwp": "",
        "kbli": "47112",
        "address": "Jl. Raya Sukowati 12",
        "village": SRAGEN_TENGAH,
        "net_worth": 300_000_000,
    }
    filed = node.post("/applications", new, next(command_ids), "yuni").json()
    at = f"/applications/{filed['application']}"
    needed = node.get("/catalogue/SIUP-KECIL").json()["requirements"]
    for path, what in (
        ("verification", {"documents": needed}),
        ("decision", {"decision": "approve"}),
        ("issue", {}),
    ):
        answer = node.post(f"{at}/{path}", what, next(command_ids), "hendra")
        assert answer.status_code == 200, answer.text
    return str(filed["application"])


def until_more_than(answers: list[str], count: int) -> None:
    until(lambda: len(answers) > count, f"more than {count} answers")


def in_order_and_once(records: list[dict[str, Any]]) -> bool:
    return [record["feed_seq"] for record in records] == list(range(1, len(records) + 1))


def test_a_ktp_and_a_siup_reach_their_ministries_and_the_feeds(node: Node) -> None:
    command_ids = ids()
    someone = resident(node, command_ids)
    ktp(node, someone, command_ids)
    siup(node, someone, command_ids)
    dagri = until(lambda: len(node.ministries["kemendagri"].records()) == 2, "KTP at Kemendagri")
    dag = until(lambda: len(node.ministries["kemendag"].records()) == 1, "SIUP at Kemendag")
    assert dagri
    assert dag
    for name, entries in (("kemendagri", 2), ("kemendag", 1)):
        feed = httpx.get(f"{node.url}/feeds/{name}", headers={"Authorization": f"Bearer demo-{name}"})
        assert len(feed.json()) == entries


def test_a_ministry_that_was_away_gets_everything_in_order_and_once(node: Node) -> None:
    command_ids = ids()
    away = node.ministries["kemendagri"]
    resident(node, command_ids)
    until(lambda: len(away.records()) == 1, "the first record")
    away.kill()
    for _ in range(5):
        resident(node, command_ids)
    until(lambda: node.get("/deliveries").json()["kemendagri"]["mode"] == "backoff", "backoff is shown")
    away.start()
    node.post("/deliveries/kemendagri/retry", {}, next(command_ids))
    until(lambda: len(away.records()) == 6, "the records that waited")
    assert in_order_and_once(away.records())


def test_a_ministry_that_applies_and_then_times_out_has_each_record_once(node: Node) -> None:
    command_ids = ids()
    slow = node.ministries["kemendagri"]
    slow.behave(apply_then_timeout=1)
    for _ in range(3):
        resident(node, command_ids)
    until(lambda: len(slow.records()) == 3, "all records", patience=60)
    until(lambda: node.get("/deliveries").json()["kemendagri"]["delivered"] == 3, "receipts", patience=60)
    assert in_order_and_once(slow.records())


def test_nothing_acknowledged_is_lost_and_nothing_done_twice_by_kill_9(node: Node) -> None:
    """A clerk registers without pause and repeats what was not answered; the hub is killed meanwhile."""
    acknowledged: list[str] = []
    stop = Event()

    def clerk() -> None:
        for command_id in ids():
            while not stop.is_set():
                try:
                    answer = node.post("/households", body(), command_id)
                except httpx.TransportError:
                    continue  # killed: ask again with the same id
                if answer.status_code == 201:
                    acknowledged.append(answer.json()["household"])
                    break
            if stop.is_set():
                return

    thread = Thread(target=clerk)
    thread.start()
    for kill in range(KILLS):
        until_more_than(acknowledged, len(acknowledged) + 2 + kill)
        node.kill()
        node.start()
    stop.set()
    thread.join()
    assert len(set(acknowledged)) == len(acknowledged), "an answer was given to two commands"
    for household in acknowledged:
        assert node.get(f"/households/{household}").status_code == 200
    ministry = node.ministries["kemendagri"]
    until(lambda: len(ministry.records()) >= len(acknowledged), "all records at the ministry")
    records = ministry.records()
    assert in_order_and_once(records)
    assert len({record["record"]["NIK"] for record in records}) == len(records), "one NIK, one person"


def test_a_clean_stop_ends_with_zero(node: Node) -> None:
    resident(node, ids())
    assert node.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_says_ready_and_stops_cleanly(tmp_path: Path, how: signal.Signals) -> None:
    demo = [sys.executable, "-m", "api.cli.main", "demo", "--residents", "150", "--port", "0", "--fast"]
    process = subprocess.Popen(
        [*demo, "--data", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    ready = _line(process, "ready")
    url = ready.split()[1]
    assert "kemendagri 150" in ready
    assert httpx.get(url).status_code == 200
    process.send_signal(how)
    assert process.wait(timeout=30) == 0
    assert process.stdout
    process.stdout.close()
    with pytest.raises(httpx.TransportError):
        httpx.get(url)
