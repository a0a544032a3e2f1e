"""What applications may read of the public contract: without a token, whether or not anything is published."""

from typing import Any

from fastapi import APIRouter

from adapters.kafka.topics import Topics
from api import contract
from api.rest.answering import refused_answers
from api.wiring import Hub
from domain.exchange.publication import STREAM, publication_decider
from domain.kernel.errors import Unknown


def router(hub: Hub) -> APIRouter:
    """``/asyncapi.json`` and ``/schemas`` of one hub."""
    routes = APIRouter(tags=["applications"])

    @routes.get("/asyncapi.json")
    def asyncapi() -> dict[str, Any]:
        """The topics and messages of Kafka, as AsyncAPI 3.1."""
        version = hub.ledger.load(publication_decider, STREAM).state.version
        return contract.asyncapi(Topics(hub.settings.kafka_prefix, version or 1))

    @routes.get("/schemas/{kind}/{version}", responses=refused_answers(404))
    def schema(kind: str, version: int) -> dict[str, Any]:
        """The JSON Schema of one version of one type, as `ce_dataschema` names it."""
        found = contract.named(kind, version)
        if found is None:
            raise Unknown("unknown-schema", kind=kind, version=version)
        return contract.schema(found)

    return routes
