"""A page that may lack something says so above everything else, in the reader's language."""

import pytest
from fastapi.testclient import TestClient

from api.wiring import Hub
from tests.api.pages.browser import Browser
from tests.api.program import Program
from tests.api.test_incomplete import park

PAGES = {
    "/": "deliveries",
    "/penduduk": "residents",
    "/loket": "ktp_queue",
    "/antrean/KEC-10": "ktp_queue",
    "/lima-menit": "ktp_queue",
    "/blangko": "blank_stock",
    "/blangko/KEC-10": "blank_stock",
    "/izin/berkas": "where_is_my_permit",
    "/kiriman": "deliveries",
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_an_incomplete_read_model_has_a_banner(
    path: str, clerk: Browser, client: TestClient, hub: Hub
) -> None:
    assert "terparkir" not in client.get(path).text
    park(hub, PAGES[path])
    assert "mungkin tidak lengkap: 1 fakta terparkir" in client.get(path).text
    assert "may be incomplete: 1 facts are parked" in client.get(path, params={"lang": "en"}).text


BANNER = "mungkin tidak lengkap: 1 fakta terparkir"


@pytest.fixture
def records(clerk: Browser, program: Program) -> dict[str, str]:
    """The page of a case, an application, its tracking, a resident and her household, by read model."""
    made = program.register()
    resident = made["residents"][0]
    case, application = program.ticket(resident), program.as_("yuni").filed(resident)
    code = program.get(f"/applications/{application}").json()["tracking"]
    return {
        f"/loket/{case}": "ktp_queue",
        f"/izin/berkas/{application}": "where_is_my_permit",
        f"/lacak?kode={code}": "where_is_my_permit",
        f"/penduduk/{resident}": "residents",
        f"/keluarga/{made['household']}": "residents",
    }


def test_the_page_of_a_record_has_it_too(records: dict[str, str], client: TestClient, hub: Hub) -> None:
    assert not [path for path in records if "terparkir" in client.get(path).text]
    park(hub, "deliveries")
    assert not [path for path in records if "terparkir" in client.get(path).text], "none of their business"
    for number, model in enumerate(sorted(set(records.values())), 1):
        park(hub, model, number)
    alone = [path for path, model in records.items() if not path.startswith(("/loket", "/penduduk"))]
    assert [path for path in alone if BANNER in client.get(path).text] == alone
    assert all("tidak lengkap: 2 fakta" in client.get(path).text for path in records.keys() - set(alone))


def test_the_page_of_a_record_that_is_missing_has_it_too(
    clerk: Browser, client: TestClient, hub: Hub
) -> None:
    assert "terparkir" not in client.get("/loket/case-404").text
    park(hub, "ktp_queue")
    answer = client.get("/loket/case-404")
    assert answer.status_code == 404
    assert BANNER in answer.text


def test_the_page_of_read_models_tells_which_one_it_is(client: TestClient, hub: Hub) -> None:
    park(hub, "residents", 7)
    page = client.get("/proyeksi").text
    assert "Terparkir" in page
