"""Companion mode on the pages: what waits for the centre is seen, and so is what it has answered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import MinistrySettings, Settings
from api.wiring import Hub, open_hub
from tests.acts.centre import Centre
from tests.acts.people import StandingClock
from tests.api.pages.browser import Browser
from tests.api.pages.steps import find
from tests.api.program import Program, member

JOKO, SRI, KK = "3314100101889001", "3314105708909001", "3314101001269001"
FRIDAY = "2026-11-20"


@pytest.fixture
def hub(tmp_path: Path, clock: StandingClock) -> Iterator[Hub]:
    ministry = MinistrySettings(inbound_token=SecretStr("centre"))
    settings = Settings(data=tmp_path, synthetic=True, wait=10.0, mode="companion", kemendagri=ministry)
    with open_hub(settings, clock) as hub:
        hub.start()
        yield hub


@pytest.fixture
def client(hub: Hub) -> Iterator[TestClient]:
    with TestClient(create_app(hub), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def couple(client: TestClient) -> list[str]:
    people = [
        member(nik=JOKO, name="Joko", sex="1", birth_date="1988-01-01", marital="2"),
        member(nik=SRI, marital="2", relation="3"),
    ]
    return list(Program(client).register(*people, kk=KK)["residents"])


def answer(client: TestClient, hub: Hub, filing: str, **more: Any) -> int:
    """The centre grants a file over its own door; or says what is asked."""
    given = Centre(hub.desk).grants(filing)
    body = {
        "message": given.message,
        "receipt": given.receipt,
        "sent": given.sent.isoformat(),
        "filing": filing,
        "decision": "granted",
        "reason": "",
        "numbers": [{"stream": stream, "number": number} for stream, number in given.numbers.items()],
        **more,
    }
    headers = {"Authorization": "Bearer centre"}
    status: int = client.post("/feeds/kemendagri/answers", json=body, headers=headers).status_code
    return status


def test_a_birth_waits_for_the_centre_and_is_entered_by_its_answer(
    clerk: Browser, client: TestClient, hub: Hub, couple: list[str], clock: StandingClock
) -> None:
    page = clerk.get(f"/peristiwa/BIRTH?penduduk={couple[1]}")
    assert "diputuskan pusat" in page.text
    form = page.form("/peristiwa/BIRTH")
    filed = clerk.send(form, "record", {"on": FRIDAY, "newborn-name": "Bayu", "newborn-sex": "1"})
    assert filed.address.startswith("/berkas/filing-")
    assert "menunggu pusat" in filed.text
    assert "Belum ada data yang berubah" in filed.text
    clock.time = clock.time.replace(hour=clock.time.hour + 2)
    waiting = clerk.get("/berkas")
    assert "1 menunggu" in waiting.text
    assert "2:00:00" in waiting.text
    assert "orang baru" in waiting.text
    assert filed.address in waiting.links
    filing = filed.address.split("/")[2]
    assert answer(client, hub, filing) == 200
    granted = clerk.get(filed.address)
    assert "dikabulkan pusat" in granted.text
    assert "PUSAT/1" in granted.text
    (entry,) = (link for link in granted.links if "?entri=" in link)
    assert "Bayu" in clerk.get(entry).text
    assert "Berkas dikabulkan pusat" in clerk.get(f"/riwayat/{filing}").text


def test_a_refusal_of_the_centre_is_shown_with_its_reason(
    clerk: Browser, client: TestClient, hub: Hub, couple: list[str]
) -> None:
    form = clerk.get(f"/peristiwa/NAME_CHANGE?penduduk={couple[1]}").form("/peristiwa/NAME_CHANGE")
    given = {"on": FRIDAY, "name": "Sri Rejeki", "decision": "5/2026"}
    filed = clerk.send(form, "record", given)
    said = {"decision": "refused", "reason": "Penetapan tidak ditemukan", "numbers": []}
    assert answer(client, hub, filed.address.split("/")[2], **said) == 200
    for address in (filed.address, "/berkas"):
        assert "Penetapan tidak ditemukan" in clerk.get(address).text


def test_the_ticket_of_the_counter_waits_for_the_central_system(
    clerk: Browser, client: TestClient, hub: Hub, couple: list[str]
) -> None:
    program = Program(client, keys=iter([str(UUID(int=n)) for n in range(90, 99)]))
    case = program.post("/cases", {"document": "KK", "resident": couple[0]}).json()["case"]
    assert program.step(case, "call").status_code == 200
    page = clerk.get(f"/loket/{case}")
    (link,) = (link for link in page.links if "kasus=" in link)
    change = next(a for a in clerk.get(link).links if a.startswith("/peristiwa/KK_CHANGE"))
    form = clerk.get(change).form("/peristiwa/KK_CHANGE")
    values = {name: "8" for name, _ in form.fields if name.endswith("education")}
    filed = clerk.send(form, "record", {"on": FRIDAY, **values})
    assert filed.address.startswith("/berkas/"), filed.text
    assert "sistem pusat" in clerk.get(f"/loket/{case}").text
    assert answer(client, hub, filed.address.split("/")[2]) == 200
    assert 'value="print-card"' in clerk.get(f"/loket/{case}").html


def test_a_form_that_the_rules_refuse_is_refused_at_once(clerk: Browser, couple: list[str]) -> None:
    form = clerk.get(f"/peristiwa/DEATH?penduduk={couple[0]}").form("/peristiwa/DEATH")
    refused = clerk.send(form, "record", {"on": FRIDAY})
    assert (refused.status, refused.codes()) == (422, ["new-head-needed"])
    assert "Tidak ada berkas" in clerk.get("/berkas").text
    assert clerk.get("/berkas/filing-9").status == 404
    assert find(clerk, SRI)
