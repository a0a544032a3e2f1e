"""The ledger: one door. All acts are decided, then all of their events are appended, or nothing is.

It is an application of ``eventsourcing``: it loads through the library's repository, puts through its
event store, and anything else the library offers (notification log, subscriptions) works on it.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.application import Application

from adapters.ledger.deciding import NAME, Prepared, Submission, claimed, insert, repeated
from adapters.ledger.keys import Keys, make_folder
from adapters.ledger.many import Together
from adapters.ledger.mapper import Fact, Mapper
from adapters.ledger.remembered import Remembered
from adapters.ledger.sealing import Keyring
from adapters.ledger.store import ClaimTaken, CommandTaken, LedgerRecorder, Row, VersionTaken, store_errors
from adapters.ledger.subject_keys import SubjectKeys
from domain.kernel.decider import Act, Decider
from domain.kernel.errors import CommandRunning, Refused, StoreUnavailable
from domain.kernel.events import Actor, EventType, Receipt, Recorded
from domain.kernel.ports import Clock, Loaded

S = TypeVar("S")
ATTEMPTS = 5
"""How often a lost race is decided again."""


class Ledger(Together, Application[str]):
    """One ledger on one store. Safe for many threads, and for other processes on the same store."""

    env = {"ORIGINATOR_ID_TYPE": "text"}  # noqa: RUF012 - the library's own declaration

    def __init__(
        self, at: Path | str, *, keys: Keys, subjects: SubjectKeys, events: Iterable[EventType], clock: Clock
    ) -> None:
        """``at``: a file, or the address of a PostgreSQL database (``postgresql://``)."""
        self._clock = clock
        self._keys = keys
        self._subjects = subjects
        self._facts = Mapper(events)
        # Sets and mappings in one order: another order, or another run, is not another request.
        self._encode = msgspec.json.Encoder(order="deterministic").encode
        self._running: set[UUID] = set()
        self._remembered = Remembered()
        self._lock = Lock()
        with store_errors():
            super().__init__(_module(at))
        store: LedgerRecorder = self.recorder
        store.clock = clock
        self._keyring = self._facts.keyring = Keyring(subjects, store.subject_keys)
        try:
            self._must_be_of(store)
        except BaseException:
            super().close()
            raise

    def _must_be_of(self, store: LedgerRecorder) -> None:
        """Our keys are those that this ledger was begun with. With others no number would be found, and one
        key id would stand for two people.
        """
        ours = {"ledger.key": self._keys.mark, "key-store": self._subjects.id}
        with store_errors():
            held = store.marked(ours)
        for name, mark in ours.items():
            if held.get(name, mark) != mark:
                raise StoreUnavailable("keys-of-another-ledger", key=name)

    @classmethod
    def open(
        cls, at: Path | str, *, keys: Path, events: Iterable[EventType], clock: Clock, key_store: str = ""
    ) -> "Ledger":
        """Open the ledger with the keys in folder ``keys``; all is made when new. ``key_store``: the address of
        a database for the keys of subjects, if they shall not be in the folder.

        Refused: ``StoreUnavailable`` (no key for an existing ledger, or another's; newer format, unreadable).
        """
        lookup = Keys.open(keys, create=_is_new(at))
        subjects = SubjectKeys.open(keys, key_store)
        try:
            return cls(at, keys=lookup, subjects=subjects, events=events, clock=clock)
        except BaseException:
            subjects.close()
            raise

    def close(self) -> None:
        super().close()
        self._subjects.close()

    def construct_mapper(self) -> Any:
        return self._facts

    # -- writing

    def execute(
        self,
        acts: Sequence[Act],
        *,
        by: Actor,
        command_id: UUID,
        cause: int | None = None,
        request: object = None,
    ) -> Receipt:
        """Decide all, append all in one transaction or nothing. Raises ``Refused``."""
        with self._lock:
            if command_id in self._running:
                raise CommandRunning
            self._running.add(command_id)
        try:
            return self._execute(Submission(acts, by, command_id, cause, request))
        finally:
            with self._lock:
                self._running.discard(command_id)

    def _execute(self, submission: Submission) -> Receipt:
        mark = self._fingerprint(submission)
        with store_errors():
            for attempt in range(ATTEMPTS):
                try:
                    return self._append(submission, mark, trusting=not attempt)
                except (VersionTaken, CommandTaken, Refused) as lost:
                    # A repeat is looked for only now: it fails by its command id, or by a rule that
                    # its first run has made true. A new command, the usual case, saves a query.
                    if receipt := self._repeated(submission.command_id, mark):
                        return receipt
                    if isinstance(lost, Refused):
                        raise
        raise StoreUnavailable("store-busy")

    def _append(self, submission: Submission, mark: bytes, *, trusting: bool) -> Receipt:
        prepared = self._prepare(submission, mark, trusting=trusting)
        try:
            return insert(self.recorder, [prepared])[0]
        except ClaimTaken:
            self._check_claims(prepared)
            raise StoreUnavailable("store-busy") from None  # given back meanwhile: ask again

    def _check_claims(self, prepared: Prepared) -> None:
        held = self.recorder.holders([(claim.kind, claim.key) for claim, _ in prepared.claims])
        for claim, index in prepared.claims:
            if holder := held.get((claim.kind, claim.key)):
                raise claimed(claim, holder, index)
            held[claim.kind, claim.key] = claim.stream

    # -- repeats

    def repeated(self, command_id: UUID, request: object) -> Receipt | None:
        """The receipt of a command accepted before; ``CommandReused`` if the request differs."""
        with store_errors():
            return self._repeated(command_id, self._digest(request))

    def _repeated(self, command_id: UUID, mark: bytes) -> Receipt | None:
        command = self.recorder.commands([command_id.bytes]).get(command_id.bytes)
        if command is None:
            return None
        answer = repeated(command, mark)
        if isinstance(answer, Refused):
            raise answer
        return answer

    # -- reading

    def load(self, decider: Decider[Any, Any, S], stream: str, version: int | None = None) -> Loaded[S]:
        """Fold a stream, as it is or as it was at ``version``."""

        def fold(_: object, facts: Iterable[Fact]) -> Loaded[S]:
            state, at = decider.initial, 0
            for fact in facts:
                state, at = decider.evolve(state, fact.event), fact.originator_version
            return Loaded(state, at)

        if not NAME.fullmatch(stream):
            return Loaded(decider.initial, 0)
        if decider.remembered and version is None:
            return self._remembered.load(decider, stream, lambda after: self._since(stream, after))
        with store_errors():
            # Any fold will do: the library asks for its own aggregates only in its annotations.
            fold_any: Any = fold
            loaded: Loaded[S] = self.repository.get(stream, version=version, projector_func=fold_any)
        return loaded

    def _since(self, stream: str, after: int) -> list[tuple[int, Any]]:
        return [(fact.header.version, fact.event) for fact in self.stream(stream, after=after)]

    def head(self) -> int:
        """The last position; 0 when the ledger is empty."""
        with store_errors():
            head: int = self.recorder.head()
        return head

    def after(self, position: int, limit: int) -> list[Recorded[Any]]:
        """At most ``limit`` facts that follow ``position``."""
        with store_errors():
            return self._facts.read_many(self.recorder.after(position, limit))

    def records(self, position: int, limit: int) -> list[Row]:
        """The same facts as they are stored, for those who carry them on unread."""
        with store_errors():
            rows: list[Row] = self.recorder.after(position, limit)
        return rows

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> list[Recorded[Any]]:
        """The facts of one stream with ``after`` < version <= ``upto``; a name that cannot be has none."""
        if not NAME.fullmatch(stream):
            return []
        with store_errors():
            return self._facts.read_many(self.recorder.stream(stream, after=after, upto=upto))

    def version(self, stream: str, position: int) -> int:
        """The version that a stream had at a position; 0 when nothing of it was there."""
        with store_errors():
            version: int = self.recorder.version(stream, position)
        return version

    def wait(self, position: int, timeout: float) -> bool:
        """Until the head is beyond ``position`` or ``timeout`` seconds have passed; True when it is."""
        with store_errors():
            beyond: bool = self.recorder.wait_beyond(position, timeout)
        return beyond

    def holder(self, kind: str, key: str) -> str | None:
        """The stream that holds a claim, e.g. ``("nik", ...)``."""
        raw = self._keys.digest(f"claim {kind}", key.encode()), key.encode()
        with store_errors():
            held = self.recorder.holders([(kind, k) for k in raw])
        return next(iter(held.values()), None)

    def streams(self, category: str, after: int = 0) -> list[str]:
        """The streams whose id begins with ``category`` and a hyphen, and that have a fact after that position."""
        with store_errors():
            found: list[str] = self.recorder.streams(f"{category}-", after)
            return found

    def destroy_keys(self, subjects: Sequence[str]) -> None:
        """Nobody can read the personal data of these subjects any more. A second time is no harm."""
        with store_errors():
            ids = self.recorder.subject_keys(subjects)
        self._subjects.destroy([*ids.values()])

    def settled(self) -> int:
        """The position up to which every key that had to be destroyed is. It stands beside the keys: in an
        older copy of them it is older.
        """
        return self._subjects.settled()

    def settle(self, position: int) -> None:
        self._subjects.settle(position)

    def readable(self, subjects: Sequence[str]) -> list[str]:
        """Those of these data subjects whose key is there."""
        with store_errors():
            ids = self.recorder.subject_keys(subjects)
        there = self._subjects.keys([*ids.values()])
        return [subject for subject, id_ in ids.items() if id_ in there]

    def blind(self, purpose: str, value: str) -> str:
        """A keyed hash in hex, for stream ids that must not tell what they stand for."""
        return self._keys.digest(f"blind {purpose}", value.encode()).hex()


def _module(at: Path | str) -> dict[str, str]:
    """The persistence module for a place, and what it must know."""
    if isinstance(at, Path):
        return {"PERSISTENCE_MODULE": "adapters.ledger.sqlite", "SQLITE_DBNAME": str(at)}
    return {"PERSISTENCE_MODULE": "adapters.ledger.postgres", "POSTGRES_URL": at}


def _is_new(at: Path | str) -> bool:
    """Whether there is no fact yet for which a key would be needed."""
    if isinstance(at, Path):
        make_folder(at.parent)
        return not at.exists()
    from adapters.ledger.postgres_server import is_empty  # a node on SQLite does without the driver

    with store_errors():
        return is_empty(at)
