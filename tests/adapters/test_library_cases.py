"""The library's own published test cases, run against our recorders."""

import os
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteTrackingRecorder
from eventsourcing.tests import application, persistence
from eventsourcing.utils import Environment, get_topic

from adapters.ledger import sqlite


class OnDisk:
    """A factory of ours on a file of its own."""

    factory: sqlite.Factory

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)  # type: ignore[attr-defined]  # a TestCase beside us
        self.factory = sqlite.Factory({"SQLITE_DBNAME": str(Path(folder.name) / "ledger.db")})
        self.addCleanup(self.factory.close)  # type: ignore[attr-defined]
        # The library's cases leave their reader threads to end by themselves: not on a closed store.
        self.addCleanup(_join_all_but, set(threading.enumerate()))  # type: ignore[attr-defined]
        super().setUp()  # type: ignore[misc]


def _join_all_but(known: set[threading.Thread]) -> None:
    for thread in set(threading.enumerate()) - known:
        thread.join(10)


class TestSnapshotRecorder(OnDisk, persistence.AggregateRecorderTestCase):
    def create_recorder(self) -> Any:
        return self.factory.aggregate_recorder("snapshots")


class TestRecorder(OnDisk, persistence.ApplicationRecorderTestCase[sqlite.Recorder]):
    def create_recorder(self) -> Any:
        return self.factory.application_recorder()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestTrackingRecorder(OnDisk, persistence.TrackingRecorderTestCase):
    def create_recorder(self) -> Any:
        return self.factory.tracking_recorder()


class TestProcessRecorder(OnDisk, persistence.ProcessRecorderTestCase):
    def create_recorder(self) -> Any:
        return self.factory.process_recorder()


class TestNonInterleaving(OnDisk, persistence.NonInterleavingNotificationIDsBaseCase):
    insert_num = 1000

    def create_recorder(self) -> Any:
        return self.factory.application_recorder()


class CountingRecorder(SQLiteTrackingRecorder):
    """A subclass for the factory's test."""


class TestFactory(persistence.InfrastructureFactoryTestCase[sqlite.Factory]):
    def setUp(self) -> None:
        self.env = Environment("TestCase")
        self.env[InfrastructureFactory.PERSISTENCE_MODULE] = "adapters.ledger.sqlite"
        self.env["SQLITE_DBNAME"] = ":memory:"
        super().setUp()

    def expected_factory_class(self) -> Any:
        return sqlite.Factory

    def expected_aggregate_recorder_class(self) -> Any:
        return SQLiteAggregateRecorder

    def expected_application_recorder_class(self) -> Any:
        return sqlite.Recorder

    def expected_tracking_recorder_class(self) -> Any:
        return SQLiteTrackingRecorder

    def tracking_recorder_subclass(self) -> Any:
        return CountingRecorder

    def expected_process_recorder_class(self) -> Any:
        return sqlite.ProcessingRecorder


class TestApplication(application.ExampleApplicationTestCase):
    """Any application of the library works on our module, named in its environment alone."""

    expected_factory_topic = get_topic(sqlite.Factory)
    environment: ClassVar[dict[str, str]] = {
        "PERSISTENCE_MODULE": "adapters.ledger.sqlite",
        "SQLITE_DBNAME": ":memory:",
    }

    def setUp(self) -> None:
        super().setUp()
        os.environ.update(self.environment)

    def tearDown(self) -> None:
        for name in self.environment:
            del os.environ[name]
        super().tearDown()


def test_another_module_is_another_factory() -> None:
    """The control: without our module the library takes its own."""
    own: Application[UUID]
    with Application(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": ":memory:"}) as own:
        assert not isinstance(own.factory, sqlite.Factory)
