"""The topics, as data: what each carries, into how many partitions it is cut, how long it is kept.

A publication has a version: what is published anew gets topics of its own, ``simpul.ledger.v2`` and so on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

PARTITIONS = 3
"""Never more later: keys would move to other partitions, and the order of a subject would break."""
FOR_EVER = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
LARGEST = {"max.message.bytes": "1048588"}
"""Of a batch; one fact has at most 65,535 bytes, and the ledger refuses a larger one before it is appended."""


@dataclass(frozen=True, slots=True)
class Topic:
    """``settings`` as the broker names them; others are left to the operator of the cluster."""

    name: str
    partitions: int
    settings: Mapping[str, str]
    about: str


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one version of the publication."""

    prefix: str
    version: int

    @property
    def ledger(self) -> str:
        """Every record as the ledger holds it: header in clear, what is personal sealed. For our own workers."""
        return self._named("ledger")

    @property
    def cursor(self) -> str:
        """Up to which position everything is published: written in the transaction of each page."""
        return self._named("cursor")

    @property
    def relay(self) -> str:
        """The transactional id of the relay."""
        return self._named("relay")

    def public(self, office: str) -> str:
        """The public events of ``kependudukan`` or ``perizinan``."""
        return self._named(f"{office}.events")

    def _named(self, what: str) -> str:
        return f"{self.prefix}.{what}.v{self.version}"

    def __iter__(self) -> Iterator[Topic]:
        kept = FOR_EVER | LARGEST
        yield Topic(
            self.ledger, PARTITIONS, kept, "Every record as the ledger holds it, for our own workers."
        )
        for office, about in OFFICES.items():
            yield Topic(self.public(office), PARTITIONS, kept, about)
        compact = {"cleanup.policy": "compact"} | LARGEST
        yield Topic(self.cursor, 1, compact, "Up to which position everything is published.")


OFFICES = {
    "kependudukan": "What happens to residents and households, without anything personal.",
    "perizinan": "What happens to applications for permits, without anything personal.",
}
"""Who publishes, and what."""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as it is on the cluster."""

    partitions: int
    settings: Mapping[str, str]


def differences(wanted: Topic, found: Found) -> list[str]:
    """What is not as we need it, e.g. ``retention.ms is 3600000, not -1``."""
    told = []
    if found.partitions != wanted.partitions:
        told.append(f"partitions is {found.partitions}, not {wanted.partitions}")
    for name, value in sorted(wanted.settings.items()):
        if (there := found.settings.get(name)) != value:
            told.append(f"{name} is {there}, not {value}")
    return told


def partition(key: bytes) -> int:
    """Where a key has its place for ever. Chosen by us: clients differ in how they choose."""
    return crc32(key) % PARTITIONS
