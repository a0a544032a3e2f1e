"""Bad input gets a clear error with a stable code, loses nothing, and is never repeated to anybody."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from api.wiring import Hub
from tests.acts.people import SRI_NIK, StandingClock
from tests.api.conftest import asked, opened
from tests.api.program import Program, household, member, problem, shop

JSON = {"Content-Type": "application/json"}
OFFICERS_ONLY = (
    *(
        "/households/x",
        "/residents",
        "/residents/x",
        "/cases",
        "/cases/x",
        "/applications",
        "/applications/x",
    ),
    *("/streams/x", "/deliveries", "/projections"),
)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """One hub for all: what is refused leaves nothing behind."""
    with opened(tmp_path_factory.mktemp("hub"), StandingClock()) as hub:
        yield hub


@pytest.fixture(scope="module")
def client(hub: Hub) -> Iterator[TestClient]:
    with asked(hub) as client:
        yield client


@pytest.fixture(scope="module")
def program(client: TestClient) -> Program:
    return Program(client)


@pytest.mark.parametrize(
    ("changes", "status", "code", "path"),
    [
        ({"nik": "123"}, 422, "malformed-nik", "members[0]"),
        ({"nik": "3314103213909001"}, 422, "malformed-nik", "members[0]"),
        ({"religion": "9"}, 422, "unknown-code", "members[0]"),
        ({"birth_date": "2027-01-01"}, 422, "birth-in-the-future", "members[0]"),
        ({"name": " "}, 422, "name-missing-or-too-long", "members[0]"),
        ({"relation": "4"}, 422, "household-needs-one-head", None),
    ],
)
def test_a_member_that_cannot_be_is_refused_whole(
    program: Program, hub: Hub, changes: dict[str, str], status: int, code: str, path: str | None
) -> None:
    head = hub.ledger.head()
    body = problem(program.post("/households", household(member(**changes))), status, code)
    assert body.get("path") == path
    assert hub.ledger.head() == head, "nothing was recorded"


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"village": "33.14.99.9999"}, "unknown-village", "village"),
        ({"kk": "12"}, "malformed-kk", "kk"),
        ({"registered": "2026-11-25"}, "registered-in-the-future", "registered"),
    ],
)
def test_a_household_that_cannot_be_is_refused(
    program: Program, changes: dict[str, str], code: str, path: str | None
) -> None:
    assert problem(program.post("/households", household(**changes)), 422, code).get("path") == path


def test_a_nik_is_given_once(program: Program) -> None:
    program.sri()
    again = program.post("/households", household(member(nik=SRI_NIK)))
    body = problem(again, 409, "nik-already-registered")
    assert "holder" not in body, "who has it is nobody's business"
    assert SRI_NIK not in again.text


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"permit": "SIUP-RAKSASA"}, 422, "unknown-permit"),
        ({"applicant": "resident-none"}, 404, "unknown-resident"),
        ({"village": "33.14.99.9999"}, 422, "unknown-village"),
        ({"kbli": "4711"}, 422, "malformed-kbli"),
        ({"company": ""}, 422, "company-missing"),
        ({"net_worth": None}, 422, "net-worth-missing"),
        ({"net_worth": -1}, 422, "malformed-amount"),
    ],
)
def test_an_application_that_cannot_be_is_refused(
    program: Program, changes: dict[str, Any], status: int, code: str
) -> None:
    new = shop(program.resident()) | changes
    problem(program.as_("yuni").post("/applications", new), status, code)


def test_counter_steps_come_in_their_order(program: Program) -> None:
    case = program.ticket(program.resident())
    body = problem(program.step(case, "hand-over"), 422, "wrong-order-of-steps")
    assert (body["asked"], body["next"]) == ("handed-over", "called")
    problem(program.step(case, "dance"), 422, "unknown-step")
    problem(program.post(f"/cases/{case}/steps", {"step": "start-wait"}), 422, "unknown-cause")
    problem(program.step("case-none", "call"), 404, "unknown-case")


def test_one_ktp_at_a_time(program: Program) -> None:
    resident = program.resident()
    program.ticket(resident)
    again = program.post("/cases", {"document": "KTP", "resident": resident})
    problem(again, 422, "ktp-already-requested")
    other = program.post("/cases", {"document": "SIM", "resident": resident})
    problem(other, 422, "unknown-document")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe{}", b"[" * 10_000, b"{} {}", b"NaNa"])
def test_a_body_that_does_not_parse_is_told(program: Program, body: bytes) -> None:
    headers = program.token | JSON | {"Idempotency-Key": "0198c0de-0000-7000-8000-000000000002"}
    answer = program.client.post("/api/v1/households", content=body, headers=headers)
    problem(answer, 400, "body-not-json")


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"rt": 1}, "$.rt", "string-type"),
        ({"members": []}, "$.members", "too-short"),
        ({"members": [member(birth_date=20100101)]}, "$.members[0].birth_date", "date-type"),
        ({"members": [member(birth_date="17-08-1990")]}, "$.members[0].birth_date", "date-type"),
        ({"members": [member(sex=False)]}, "$.members[0].sex", "string-type"),
        ({"members": [member(name="x" * 201)]}, "$.members[0].name", "string-too-long"),
        ({SRI_NIK: "x"}, "$.*", "extra-forbidden"),
    ],
)
def test_a_wrong_shape_is_told_by_path_and_code_and_never_by_value(
    program: Program, changes: dict[str, Any], path: str, code: str
) -> None:
    with capture_logs() as lines:
        answer = program.post("/households", household(**changes))
    body = problem(answer, 422, "body-wrong-shape")
    assert body["fields"] == [{"path": path, "code": code}]
    assert SRI_NIK not in answer.text
    assert SRI_NIK not in str(lines)


def test_half_a_character_is_no_text(program: Program) -> None:
    body = json.dumps(household(address="\ud800")).encode()
    headers = program.token | JSON | {"Idempotency-Key": "0198c0de-0000-7000-8000-000000000004"}
    answer = program.client.post("/api/v1/households", content=body, headers=headers)
    assert problem(answer, 422, "body-wrong-shape")["fields"][0]["path"] == "$.address"


def test_a_missing_body_and_a_body_that_is_no_object_are_told(program: Program) -> None:
    problem(program.post("/siup-class", []), 422, "body-wrong-shape")
    problem(program.client.post("/api/v1/siup-class"), 422, "body-wrong-shape")


def test_a_query_of_the_wrong_shape_is_told(program: Program) -> None:
    for query in ("limit=0", "limit=many", "limit=501", "position=-1", "position=9223372036854775808"):
        body = problem(program.get(f"/residents?{query}"), 422, "query-wrong-shape")
        assert body["fields"][0]["path"] == f"$.{query.partition('=')[0]}"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_of_another_type_is_refused(program: Program, kind: str) -> None:
    """A form of another site can send these three without asking: none of them acts."""
    headers = program.token | {
        "Content-Type": kind,
        "Idempotency-Key": "0198c0de-0000-7000-8000-000000000003",
    }
    answer = program.client.post("/api/v1/households", content=b"{}", headers=headers)
    problem(answer, 415, "content-type-not-json")


def test_a_body_that_is_too_large_is_refused_with_or_without_its_length(program: Program, hub: Hub) -> None:
    large = household(address="x" * hub.settings.max_body)
    body = problem(program.post("/households", large), 413, "body-too-large")
    assert body["limit"] == hub.settings.max_body

    def chunks() -> Iterator[bytes]:
        for _ in range(30):
            yield b" " * 1000

    headers = program.token | JSON
    answer = program.client.post("/api/v1/households", content=chunks(), headers=headers)
    problem(answer, 413, "body-too-large")


def test_a_body_just_within_the_limit_is_read(program: Program, hub: Hub) -> None:
    padding = b" " * (hub.settings.max_body - 1)
    headers = program.token | JSON
    answer = program.client.post("/api/v1/siup-class", content=padding + b"0", headers=headers)
    problem(answer, 422, "body-wrong-shape")


def test_an_unknown_address_and_a_wrong_method_are_told(program: Program) -> None:
    problem(program.get("/nothing"), 404, "unknown-route")
    wrong = program.client.put("/api/v1/officers")
    problem(wrong, 405, "method-not-allowed")
    assert wrong.headers["allow"] == "GET"


@pytest.mark.parametrize(
    "path",
    OFFICERS_ONLY,
)
def test_personal_data_needs_an_officer(client: TestClient, path: str) -> None:
    for token in ({}, {"Authorization": "Bearer demo-nobody"}, {"Authorization": "Basic demo-dewi"}):
        answer = client.get(f"/api/v1{path}", headers=token)
        problem(answer, 401, "not-signed-in")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_problem_speaks_the_language_that_was_asked_for(program: Program) -> None:
    for wish, language, word in (
        ("", "id", "tidak"),
        ("en-GB,id;q=0.5", "en", "no"),
        ("fr, id", "id", "tidak"),
        ("fr", "id", "tidak"),
    ):
        answer = program.get("/cases/case-none", Accept_Language=wish)
        assert answer.headers["content-language"] == language
        assert word in answer.json()["title"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/residents/resident-none", "unknown-resident"),
        ("/households/household-none", "unknown-household"),
        ("/cases/case-none", "unknown-case"),
        ("/applications/application-none", "unknown-application"),
        ("/streams/resident-none", "unknown-stream"),
        ("/streams/nothing", "unknown-stream"),
        ("/catalogue/SIUP-RAKSASA", "unknown-permit"),
        ("/tracking/AAAA-BBBB-CCCC", "unknown-tracking-code"),
    ],
)
def test_what_is_not_there_is_told(program: Program, path: str, code: str) -> None:
    problem(program.get(path), 404, code)
