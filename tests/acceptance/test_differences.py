"""The centre holds a resident otherwise: with real processes, until both registries say the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.acceptance.node import Node, running, until
from tests.api.program import household, member

SRI, STRANGER = "3314105708909001", "3314105708909999"
KK = "3314101001269001"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with running(tmp_path, SIMPUL_KEMENDAGRI__INBOUND_TOKEN="demo-centre") as node:
        yield node


def sends(node: Node, message: str, **more: Any) -> dict[str, Any]:
    """The centre sends everybody whom it holds, and what came of it."""
    wanted = {
        "url": f"{node.url}/feeds/kemendagri/records",
        "token": "demo-centre",
        "message": message,
        **more,
    }
    centre = f"{node.ministries['kemendagri'].url}/_simulator/comparison"
    answer = httpx.post(centre, json=wanted, timeout=30).raise_for_status()
    counts: dict[str, Any] = answer.json()
    return counts


def waiting(node: Node) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = node.get("/differences").json()["items"]
    return rows


def test_what_the_centre_holds_otherwise_is_settled_and_both_say_the_same_in_the_end(node: Node) -> None:
    people = household(member(nik=SRI), kk=KK)
    registered = node.post("/households", people, UUID(int=1))
    assert registered.status_code == 201, registered.text
    (sri,) = registered.json()["residents"]
    centre = node.ministries["kemendagri"]
    until(lambda: len(centre.records()) == 1, "the centre holds her")
    equal = sends(node, "PUSAT-1")
    assert (equal["records"], equal["equal"]) == (1, 1), "what we have told comes back as it is"
    assert waiting(node) == []
    stranger = {"NIK": STRANGER, "TGL_BERLAKU": "2026-11-24", "NAMA_LGKP": "Wagiyem", "SINTETIS": True}
    place = {"NO_PROP": 33, "NO_KAB": 14, "NO_KEC": 10, "NO_KEL": 1003}
    said = {"changes": {SRI: {"NAMA_LGKP": "Sri Wahyuningsih"}}, "more": [stranger | place]}
    first = sends(node, "PUSAT-2", **said)
    assert (first["different"], first["unknown"]) == (1, 1)
    node.kill()
    node.start()
    found = {row["resident"]: row for row in waiting(node)}
    assert [(one["element"], one["theirs"]) for one in found[sri]["differences"]] == [
        ("name", "Sri Wahyuningsih")
    ]
    unknown = found[""]
    ours = {"elements": [d["element"] for d in unknown["differences"]], "right": "ours", "reason": "Pindah"}
    nobody = node.post(f"/differences/{unknown['comparison']}/settlements", ours, UUID(int=2))
    assert nobody.status_code == 201, nobody.text
    theirs = {"elements": ["name"], "right": "theirs", "reason": "Akta kelahiran"}
    asked = node.post(f"/differences/{found[sri]['comparison']}/settlements", theirs, UUID(int=3))
    assert asked.status_code == 201, asked.text
    decision = f"/corrections/{asked.json()['correction']}/decision"
    approved = node.post(decision, {"decision": "approve"}, UUID(int=4), officer="bagus")
    assert approved.status_code == 200, approved.text
    until(lambda: len(centre.records()) == 2, "the centre is told of the correction")
    again = sends(node, "PUSAT-3", more=[stranger | place])
    assert (again["equal"], again["unknown"]) == (1, 1)
    assert waiting(node) == [], "what was found does not come back"
    assert node.get(f"/residents/{sri}").json()["name"] == "Sri Wahyuningsih"
