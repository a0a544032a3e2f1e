"""A worker: read models that are filled from Kafka, on a machine where the ledger is not."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from adapters.kafka.cluster import Cluster
from adapters.kafka.topic_ledger import TopicLedger
from adapters.ledger.mapper import Mapper
from adapters.ledger.sealing import Keyring
from adapters.ledger.subject_keys import SubjectKeys
from adapters.reference import reference
from adapters.views import SqliteViews
from api.facts import EVENTS
from api.publishing import connection
from api.settings import Settings
from api.wiring import VALID_TIME, models
from domain.kernel.errors import Rejected, Unknown
from domain.kernel.ports import Clock
from projections.projector import Projector
from projections.readmodel import ReadModel
from projections.views import Views

WORK = "work.db"
"""The file of a worker in the folder of its node: the read models of a hub are in another one."""


@dataclass(frozen=True, slots=True)
class Worker:
    """The read models, and who fills them."""

    views: Views
    projector: Projector


@contextmanager
def open_worker(settings: Settings, names: Sequence[str], clock: Clock) -> Iterator[Worker]:
    """Read models of these names over the newest topics; the keys in the folder of ``settings``, or at its address.

    Refused: ``unknown-projection``, ``worker-cannot-number``, ``kafka-nothing-published`` and what a cluster refuses.
    """
    to = connection(settings)
    with Cluster(to) as cluster:
        topics = cluster.newest(to.prefix)
    facts = Mapper(EVENTS)
    keys = settings.data / "keys"
    with closing(SubjectKeys.open(keys, settings.keys_url.get_secret_value())) as subjects:
        facts.keyring = Keyring(subjects, lambda _: {})
        with closing(TopicLedger(to, topics, facts)) as ledger:
            wanted = _named(models(ledger, reference()), names)
            store = SqliteViews(settings.data / WORK)
            with closing(Views(store, wanted, ledger, VALID_TIME)) as views:
                yield Worker(views, Projector(views, clock))


def _named(every: Sequence[ReadModel], names: Sequence[str]) -> list[ReadModel]:
    known = {model.name: model for model in every}
    for name in names:
        if name not in known:
            raise Unknown("unknown-projection", name=name)
        if known[name].numbers:
            raise Rejected("worker-cannot-number", name=name)
    return [known[name] for name in names]
