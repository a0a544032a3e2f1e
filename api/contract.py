"""The public contract as programs read it: JSON Schemas and an AsyncAPI 3.1 document, made from the catalogue."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from inspect import getdoc
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from adapters.kafka.topics import OFFICES, Topics
from domain.exchange.announcement import PUBLIC, PublicType

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PLAIN: Mapping[Any, Mapping[str, str]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
}
ATTRIBUTES: Mapping[str, str] = {
    "content-type": "application/json",
    "ce_specversion": "1.0",
    "ce_id": "The position of the fact in the ledger, 20 digits; the same whenever it is published.",
    "ce_source": "The ledger that the fact is of.",
    "ce_type": "Type and version of the event.",
    "ce_time": "When it was recorded, RFC 3339.",
    "ce_subject": "The opaque id of the record.",
    "ce_dataschema": "Where the schema of the data is.",
    "ce_sequence": "As ce_id: in the order of the text. Ignore what is not beyond the last one in its partition.",
    "ce_partitionkey": "The key of the message: one record stays in one partition.",
}


def schema(kind: PublicType) -> dict[str, Any]:
    """The JSON Schema of one version of one type. Fields may be added to it: a reader ignores what it does not know."""
    hints = get_type_hints(kind.shape)
    names = [field.name for field in fields(kind.shape)]
    return {
        "$schema": DIALECT,
        "title": kind.type,
        "description": " ".join((getdoc(kind.shape) or "").split()),
        "type": "object",
        "properties": {name: _of(hints[name]) for name in names},
        "required": names,
        "examples": [example(kind)],
    }


def _of(hint: Any) -> dict[str, Any]:
    if hint in PLAIN:
        return dict(PLAIN[hint])
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _of(inner[0])}
    assert origin in {Union, UnionType}, hint
    return {"anyOf": [{"type": "null"} if one is type(None) else _of(one) for one in inner]}


def example(kind: PublicType) -> dict[str, Any]:
    """The example as it travels."""
    told: dict[str, Any] = json.loads(msgspec.json.encode(kind.example))
    return told


def named(name: str, version: int) -> PublicType | None:
    """The type of that name and version, e.g. ``simpul.perizinan.permit-issued`` and 1."""
    return next((kind for kind in PUBLIC if (kind.name, kind.version) == (name, version)), None)


def files() -> dict[str, str]:
    """The generated files of the contract by their path below the root: the document, and a schema for each version."""
    documents = {"docs/reference/asyncapi.json": asyncapi(Topics("simpul", 1))}
    schemas = {f"docs/reference/schemas/{kind.type}.json": schema(kind) for kind in PUBLIC}
    made = (documents | schemas).items()
    return {path: json.dumps(of, indent=1, ensure_ascii=False) + "\n" for path, of in made}


def page() -> Iterator[str]:
    """The catalogue for people: every type with its fields and an example."""
    yield from ("# What is published to applications", "")
    yield "CloudEvents 1.0 in Kafka, binary mode; [applications.md](../applications.md) tells how to read them. The same for"
    yield from (
        "machines: [asyncapi.json](asyncapi.json), served at `/asyncapi.json`, and a JSON Schema per type.",
        "",
    )
    for kind in PUBLIC:
        told = schema(kind)
        yield from (f"## `{kind.type}`", "", f"{told['description']} Topic: {_topics(kind)}.", "")
        yield from (f"[schema](schemas/{kind.type}.json)", "", "```json")
        yield from (json.dumps(example(kind), ensure_ascii=False, indent=1), "```", "")


def _topics(kind: PublicType) -> str:
    return ", ".join(f"`{Topics('simpul', 1).public(office)}`" for office in kind.offices)


def asyncapi(topics: Topics, server: str = "kafka.example:9092") -> dict[str, Any]:
    """The document for one publication: its public topics, and every message in them."""
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Simpul for applications",
            "version": "1.0.0",
            "description": "What happens in the registry and in licensing, once and in order, without anything "
            "personal. Read with isolation level read_committed, and keep your offset with your effect.",
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": {"host": server, "protocol": "kafka"}},
        "channels": {office: _channel(topics, office, about) for office, about in OFFICES.items()},
        "operations": {
            f"publish-{office}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{office}"},
                "summary": f"We publish what happens; applications read it. {about}",
            }
            for office, about in OFFICES.items()
        },
        "components": {"messages": {kind.type: _message(kind) for kind in PUBLIC}},
    }


def _channel(topics: Topics, office: str, about: str) -> dict[str, Any]:
    told = [kind for kind in PUBLIC if office in kind.offices]
    return {
        "address": topics.public(office),
        "description": about,
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {kind.type: {"$ref": f"#/components/messages/{kind.type}"} for kind in told},
        "bindings": {"kafka": {"topic": topics.public(office), "bindingVersion": "0.5.0"}},
    }


def _message(kind: PublicType) -> dict[str, Any]:
    told = schema(kind)
    del told["$schema"]
    return {
        "name": kind.type,
        "title": kind.name.rpartition(".")[2].replace("-", " ").capitalize(),
        "summary": told["description"],
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "properties": {name: _attribute(kind, name, about) for name, about in ATTRIBUTES.items()},
            "required": [*ATTRIBUTES],
        },
        "payload": told,
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "The opaque id of the record."},
                "bindingVersion": "0.5.0",
            }
        },
        "examples": [{"name": kind.type, "payload": example(kind)}],
    }


def _attribute(kind: PublicType, name: str, about: str) -> dict[str, str]:
    fixed = {"content-type": "application/json", "ce_specversion": "1.0", "ce_type": kind.type}
    if name in fixed:
        return {"type": "string", "const": fixed[name]}
    return {"type": "string", "description": about}
