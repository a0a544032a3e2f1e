"""What is published to applications by a node: its connection to Kafka, and its relay."""

from adapters.kafka.connection import Connection
from adapters.kafka.leading import lead
from adapters.kafka.publication import relay_of
from adapters.kafka.relay import Relay
from adapters.ledger.ledger import Ledger
from api.facts import EVENTS
from api.identity import SYSTEM
from api.settings import Settings
from domain.kernel.errors import Refused
from domain.kernel.ports import Clock


def connection(settings: Settings) -> Connection:
    """Refused: ``kafka-not-configured`` when no setting says where Kafka is."""
    if not settings.kafka_bootstrap:
        raise Refused("kafka-not-configured")
    return Connection(
        settings.kafka_bootstrap,
        prefix=settings.kafka_prefix,
        security=settings.kafka_security,
        ca=settings.kafka_ca,
        certificate=settings.kafka_certificate,
        key=settings.kafka_key,
        mechanism=settings.kafka_mechanism,
        username=settings.kafka_username,
        password=settings.kafka_password.get_secret_value(),
        replication=settings.kafka_replication,
    )


def relay(settings: Settings, ledger: Ledger, clock: Clock) -> Relay:
    """Who publishes the ledger of a node. Refused: ``kafka-not-configured``."""
    to = connection(settings)
    held = lead(settings.data, settings.ledger_url.get_secret_value(), to.prefix)
    schemas = f"{settings.public_url}/schemas" if settings.public_url else "urn:simpul:schemas"
    return relay_of(
        ledger, to, EVENTS, held, clock, by=SYSTEM, source=f"//{settings.origin}", schemas=schemas
    )
