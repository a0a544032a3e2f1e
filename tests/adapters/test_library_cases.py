"""The library's own published test cases, run against the recorders of both stores."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, Tracking
from eventsourcing.postgres import PostgresAggregateRecorder, PostgresTrackingRecorder
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteTrackingRecorder
from eventsourcing.tests import application, persistence, projection
from eventsourcing.utils import Environment, get_topic

from adapters.ledger import postgres, sqlite
from tests.postgres import Database


def environment(file: Path) -> dict[str, str]:
    return {"PERSISTENCE_MODULE": "adapters.ledger.sqlite", "SQLITE_DBNAME": str(file)}


def schema(server: Database) -> dict[str, str]:
    name = server.schema()
    return {
        "PERSISTENCE_MODULE": "adapters.ledger.postgres",
        "POSTGRES_URL": server.url(name),
        "POSTGRES_SCHEMA": name,
        "POSTGRES_POOL_SIZE": "1",
    }


class Case:
    """A factory of ours on a store of its own."""

    factory: Any
    made: dict[str, str]

    def setUp(self) -> None:
        self.factory = InfrastructureFactory.construct(Environment(env=self.made))
        self.addCleanup(self.factory.close)  # type: ignore[attr-defined]  # a TestCase beside us
        # The library's cases leave their reader threads to end by themselves: not on a closed store.
        self.addCleanup(_join_all_but, set(threading.enumerate()))  # type: ignore[attr-defined]
        super().setUp()  # type: ignore[misc]


class OnSqlite(Case):
    @pytest.fixture(autouse=True)
    def _place(self) -> Iterator[None]:
        with TemporaryDirectory() as folder:
            self.made = environment(Path(folder) / "ledger.db")
            yield


class OnPostgres(Case):
    @pytest.fixture(autouse=True)
    def _place(self, database_server: Database) -> None:
        self.made = schema(database_server)


def _join_all_but(known: set[threading.Thread]) -> None:
    for thread in set(threading.enumerate()) - known:
        if not thread.daemon:  # those of a connection pool go on until it is closed
            thread.join(10)


class SnapshotRecorderCase:
    factory: Any

    def create_recorder(self) -> Any:
        return self.factory.aggregate_recorder("snapshots")


class RecorderCase:
    factory: Any

    def create_recorder(self) -> Any:
        return self.factory.application_recorder()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()  # type: ignore[attr-defined]


class TrackingRecorderCase:
    factory: Any

    def create_recorder(self) -> Any:
        return self.factory.tracking_recorder()


class ProcessRecorderCase:
    factory: Any

    def create_recorder(self) -> Any:
        return self.factory.process_recorder()


class NonInterleavingCase:
    factory: Any
    insert_num = 1000

    def create_recorder(self) -> Any:
        return self.factory.application_recorder()


class TestSnapshotsOnSqlite(OnSqlite, SnapshotRecorderCase, persistence.AggregateRecorderTestCase): ...


class TestSnapshotsOnPostgres(OnPostgres, SnapshotRecorderCase, persistence.AggregateRecorderTestCase): ...


class TestRecorderOnSqlite(OnSqlite, RecorderCase, persistence.ApplicationRecorderTestCase[Any]): ...


class TestRecorderOnPostgres(OnPostgres, RecorderCase, persistence.ApplicationRecorderTestCase[Any]): ...


class TestTrackingOnSqlite(OnSqlite, TrackingRecorderCase, persistence.TrackingRecorderTestCase): ...


class TestTrackingOnPostgres(OnPostgres, TrackingRecorderCase, persistence.TrackingRecorderTestCase): ...


class TestProcessOnSqlite(OnSqlite, ProcessRecorderCase, persistence.ProcessRecorderTestCase): ...


class TestProcessOnPostgres(OnPostgres, ProcessRecorderCase, persistence.ProcessRecorderTestCase): ...


class TestNonInterleavingOnSqlite(
    OnSqlite, NonInterleavingCase, persistence.NonInterleavingNotificationIDsBaseCase
): ...


class TestNonInterleavingOnPostgres(
    OnPostgres, NonInterleavingCase, persistence.NonInterleavingNotificationIDsBaseCase
): ...


class CountingOnSqlite(SQLiteTrackingRecorder):
    """A subclass for the factory's test."""


class CountingOnPostgres(PostgresTrackingRecorder):
    """A subclass for the factory's test."""


class InMemory:
    made: dict[str, str]

    @pytest.fixture(autouse=True)
    def _place(self) -> None:
        self.made = {"PERSISTENCE_MODULE": "adapters.ledger.sqlite", "SQLITE_DBNAME": ":memory:"}


class FactoryCase:
    factory: Any
    made: dict[str, str]
    classes: tuple[type, ...]
    """Factory; recorders of aggregates, application, tracking, tracking in a subclass, process."""

    def setUp(self) -> None:
        self.env = Environment("TestCase", self.made)
        super().setUp()  # type: ignore[misc]

    def tearDown(self) -> None:
        self.factory.close()
        super().tearDown()  # type: ignore[misc]

    def expected_factory_class(self) -> Any:
        return self.classes[0]

    def expected_aggregate_recorder_class(self) -> Any:
        return self.classes[1]

    def expected_application_recorder_class(self) -> Any:
        return self.classes[2]

    def expected_tracking_recorder_class(self) -> Any:
        return self.classes[3]

    def tracking_recorder_subclass(self) -> Any:
        return self.classes[4]

    def expected_process_recorder_class(self) -> Any:
        return self.classes[5]


class TestFactoryOnSqlite(InMemory, FactoryCase, persistence.InfrastructureFactoryTestCase[Any]):
    classes = (
        sqlite.Factory,
        SQLiteAggregateRecorder,
        sqlite.Recorder,
        SQLiteTrackingRecorder,
        CountingOnSqlite,
        sqlite.ProcessingRecorder,
    )


class TestFactoryOnPostgres(FactoryCase, persistence.InfrastructureFactoryTestCase[Any]):
    classes = (
        postgres.Factory,
        PostgresAggregateRecorder,
        postgres.Recorder,
        PostgresTrackingRecorder,
        CountingOnPostgres,
        postgres.ProcessingRecorder,
    )

    @pytest.fixture(autouse=True)
    def _place(self, database_server: Database) -> None:
        self.made = schema(database_server)


class ApplicationCase:
    """Any application of the library works on our module, named in its environment alone."""

    made: dict[str, str]

    def setUp(self) -> None:
        super().setUp()  # type: ignore[misc]
        os.environ.update(self.made)

    def tearDown(self) -> None:
        for name in self.made:
            del os.environ[name]
        super().tearDown()  # type: ignore[misc]


class TestApplicationOnSqlite(InMemory, ApplicationCase, application.ExampleApplicationTestCase):
    expected_factory_topic = get_topic(sqlite.Factory)


class TestApplicationOnPostgres(ApplicationCase, application.ExampleApplicationTestCase):
    expected_factory_topic = get_topic(postgres.Factory)

    @pytest.fixture(autouse=True)
    def _place(self, database_server: Database) -> None:
        self.made = schema(database_server)


class Counting(projection.EventCountersView):
    """The view of the library's projection cases: two counters that are events of its own table."""

    CREATED, SUBSEQUENT = "created", "subsequent"

    def get_created_event_counter(self) -> int:
        return self._counts[self.CREATED]

    def get_subsequent_event_counter(self) -> int:
        return self._counts[self.SUBSEQUENT]

    def incr_created_event_counter(self, tracking: Tracking) -> None:
        self._count(self.CREATED, tracking)

    def incr_subsequent_event_counter(self, tracking: Tracking) -> None:
        self._count(self.SUBSEQUENT, tracking)

    def _count(self, name: str, tracking: Tracking) -> None:
        self.insert_tracking(tracking)
        self._counts[name] += 1

    @property
    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.__dict__.setdefault("counts", {self.CREATED: 0, self.SUBSEQUENT: 0})
        return counts


class CountersOnSqlite(Counting, SQLiteTrackingRecorder): ...


class CountersOnPostgres(Counting, PostgresTrackingRecorder): ...


class ProjectionCase:
    made: dict[str, str]

    def setUp(self) -> None:
        super().setUp()  # type: ignore[misc]
        self.env = self.made


class EventSourcedProjectionCase:
    made: dict[str, str]

    def setUp(self) -> None:
        super().setUp()  # type: ignore[misc]
        self.env = self.made


class PlacedOnSqlite:
    made: dict[str, str]

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> None:
        self.made = environment(tmp_path / "ledger.db")


class PlacedOnPostgres:
    made: dict[str, str]

    @pytest.fixture(autouse=True)
    def _place(self, database_server: Database) -> None:
        self.made = schema(database_server)


class TestProjectionOnSqlite(
    PlacedOnSqlite, ProjectionCase, projection.AggregateEventCountersProjectionTestCase
):
    view_class = CountersOnSqlite


class TestProjectionOnPostgres(
    PlacedOnPostgres, ProjectionCase, projection.AggregateEventCountersProjectionTestCase
):
    view_class = CountersOnPostgres


class TestEventSourcedProjectionOnSqlite(
    PlacedOnSqlite, EventSourcedProjectionCase, projection.EventSourcedProjectionTestCase
): ...


class TestEventSourcedProjectionOnPostgres(
    PlacedOnPostgres, EventSourcedProjectionCase, projection.EventSourcedProjectionTestCase
): ...


def test_another_module_is_another_factory() -> None:
    """The control: without our module the library takes its own."""
    own: Application[UUID]
    with Application(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": ":memory:"}) as own:
        assert not isinstance(own.factory, sqlite.Factory)
