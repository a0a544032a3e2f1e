"""The cluster as an operator sees it: which one it is, its topics and their settings, who reads how far."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from adapters.kafka.connection import Bounded, Connection, kafka_errors
from adapters.kafka.topics import Found, Topic, Topics, differences
from domain.kernel.errors import Refused, Rejected

ANSWER = 20.0
"""Seconds within which the cluster answers an administrator."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a group is in one partition of ours, and who reads there (empty: nobody now).

    ``lag`` counts what stands before the end: records, and the markers of transactions.
    """

    group: str
    topic: str
    partition: int
    offset: int
    lag: int
    owner: str


class Cluster:
    """An administrator's connection. Refused: ``kafka-unreachable``, ``kafka-not-allowed``."""

    def __init__(self, connection: Connection) -> None:
        with kafka_errors():
            from kafka import KafkaAdminClient

            self._admin: Any = Bounded(KafkaAdminClient(**connection.options()), ANSWER)
        self._replication = connection.replication

    def id(self) -> str:
        with kafka_errors():
            return str(self._admin.describe_cluster()["cluster_id"])

    def found(self, topics: Iterable[Topic]) -> dict[str, Found]:
        """Those of these topics that are there."""
        wanted = {topic.name: topic for topic in topics}
        with kafka_errors():
            there = [t for t in self._admin.describe_topics() if t["name"] in wanted and not t["error_code"]]
            settings = self._settings([wanted[t["name"]] for t in there]) if there else {}
        return {t["name"]: Found(len(t["partitions"]), settings.get(t["name"], {})) for t in there}

    def _settings(self, topics: Iterable[Topic]) -> Mapping[str, Mapping[str, str]]:
        from kafka.admin import ConfigResource, ConfigResourceType

        asked = [ConfigResource(ConfigResourceType.TOPIC, t.name, [*t.settings]) for t in topics]
        told = self._admin.describe_configs(asked, config_filter="all")["topic"]
        return {name: {key: entry["value"] for key, entry in of.items()} for name, of in told.items()}

    def create(self, topics: Iterable[Topic]) -> None:
        """Make the topics; another hub may be doing the same."""
        made = {
            topic.name: {
                "num_partitions": topic.partitions,
                "replication_factor": self._replication,
                "configs": dict(topic.settings),
            }
            for topic in topics
        }
        if made:
            with kafka_errors():
                from kafka.errors import TopicAlreadyExistsError

                try:
                    self._admin.create_topics(made, wait_for_metadata=True)
                except TopicAlreadyExistsError:
                    self._admin.wait_for_topics([*made])

    def ready(self, topics: Topics, *, create: bool) -> None:
        """The topics are there and as we need them; those that are absent are made when ``create``.

        Refused: ``kafka-topic-missing``, ``kafka-topic-differs``, which names what differs.
        """
        found = self.found(topics)
        absent = [topic for topic in topics if topic.name not in found]
        if absent and not create:
            raise Rejected("kafka-topic-missing", topic=", ".join(topic.name for topic in absent))
        for topic in topics:
            if topic.name in found and (told := differences(topic, found[topic.name])):
                raise Rejected("kafka-topic-differs", topic=topic.name, what="; ".join(told))
        self.create(absent)

    def newest(self, prefix: str) -> Topics:
        """The topics of the newest version that is there. Refused: ``kafka-nothing-published``."""
        with kafka_errors():
            names = set(self._admin.list_topics())
        begin = Topics(prefix, 0).ledger.removesuffix("0")
        ends = [name.removeprefix(begin) for name in names if name.startswith(begin)]
        versions = [int(end) for end in ends if end.isdigit()]
        if not versions:
            raise Rejected("kafka-nothing-published", prefix=prefix)
        return Topics(prefix, max(versions))

    def places(self, topics: Topics) -> list[Place]:
        """How far every group is that keeps its place in the cluster."""
        ours = {topic.name for topic in topics}
        with kafka_errors():
            groups = sorted(group["group_id"] for group in self._admin.list_groups())
            if not groups:
                return []
            kept = {
                (group, place): at.offset
                for group, found in self._admin.list_group_offsets(dict.fromkeys(groups)).items()
                for place, at in found.items()
                if place.topic in ours
            }
            ends = self._ends({place for _, place in kept})
            owners = self._owners(sorted({group for group, _ in kept}))
        return [
            _place(group, place, offset, ends[place], owners.get((group, *place), ""))
            for (group, place), offset in sorted(kept.items())
        ]

    def _ends(self, places: Iterable[Any]) -> dict[Any, int]:
        from kafka.admin import OffsetSpec

        asked = dict.fromkeys(places, OffsetSpec.LATEST)
        return (
            {place: end.offset for place, end in self._admin.list_partition_offsets(asked).items()}
            if asked
            else {}
        )

    def _owners(self, groups: list[str]) -> dict[tuple[str, str, int], str]:
        found = self._admin.describe_groups(groups) if groups else {}
        return {
            (group, assigned["topic"], part): member["client_id"]
            for group, told in found.items()
            for member in told["members"]
            for assigned in (member["member_assignment"] or {}).get("assigned_partitions", ())
            for part in assigned["partitions"]
        }

    def close(self) -> None:
        with suppress(Refused):  # it hangs: what it was asked has been answered
            self._admin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _place(group: str, place: Any, offset: int, end: int, owner: str) -> Place:
    return Place(group, place.topic, place.partition, offset, max(0, end - offset), owner)
