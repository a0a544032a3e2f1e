"""The description of the interface is valid, complete, and free of personal data in addresses."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.docs import example
from api.openapi import METHODS
from tests.acts.people import StandingClock
from tests.api.conftest import asked, opened
from tests.api.program import Program

PERSONAL = re.compile(r"(?<![a-z])(nik|kk|name|nama|npwp)(?![a-z])", re.IGNORECASE)
OPEN = tuple(
    f"/api/v1/{name}"
    for name in (
        "officers",
        "purposes",
        "regions",
        "catalogue",
        "tracking",
        "siup-class",
        "counter-services",
        "calls",
        "receipts",
        "verification",
    )
)
EVENT = re.compile(r"/civil-events/[A-Z_]+$")
"""A code of the catalogue, e.g. KK_NEW: a word of the law, and nobody's number."""
TABLES = ("/api/v1/civil-events",)
"""What everybody may read, and officers write."""


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with opened(tmp_path_factory.mktemp("hub"), StandingClock()) as hub, asked(hub) as client:
        return dict(client.get("/openapi.json").json())


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_the_description_is_valid(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(description).validate()
    broken = {name: part for name, part in description.items() if name != "info"}
    assert list(OpenAPIV31SpecValidator(broken).iter_errors()), "the control: the validator finds faults"


def personal(description: dict[str, Any]) -> list[str]:
    """Addresses and address parameters that name personal data."""
    return [
        f"{path} {parameter['name']}"
        for _, path, operation in operations(description)
        for parameter in [*operation.get("parameters", ()), {"name": path, "in": "path"}]
        if parameter["in"] in {"path", "query"} and PERSONAL.search(EVENT.sub("", parameter["name"]))
    ]


def test_no_address_holds_a_nik_a_kk_number_or_a_name(description: dict[str, Any]) -> None:
    assert personal(description) == []
    wrong: dict[str, Any] = {"paths": {"/residents/{nik}": {"get": {}}}}
    assert personal(wrong), "the control: such an address is found"


MESSAGES = ("/feeds/kemendagri/answers", "/feeds/kemendagri/records")
"""Acts of others: the sender's own message id in the body is the key."""


def test_a_message_of_others_carries_its_own_key(description: dict[str, Any]) -> None:
    for path in MESSAGES:
        body = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        schema = description["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]
        assert {"message", "receipt", "sent"} <= {*schema["required"]}


def test_every_act_needs_a_key_and_every_refusal_is_a_problem(description: dict[str, Any]) -> None:
    for method, path, operation in operations(description):
        keys = [p for p in operation.get("parameters", ()) if p["name"] == "Idempotency-Key"]
        acts = method == "post" and not path.endswith(
            ("/search", "/candidates", "/protected", "/siup-class", "/retry", "v1/verification", *MESSAGES)
        )
        assert bool(keys) == acts, path
        assert all(key["required"] for key in keys)
        for code, answer in operation["responses"].items():
            if code >= "400" and path.startswith(("/api", "/feeds")):
                assert list(answer["content"]) == ["application/problem+json"], path


def test_every_route_tells_what_it_does_and_who_may(description: dict[str, Any]) -> None:
    for method, path, operation in operations(description):
        assert operation.get("description"), path
        public = path.startswith(OPEN) or not path.startswith(("/api", "/feeds"))
        public = public or (method == "get" and path.startswith(TABLES))
        assert bool(operation.get("security")) != public, path


def test_every_example_of_a_body_fits_its_schema(description: dict[str, Any]) -> None:
    checked = 0
    for _, _, operation in operations(description):
        if body := operation.get("requestBody"):
            schema = body["content"]["application/json"]["schema"]
            validator = Draft202012Validator({**schema, "components": description["components"]})
            validator.validate(example(schema, description))
            checked += 1
    assert checked >= 8
    with pytest.raises(Exception, match="not of type"):
        validator.validate(7)


def test_the_example_of_a_household_is_one_that_is_taken(
    program: Program, description: dict[str, Any]
) -> None:
    schema = {"$ref": "#/components/schemas/NewHousehold"}
    assert program.post("/households", example(schema, description)).status_code == 201


def test_no_page_of_a_public_library_describes_us(client: TestClient) -> None:
    """Its script would come from somebody else's server."""
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404
