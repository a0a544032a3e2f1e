"""What holds for every answer: headers, log lines, health, and a clean end when something breaks."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from api.app import create_app
from api.health import TOO_FAR_BEHIND, fit, gauge
from api.middleware import Watched
from api.wiring import Hub
from domain.kernel.errors import Refused, StoreUnavailable
from projections.views import ModelStatus
from tests.acts.people import SRI_NIK
from tests.api.program import Program, household, member, problem


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/officers", "/feeds/kemendagri", "/healthz", "/openapi.json", "/nothing"]
)
def test_every_answer_protects_its_reader(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"]


def test_people_get_a_page_and_programs_a_problem(client: TestClient) -> None:
    problem(client.get("/api/v1/nothing"), 404, "unknown-route")
    page = client.get("/nothing")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "unknown-page" in page.text


def broken(hub: Hub) -> FastAPI:
    """The application with a route that breaks, with personal data in what it raises."""
    app = create_app(hub)

    @app.get("/api/v1/broken/{what}")
    def break_(what: str) -> None:
        raise ValueError(f"no such person: {what} {SRI_NIK}")

    return app


def test_what_breaks_is_answered_and_told_without_personal_data(hub: Hub) -> None:
    with capture_logs() as lines, TestClient(broken(hub)) as client:
        answer = client.get(f"/api/v1/broken/{SRI_NIK}")
    problem(answer, 500, "internal-error")
    (fault,) = [line for line in lines if line["event"] == "request-broke"]
    assert (fault["error"], fault["route"]) == ("ValueError", "/api/v1/broken/{what}")
    assert SRI_NIK not in answer.text + str(lines)


def test_no_log_line_holds_what_a_caller_sent(program: Program) -> None:
    with capture_logs() as lines:
        resident = program.sri()
        program.post("/households", household(member(nik=SRI_NIK)))
        program.post("/residents/search", {"nik": SRI_NIK})
        program.get(f"/residents/{SRI_NIK}")
        program.client.get(f"/lacak?kode={SRI_NIK}")
        program.client.get(f"/{SRI_NIK}")
        program.get(f"/residents/{resident}")
    routes = [line["route"] for line in lines if line["event"] == "request"]
    assert "/api/v1/residents/{resident}" in routes, "the control: these requests are in the log"
    assert "/api/v1/residents/search" in routes
    for secret in (SRI_NIK, "Sri Wahyuni", resident):
        assert secret not in str(lines)


def test_acts_and_refusals_are_told(program: Program) -> None:
    with capture_logs() as lines:
        program.resident()
        program.get("/cases/case-none")
    told = [(line["method"], line["route"], line["status"]) for line in lines]
    assert ("POST", "/api/v1/households", 201) in told
    assert ("GET", "/api/v1/cases/{case}", 404) in told


@pytest.mark.parametrize(("seconds", "told"), [(0.2, 0), (1.2, 1)])
def test_a_reading_is_told_when_it_was_slow(seconds: float, told: int) -> None:
    times = iter((0.0, seconds))
    page = Watched(PlainTextResponse("well"), unanswerable, lambda: next(times))
    with capture_logs() as lines:
        assert TestClient(page).get("/").text == "well"
    assert len(lines) == told


def unanswerable(_: Request, refused: Refused) -> Response:
    raise refused


def test_a_hub_that_follows_its_ledger_is_ready(program: Program) -> None:
    program.resident()
    answer = program.client.get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["ready"]) == (200, True)
    assert body["ledger"] > 0
    assert set(body["projections"]) >= {"residents", "ktp_queue", "feed_kemendagri"}
    assert program.client.get("/healthz").json() == {"status": "ok"}


class Unreadable:
    """A ledger whose disk is gone."""

    def head(self) -> int:
        raise StoreUnavailable("store-failed")


def test_a_hub_without_its_ledger_is_not_ready_and_says_why(hub: Hub, client: TestClient) -> None:
    whole = hub.ledger
    hub.ledger = Unreadable()  # type: ignore[assignment]  # all that is asked of it
    try:
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200, "alive all the same"
    finally:
        hub.ledger = whole
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "ledger": "store-failed"})


def test_a_read_model_that_failed_or_lags_is_not_fit() -> None:
    model = ModelStatus("residents", 1, 10, 0, "running", None)
    assert fit(model)
    assert not fit(replace(model, mode="failed"))
    assert not fit(replace(model, lag=TOO_FAR_BEHIND))


def metrics(text: str) -> dict[str, float]:
    samples = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in samples}


def test_metrics_count_and_tell_nothing_personal(program: Program, hub: Hub) -> None:
    resident = program.sri()
    answer = program.client.get("/metrics")
    found = metrics(answer.text)
    assert found["simpul_ledger_position"] == hub.ledger.head()
    assert found['simpul_projection_lag{model="residents"}'] == 0
    assert found['simpul_feed_head{destination="kemendagri"}'] == 1
    assert found['simpul_feed_lag{destination="kemendagri"}'] == 1, "nothing is pushed here"
    assert SRI_NIK not in answer.text
    assert resident not in answer.text
    assert list(gauge("x", "About.", "", {"": 1})) == [
        "# HELP simpul_x About.",
        "# TYPE simpul_x gauge",
        "simpul_x 1",
    ]


def test_deliveries_and_projections_tell_how_far_they_are(program: Program) -> None:
    program.resident()
    deliveries: dict[str, Any] = program.get("/deliveries").json()
    assert set(deliveries) == {"kemendagri", "kemendag"}
    assert deliveries["kemendagri"] | {"head": 1, "lag": 1, "mode": None} == deliveries["kemendagri"]
    assert {p["mode"] for p in program.get("/projections").json()} == {"running"}
    problem(program.post("/deliveries/kemenkes/retry", {}), 404, "unknown-destination")
