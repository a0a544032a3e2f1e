"""Companion mode with real processes: a file is taken in while the centre is down, and caught up when it is back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.acceptance.node import Node, running, until
from tests.api.program import household, member

SRI, JOKO = "3314105708909001", "3314100101889001"
KK = "3314101001269001"
COMPANION = {"SIMPUL_MODE": "companion", "SIMPUL_KEMENDAGRI__INBOUND_TOKEN": "demo-centre"}
BAYU = {
    "name": "Bayu Pratama",
    "sex": "1",
    "birth_place": "Sragen",
    "religion": "1",
    "blood": "13",
    "relation": "4",
    "citizenship": "1",
}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with running(tmp_path, **COMPANION) as node:
        yield node


def answered_by(node: Node, **manner: object) -> None:
    """The national system answers this node."""
    where = {"url": f"{node.url}/feeds/kemendagri/answers", "token": "demo-centre", **manner}
    httpx.put(f"{node.ministries['kemendagri'].url}/_simulator/centre", json=where).raise_for_status()


def answers(node: Node) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{node.ministries['kemendagri'].url}/_simulator/answers").json()
    return found


def family(node: Node) -> list[str]:
    people = [
        member(nik=JOKO, name="Joko", sex="1", birth_date="1988-01-01", marital="2"),
        member(nik=SRI, marital="2", relation="3"),
    ]
    registered = node.post("/households", household(*people, kk=KK), UUID(int=1))
    assert registered.status_code == 201, registered.text
    residents: list[str] = registered.json()["residents"]
    return residents


def born(node: Node, parents: list[str], key: int, **more: object) -> httpx.Response:
    father, mother = parents
    birth = {"on": "2026-11-20", "mother": mother, "father": father, "newborn": BAYU, **more}
    return node.post("/civil-events/BIRTH", birth, UUID(int=key))


def filing(node: Node, filed: httpx.Response) -> dict[str, Any]:
    row: dict[str, Any] = node.get(f"/filings/{filed.json()['filing']}").json()
    return row


def settled(node: Node, filed: httpx.Response) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        row = filing(node, filed)
        return row if row["stage"] != "waiting" else None

    row: dict[str, Any] = until(look, "the centre has answered")
    return row


def test_a_birth_is_taken_in_while_the_centre_is_down_and_numbered_when_it_is_back(node: Node) -> None:
    parents = family(node)
    case = node.post("/cases", {"document": "AKTA-LAHIR", "resident": parents[1]}, UUID(int=2)).json()["case"]
    node.post(f"/cases/{case}/steps", {"step": "call", "counter": "1"}, UUID(int=3)).raise_for_status()
    node.ministries["kemendagri"].kill()
    filed = born(node, parents, 4, case=case)
    assert filed.status_code == 202, filed.text
    child = filed.json()["residents"][0]
    assert [(n["kind"], n["stream"]) for n in filed.json()["asked"]] == [("nik", child)]
    waiting = filing(node, filed)
    assert (waiting["stage"], waiting["place"]) == ("waiting", 1)
    assert node.get(f"/residents/{child}").status_code == 404
    node.kill()
    node.start()
    assert filing(node, filed)["stage"] == "waiting", "what was taken in is never lost"
    node.ministries["kemendagri"].start()
    answered_by(node, twice=True)
    granted = settled(node, filed)
    (answer,) = until(lambda: [a for a in answers(node) if a["outcome"]], "it was taken")
    assert answer["outcome"] == "taken"
    said = answer["answer"]
    assert (granted["stage"], granted["message"], granted["receipt"]) == (
        *("granted", said["message"]),
        said["receipt"],
    )
    resident = node.get(f"/residents/{child}").json()
    assert resident["name"] == "Bayu Pratama"
    entry = node.get(f"/entries/{granted['entry']}").json()
    assert (entry["code"], entry["residents"]) == ("BIRTH", [child, *reversed(parents)])
    waits = node.get(f"/cases/{case}/clock").json()["figures"]["segments"]
    assert waits[0]["cause"] == "central-system"
    kinds = [record["record"]["JENIS_PERUBAHAN"] for record in node.ministries["kemendagri"].records()]
    assert kinds == ["BIODATA", "BIODATA", "PERMOHONAN_ORANG", "PERMOHONAN"], (
        "its own answer is no news to it"
    )


def test_the_centre_is_late_refuses_and_is_contradicted_by_nobody(node: Node) -> None:
    parents = family(node)
    answered_by(node, hold=True)
    late, refused = born(node, parents, 4), born(node, parents, 5, on="2026-11-19")
    until(lambda: len(node.ministries["kemendagri"].records()) == 6, "it has both files")
    assert [row["place"] for row in node.get("/filings?stage=waiting").json()["items"]] == [1, 2]
    reason = "Ibu tercatat di kabupaten lain"
    said = {
        "message": "PUSAT-1",
        "receipt": "R-1",
        "sent": "2026-11-24T12:00:00+07:00",
        "filing": refused.json()["filing"],
        "decision": "refused",
        "reason": reason,
    }
    token = {"Authorization": "Bearer demo-centre"}

    def says(**changes: object) -> httpx.Response:
        return httpx.post(f"{node.url}/feeds/kemendagri/answers", json=said | changes, headers=token)

    first = says()
    assert (first.status_code, first.json()["stage"]) == (200, "refused")
    assert filing(node, refused)["reason"] == reason
    again = says()
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    assert says(reason="Lain").json()["code"] == "command-id-reused"
    assert says(message="PUSAT-2").json()["code"] == "filing-already-answered"
    assert says(message="PUSAT-3", filing="filing-9").json()["code"] == "unknown-filing"
    child = late.json()["residents"][0]
    granted = {"message": "PUSAT-4", "filing": late.json()["filing"], "decision": "granted", "reason": ""}
    assert says(**granted).json()["code"] == "central-number-missing"
    taken = says(**granted, numbers=[{"stream": child, "number": SRI}])
    assert (taken.status_code, taken.json()["code"]) == (409, "nik-already-registered")
    assert httpx.post(f"{node.url}/feeds/kemendagri/answers", json=said).status_code == 401
    answered_by(node)
    assert settled(node, late)["stage"] == "granted"
    assert node.get(f"/residents/{child}").json()["name"] == "Bayu Pratama"
