"""What has reached a ministry is shown, and an officer lets a courier that stopped try again."""

from datetime import UTC, datetime
from typing import cast

import pytest

from adapters.courier import Courier, CourierStatus
from adapters.ids import new_id
from api.identity import SYSTEM
from api.wiring import Hub
from domain.exchange.delivery import Acknowledge, delivery_decider, stream
from domain.kernel.decider import act
from domain.kernel.ports import Mode
from tests.api.pages.browser import Browser, Form
from tests.api.pages.steps import register

RETRY = "/kiriman/kemendagri/ulangi"


class StoppedCourier:
    """A courier whose ministry refused a record, until somebody lets it try again."""

    def __init__(self) -> None:
        self.now = CourierStatus(
            "kemendagri",
            Mode.FAILED,
            delivered=1,
            head=2,
            reason="record 2 refused",
            next_try=datetime(2026, 11, 24, 6, 0, tzinfo=UTC),
            attempts=3,
        )

    def status(self) -> CourierStatus:
        return self.now

    def retry(self) -> None:
        self.now = CourierStatus("kemendagri", Mode.RUNNING, delivered=1, head=2)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def courier(hub: Hub) -> StoppedCourier:
    stopped = StoppedCourier()
    hub.couriers = {"kemendagri": cast("Courier", stopped)}
    return stopped


def acknowledge(hub: Hub, first: int, last: int) -> None:
    receipt = Acknowledge("kemendagri", first, last, "DUKCAPIL/2026/00000001", "0" * 64)
    done = hub.ledger.execute(
        [act(delivery_decider, stream("kemendagri"), receipt)], by=SYSTEM, command_id=new_id()
    )
    hub.views.wait(done.last, 10.0)


def test_what_waits_and_why_is_shown(clerk: Browser, hub: Hub, courier: StoppedCourier) -> None:
    register(clerk)
    acknowledge(hub, 1, 1)
    page = clerk.get("/kiriman")
    assert "1 dari 2 diterima" in page.text
    assert "berhenti: gagal" in page.text
    assert "record 2 refused" in page.text
    assert "DUKCAPIL/2026/00000001" in page.text
    assert courier.status().mode is Mode.FAILED
    assert "1 menunggu" in clerk.get("/").text


def test_an_officer_lets_it_try_again(clerk: Browser, courier: StoppedCourier) -> None:
    page = clerk.send(clerk.get("/kiriman").form(RETRY))
    assert page.status == 200
    assert courier.now.mode is Mode.RUNNING
    with pytest.raises(AssertionError, match="no form"):
        page.form(RETRY)


def test_a_stranger_does_not(browser: Browser, courier: StoppedCourier) -> None:
    with pytest.raises(AssertionError, match="no form"):
        browser.get("/kiriman").form(RETRY)
    browser.sign_in("dewi")
    form = browser.get("/kiriman").form(RETRY)
    browser.send(browser.get("/").form("/keluar"))
    assert browser.send(form).status == 401
    assert courier.now.mode is Mode.FAILED


def test_a_ministry_that_nothing_is_pushed_to_says_so(clerk: Browser, hub: Hub) -> None:
    assert hub.couriers == {}
    assert "hanya diambil" in clerk.get("/kiriman").text
    assert clerk.send(_retry_of_nobody(clerk)).status == 404


def _retry_of_nobody(clerk: Browser) -> Form:
    form = clerk.get("/").form("/keluar")
    form.action = RETRY
    return form
