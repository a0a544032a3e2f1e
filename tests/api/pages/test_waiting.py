"""What waits for an officer stands on one page, and what she asked for herself waits for another."""

import pytest
from fastapi.testclient import TestClient

from tests.acts.people import SRI_NIK
from tests.api.pages.browser import Browser
from tests.api.pages.steps import find, register

CORRECT = "/peristiwa/CORRECTION"


def counts(browser: Browser) -> dict[str, str]:
    """The figures of the page by the path that settles them."""
    html = browser.get("/menunggu").html
    cells = html.partition('<dl class="figures">')[2].partition("</dl>")[0].split("</dt><dd>")[1:]
    return {cell.split('href="')[1].split('"')[0].partition("?")[0]: cell.partition("<")[0] for cell in cells}


@pytest.fixture
def asked(clerk: Browser) -> Browser:
    """Dewi has registered Sri and asked for a correction of her name."""
    register(clerk)
    sri = find(clerk, SRI_NIK).address.split("/")[2]
    values = {"changes-name": "Sri Wahyuningsih", "reason": "salah tulis"}
    clerk.send(clerk.get(f"{CORRECT}?penduduk={sri}").form(CORRECT), "record", values)
    return clerk


def test_what_an_officer_asked_for_waits_for_another(asked: Browser) -> None:
    assert counts(asked)["/pembetulan"] == "0"
    asked.sign_in("bagus")
    assert counts(asked)["/pembetulan"] == "1"


def test_a_card_that_changed_is_named_until_it_is_in_their_hands(asked: Browser) -> None:
    assert "versi 2" not in asked.get("/menunggu").text
    asked.sign_in("bagus")
    correction = next(form for form in asked.get("/pembetulan").forms if "/pembetulan/" in form.action)
    asked.send(correction, "approve")
    waiting = asked.get("/menunggu")
    assert "versi 2" in waiting.text
    assert counts(asked)["/pembetulan"] == "0"
    household = next(link for link in waiting.links if link.startswith("/keluarga/household-"))
    assert "Sri Wahyuningsih" in asked.get(household).text


def test_nobody_sees_the_queue_without_signing_in(reader: TestClient) -> None:
    assert Browser(reader).get("/menunggu").address.startswith("/masuk")
    assert "/statistik" in Browser(reader).get("/").links
