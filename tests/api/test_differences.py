"""The centre sends residents as it holds them; what differs is listed over REST and on a page, and settled there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import MinistrySettings, Settings
from api.wiring import Hub, open_hub
from tests.acts.people import SRI_NIK, StandingClock
from tests.api.pages.browser import Browser
from tests.api.program import Program, member, problem

STRANGER = "3314105708909999"


@pytest.fixture
def hub(tmp_path: Path, clock: StandingClock) -> Iterator[Hub]:
    ministry = MinistrySettings(inbound_token=SecretStr("centre"))
    settings = Settings(data=tmp_path, synthetic=True, wait=10.0, kemendagri=ministry)
    with open_hub(settings, clock) as hub:
        hub.start()
        yield hub


@pytest.fixture
def client(hub: Hub) -> Iterator[TestClient]:
    with TestClient(create_app(hub), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def program(client: TestClient) -> Program:
    return Program(client)


@pytest.fixture
def sri(program: Program) -> str:
    (resident,) = program.register(member(nik=SRI_NIK), kk="3314101001269001")["residents"]
    return str(resident)


def record(**told: Any) -> dict[str, Any]:
    """Sri in the words of the dialect, as we hold her, but for what is told."""
    ours = member()
    return {
        "NIK": SRI_NIK,
        "TGL_BERLAKU": "2026-11-24",
        "NO_KK": "3314101001269001",
        "NAMA_LGKP": ours["name"].upper(),
        "JENIS_KLMIN": "Perempuan",
        "TGL_LHR": "1990-08-17",
        "AGAMA": "ISLAM",
        "NAMA_LGKP_IBU": ours["mother"],
        "NO_PROP": 33,
        "NO_KAB": 14,
        "NO_KEC": 10,
        "NO_KEL": 1003,
        "SINTETIS": True,
        **told,
    }


def says(client: TestClient, *records: dict[str, Any], message: str = "P-1", token: str = "centre") -> Any:
    body = {"message": message, "receipt": "R-1", "sent": "2026-11-24T12:00:00+07:00", "records": records}
    return client.post("/feeds/kemendagri/records", json=body, headers={"Authorization": f"Bearer {token}"})


def waiting(program: Program, **which: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = program.get("/differences?" + str(httpx.QueryParams(which))).json()["items"]
    return items


def test_what_differs_is_told_to_officers_and_only_counted_for_the_centre(
    client: TestClient, program: Program, sri: str
) -> None:
    equal = says(client, record(), message="P-0").json()
    assert (equal["records"], equal["equal"]) == (1, 1)
    first = says(client, record(NAMA_LGKP="Sri Wahyuningsih"), record(NIK=STRANGER))
    assert first.status_code == 200, first.text
    assert [first.json()[word] for word in ("equal", "different", "unknown")] == [0, 1, 1]
    assert "Sri" not in first.text
    again = says(client, record(NAMA_LGKP="Sri Wahyuningsih"), record(NIK=STRANGER))
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    problem(says(client, record()), 422, "command-id-reused")
    problem(says(client, record(), token="other"), 401, "feed-token-wrong")
    found = {row["resident"]: row["differences"] for row in waiting(program)}
    assert [(one["element"], one["theirs"]) for one in found[sri]] == [("name", "Sri Wahyuningsih")]
    assert found[""][0]["theirs"] == STRANGER
    assert waiting(program, kecamatan="33.14.01") == []
    seen = program.get(f"/residents/{sri}/readings").json()["items"]
    assert "correction" in {reading["purpose"] for reading in seen}


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        ({"AGAMA": "Islam Jawa"}, "record-not-to-contract", "records[0].AGAMA"),
        ({"TGL_LHR": "1990-02-31"}, "record-not-to-contract", "records[0].TGL_LHR"),
        ({"NIK": "12"}, "record-not-to-contract", "records[0].NIK"),
        ({"NIK": None}, "record-not-to-contract", "records[0].NIK"),
        ({"LAIN": 1}, "record-not-to-contract", "records[0]"),
        ({"NIK": STRANGER, "SINTETIS": False}, "not-synthetic", "records[0].SINTETIS"),
    ],
)
def test_a_record_outside_the_contract_refuses_the_message_without_its_values(
    client: TestClient, program: Program, sri: str, wrong: dict[str, Any], code: str, path: str
) -> None:
    refused = says(client, record(NAMA_LGKP="Sri W.", **wrong))
    assert problem(refused, 422, code)["path"] == path
    assert "Islam Jawa" not in refused.text
    assert waiting(program) == []
    problem(says(client, record(), record()), 422, "record-twice")


def test_over_rest_one_officer_finds_and_another_corrects(
    client: TestClient, program: Program, sri: str
) -> None:
    says(client, record(NAMA_LGKP="Sri Wahyuningsih", NAMA_LGKP_IBU="Sumi"))
    (row,) = waiting(program)
    at = f"/differences/{row['comparison']}/settlements"
    ours = {"elements": ["mother"], "right": "ours", "reason": "Akta kelahiran"}
    done = program.post(at, ours)
    assert (done.status_code, done.json()["correction"]) == (201, "")
    theirs = {"elements": ["name"], "right": "theirs", "reason": "Ijazah"}
    asked = program.post(at, theirs).json()
    assert waiting(program) == []
    correction = program.get(f"/corrections/{asked['correction']}").json()
    assert [(one["element"], one["new"]) for one in correction["changes"]] == [("name", "Sri Wahyuningsih")]
    assert (correction["stage"], correction["resident"]) == ("requested", sri)
    problem(program.post(at, theirs), 422, "difference-not-open")
    problem(program.post("/differences/comparison-9/settlements", ours), 404, "unknown-comparison")


def test_on_the_page_both_values_stand_side_by_side_and_an_officer_finds_who_is_right(
    client: TestClient, sri: str
) -> None:
    says(client, record(NAMA_LGKP="Sri Wahyuningsih", NO_RT="009"), record(NIK=STRANGER))
    clerk = Browser(client)
    clerk.sign_in("bagus")
    page = clerk.get("/selisih?kecamatan=")
    for shown in ("Sri Wahyuni", "Sri Wahyuningsih", "009", "NIK tidak terdaftar di sini"):
        assert shown in page.text
    (id_,) = [form.action for form in page.forms if form.action == f"/selisih/comparison-{sri[9:]}"]
    nothing = clerk.send(page.form(id_), "theirs", {"elements": ["name"]})
    assert nothing.codes() == ["field-missing"]
    late = clerk.send(page.form(id_), "theirs", {"elements": ["rt"], "reason": "KK"})
    assert late.codes() == ["difference-needs-its-event"]
    other = clerk.get("/selisih?kecamatan=")
    done = clerk.send(page.form(id_), "theirs", {"elements": ["name"], "reason": "Ijazah"})
    assert done.address == "/pembetulan"
    assert "Sri Wahyuningsih" in done.text
    second = clerk.send(other.form(id_), "ours", {"elements": ["name"], "reason": "Akta"})
    assert second.codes() == ["somebody-came-first"]
    ours = clerk.send(
        clerk.get("/selisih?kecamatan=").form(id_), "ours", {"elements": ["rt"], "reason": "KK"}
    )
    assert "009" not in ours.text


def test_a_list_without_differences_says_so_and_nobody_sees_it_without_signing_in(client: TestClient) -> None:
    assert Browser(client).get("/selisih").address.startswith("/masuk")
    clerk = Browser(client)
    clerk.sign_in("bagus")
    assert "Tidak ada data pusat yang berbeda" in clerk.get("/selisih").text
