"""What the law protects is on no page and in no answer until it is opened, and each opening is a reading."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.wiring import Hub
from tests.api.pages.browser import Browser
from tests.api.program import Program, problem
from tests.api.test_readings import HER_PAGES, HER_ROUTES, facts, known

WORD = "netra"
"""Of the printed word for code 2."""


@pytest.fixture
def ids(program: Program) -> dict[str, str]:
    """Sri, who is blind, with everything that can be told of her."""
    found = known(program)
    answer = program.post(f"/residents/{found['resident']}/disability", {"code": "2"})
    assert answer.status_code == 200, answer.text
    return found


def opened(program: Program, resident: str, purpose: str = "service") -> Any:
    answer = program.post(f"/residents/{resident}/protected", {"purpose": purpose})
    assert answer.status_code == 200, answer.text
    return answer.json()["disability"]


def said(value: object) -> Iterator[str]:
    """Every name of a field in an answer."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from said(inner)


def test_it_is_hidden_everywhere_else(
    program: Program, client: TestClient, hub: Hub, ids: dict[str, str]
) -> None:
    browser = Browser(client)
    browser.sign_in("dewi")
    for page in HER_PAGES:
        assert WORD not in client.get(page(ids)).text.lower(), page(ids)
    for route in (one for one in HER_ROUTES if not one(ids).endswith("/pdf")):
        assert "disability" not in set(said(program.get(route(ids)).json())), route(ids)
    stream = f"protected-{ids['resident']}"
    problem(program.get(f"/streams/{stream}"), 404, "unknown-stream")
    assert client.get(f"/riwayat/{stream}").status_code == 404
    assert "protected" not in {fact.event.seen for fact in facts(hub)}
    assert opened(program, ids["resident"]) == {"code": "2", "vintage": "2019"}, "the control"


def test_an_opening_is_a_reading_with_its_purpose(program: Program, hub: Hub, ids: dict[str, str]) -> None:
    opened(program, ids["resident"], "audit")
    (fact,) = facts(hub)
    assert (fact.event.seen, fact.event.residents) == ("protected", (ids["resident"],))
    assert (fact.header.purpose, fact.header.actor) == ("audit", "dewi")
    listed = program.get(f"/residents/{ids['resident']}/readings").json()["items"]
    assert [(row["seen"], row["purpose"]) for row in listed][-1] == ("protected", "audit")


def test_without_a_purpose_that_opens_it_stays_closed(
    program: Program, hub: Hub, ids: dict[str, str]
) -> None:
    path = f"/residents/{ids['resident']}/protected"
    problem(program.post(path, {}), 422, "body-wrong-shape")
    problem(program.post(path, {"purpose": "curiosity"}), 422, "unknown-purpose")
    problem(program.post(path, {"purpose": "statistics"}), 422, "purpose-opens-nothing")
    problem(
        program.post("/residents/resident-none/protected", {"purpose": "service"}), 404, "unknown-resident"
    )
    assert facts(hub) == []


def test_it_is_recorded_by_the_list_of_the_day_once_and_taken_back(program: Program) -> None:
    sri = program.sri()
    path = f"/residents/{sri}/disability"
    assert opened(program, sri) is None
    problem(program.post(path, {"code": "7"}), 422, "unknown-code")
    problem(program.post(path, {"code": ""}), 422, "nothing-changes")
    key = "0198c0de-0000-7000-8000-000000000002"
    first, again = (program.post(path, {"code": "2"}, key) for _ in range(2))
    assert (first.json(), again.headers["Idempotent-Replayed"]) == (again.json(), "true")
    assert program.post(path, {"code": ""}).status_code == 200
    assert opened(program, sri)["code"] == ""


def test_it_is_forgotten_with_her(program: Program, ids: dict[str, str]) -> None:
    sri = ids["resident"]
    letter = {"resident": sri, "basis": "subject-request", "letter": "470/12/2026"}
    erasure = program.post("/erasures", letter).json()["erasure"]
    decided = program.as_("bagus").post(f"/erasures/{erasure}/decision", {"decision": "approve"})
    assert decided.status_code == 200
    assert opened(program, sri) is None
    problem(program.post(f"/residents/{sri}/disability", {"code": "1"}), 422, "resident-forgotten")


def test_it_is_sealed_with_her_key(program: Program, hub: Hub) -> None:
    sri = program.sri()
    program.post(f"/residents/{sri}/disability", {"code": "2"})
    (fact,) = hub.ledger.stream(f"protected-{sri}")
    assert fact.header.subjects == (sri,)


def test_the_page_asks_for_a_purpose_and_shows_it_once(
    program: Program, hub: Hub, client: TestClient, ids: dict[str, str]
) -> None:
    browser = Browser(client)
    browser.sign_in("dewi")
    address = f"/penduduk/{ids['resident']}"
    form = browser.get(address).form(f"{address}/dilindungi")
    refused = browser.send(form, values={"purpose": ""})
    assert (refused.status, WORD in refused.text.lower()) == (422, False)
    shown = browser.send(form, values={"purpose": "legal-process"})
    assert WORD in shown.text.lower()
    assert facts(hub)[-1].header.purpose == "legal-process"
    changed = browser.send(shown.form(f"{address}/disabilitas"), values={"code": "1"})
    assert "fisik" in changed.text.lower()
    wrong = browser.send(changed.form(f"{address}/disabilitas"), values={"code": "1"})
    assert wrong.codes() == ["nothing-changes"]
    assert WORD not in browser.get(address).text.lower()
