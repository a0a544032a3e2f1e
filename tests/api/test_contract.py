"""The public contract: valid for machines, kept for ever, and without a place for anybody's data."""

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft7Validator, Draft202012Validator

from adapters.kafka.mapping import TYPES
from adapters.kafka.topics import Topics
from api.contract import asyncapi, example, files, schema
from domain.exchange.announcement import PUBLIC, Announced, PublicType
from domain.exchange.change import OF_A_PERSON
from tests.published import FIXTURES, breaks, kept

SPECIFICATION = FIXTURES.parent / "asyncapi" / "3.1.0.json.gz"


@pytest.fixture(scope="module")
def specification() -> Draft7Validator:
    return Draft7Validator(json.loads(gzip.decompress(SPECIFICATION.read_bytes())))


def test_the_document_is_asyncapi(specification: Draft7Validator) -> None:
    document = asyncapi(Topics("simpul", 1))
    assert [error.message for error in specification.iter_errors(document)] == []
    broken = document | {"channels": {"perizinan": {"adress": "simpul.perizinan.events.v1"}}}
    assert list(specification.iter_errors(broken)), "the control: it finds faults"


def test_every_reference_in_the_document_leads_somewhere() -> None:
    document = asyncapi(Topics("simpul", 1))

    def references(of: Any) -> list[str]:
        if isinstance(of, dict):
            own = [of["$ref"]] if "$ref" in of else []
            return [*own, *(r for value in of.values() for r in references(value))]
        return [r for value in of for r in references(value)] if isinstance(of, list) else []

    for reference in references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: kind.type)
def test_a_schema_is_valid_and_its_example_fits(kind: PublicType) -> None:
    made = schema(kind)
    Draft202012Validator.check_schema(made)
    valid = Draft202012Validator(made)
    assert list(valid.iter_errors(example(kind))) == []
    assert list(valid.iter_errors({})), "the control: an empty event does not fit"
    assert made["description"], "it says what it is"


def test_every_shape_has_one_type_and_every_type_its_topic() -> None:
    assert set(get_args(Announced)) == set(TYPES)
    assert len({kind.type for kind in PUBLIC}) == len(PUBLIC)
    offices = {channel["address"] for channel in asyncapi(Topics("s", 1))["channels"].values()}
    assert offices == {"s.kependudukan.events.v1", "s.perizinan.events.v1"}


def test_no_shape_has_a_place_for_what_a_person_owns() -> None:
    owned = set(OF_A_PERSON)
    assert [(k.type, f.name) for k in PUBLIC for f in fields(k.shape) if f.name in owned] == []


# -- what was published once


@pytest.mark.parametrize("type_", sorted(kept()))
def test_what_was_published_is_still_told_as_it_was(type_: str) -> None:
    (kind,) = [kind for kind in PUBLIC if kind.type == type_]
    assert list(breaks(kept()[type_], schema(kind))) == []


def test_every_type_has_been_put_on_record() -> None:
    """``python -m tests.published --append`` does it."""
    assert {kind.type for kind in PUBLIC} == set(kept())


def _without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda new: new["properties"].pop(name)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_without("number"), "number is gone"),
        (lambda new: new["properties"]["number"].update(type="integer"), "number is of another type"),
        (lambda new: new["properties"]["on"].pop("format"), "on is of another type"),
        (lambda new: new["required"].remove("on"), "on may be missing"),
    ],
    ids=["removed", "retyped", "reformatted", "optional"],
)
def test_an_incompatible_change_is_found(change: Callable[[dict[str, Any]], object], told: str) -> None:
    """The control."""
    old = kept()["simpul.perizinan.permit-issued.v1"]
    new = deepcopy(old)
    change(new)
    assert list(breaks(old, new)) == [told]


def test_a_field_may_be_added_and_a_description_be_better() -> None:
    old = kept()["simpul.perizinan.permit-issued.v1"]
    new = deepcopy(old)
    new["properties"] |= {"office": {"type": "string"}}
    new["properties"]["on"]["description"] = "The day of issue."
    assert list(breaks(old, new)) == []


# -- served


def test_document_and_schemas_are_served_to_everybody(client: TestClient) -> None:
    assert client.get("/asyncapi.json").json() == asyncapi(Topics("simpul", 1))
    for kind in PUBLIC:
        assert client.get(f"/schemas/{kind.name}/{kind.version}").json() == schema(kind)


@pytest.mark.parametrize("path", ["nonsense/1", "simpul.perizinan.permit-issued/99"])
def test_an_unknown_schema_is_told_as_that(client: TestClient, path: str) -> None:
    answer = client.get(f"/schemas/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-schema")


def test_every_schema_has_its_file_below_docs() -> None:
    paths = {Path(path).name for path in files()}
    assert paths == {"asyncapi.json", *(f"{kind.type}.json" for kind in PUBLIC)}
