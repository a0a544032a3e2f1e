"""A page that may lack something says so above everything else, in the reader's language."""

import pytest
from fastapi.testclient import TestClient

from api.wiring import Hub
from tests.api.pages.browser import Browser
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


def test_the_page_of_read_models_tells_which_one_it_is(client: TestClient, hub: Hub) -> None:
    park(hub, "residents", 7)
    page = client.get("/proyeksi").text
    assert "Terparkir" in page
