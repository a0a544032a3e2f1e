"""The ledger: one door. All acts are decided, then all of their events are appended, or nothing is.

It is an application of ``eventsourcing``: it loads through the library's repository, puts through its
event store, and anything else the library offers (notification log, subscriptions) works on it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError, PersistenceError

from adapters.ledger.keys import Keys
from adapters.ledger.mapper import Fact, Mapper, Pending
from adapters.ledger.remembered import Remembered
from adapters.ledger.sealing import Keyring
from adapters.ledger.store import (
    ClaimRow,
    ClaimTaken,
    CommandRow,
    CommandTaken,
    LedgerRecorder,
    Row,
    VersionTaken,
    unavailable,
)
from adapters.ledger.subject_keys import SubjectKeys
from domain.kernel.decider import Act, Claim, Decider
from domain.kernel.errors import (
    AlreadyClaimed,
    CommandReused,
    CommandRunning,
    Conflict,
    Malformed,
    Refused,
    Rejected,
    StoreUnavailable,
)
from domain.kernel.events import Actor, EventType, Receipt, Recorded
from domain.kernel.ports import Clock, Loaded

S = TypeVar("S")
ATTEMPTS = 5
"""How often a lost race is decided again."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")
"""What a stream may be called: it stands in headers, addresses, logs and bundles as it is."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Submission:
    """One command for ``execute_many``, with the arguments of ``execute``."""

    acts: Sequence[Act]
    by: Actor
    command_id: UUID
    cause: int | None = None
    request: object = None


@dataclass(slots=True)
class Decided:
    """What a submission would append: facts, and the claims of the act at each index."""

    facts: list[Pending]
    claims: list[tuple[ClaimRow, int]]


class Ledger(Application[str]):
    """One ledger on one store. Safe for many threads, and for other processes on the same store."""

    env = {"ORIGINATOR_ID_TYPE": "text"}  # noqa: RUF012 - the library's own declaration
    recorder: Any  # a LedgerRecorder: the library declares the recorder of its own port

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
        with _store():
            super().__init__(_module(at))
        store: LedgerRecorder = self.recorder
        store.clock = clock
        self._keyring = self._facts.keyring = Keyring(subjects, store.subject_keys)

    @classmethod
    def open(cls, at: Path | str, *, keys: Path, events: Iterable[EventType], clock: Clock) -> "Ledger":
        """Open the ledger with the key in folder ``keys``; both are made when new.

        Refused: ``StoreUnavailable`` (no key for an existing ledger, newer format, unreadable).
        """
        lookup = Keys.open(keys, create=_is_new(at))
        subjects = SubjectKeys.open(keys)
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
        with _store():
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

    def execute_many(self, submissions: Sequence[Submission]) -> list[Receipt | Refused]:
        """Many commands in one commit; a bad one fails alone. Made for bulk import.

        A stream may be touched by one submission of the batch only together with others of the batch
        that do not touch it; those that do are executed one by one afterwards, in order.
        """
        outcomes: dict[int, Receipt | Refused] = {}
        marks = [self._fingerprint(submission) for submission in submissions]
        with _store():
            fresh, later = self._sort_out(submissions, marks, outcomes)
            decided = self._decide_all(submissions, fresh, outcomes)
            try:
                self._append_all(submissions, marks, decided, outcomes)
                later += self._done_meanwhile(submissions, [i for i in fresh if i not in decided])
            except (IntegrityError, Rejected):
                # Another process came between, or a subject is forgotten: each for itself tells whose.
                later += fresh
        for i in sorted(later):
            outcomes[i] = self._outcome(submissions[i])
        return [outcomes[i] for i in range(len(submissions))]

    def _done_meanwhile(self, submissions: Sequence[Submission], refused: Sequence[int]) -> list[int]:
        """Those refused by what their own first run, in another process, has just made true."""
        ids = {i: submissions[i].command_id.bytes for i in refused}
        done = self.recorder.commands([*ids.values()])
        return [i for i, id_ in ids.items() if id_ in done]

    def _outcome(self, submission: Submission) -> Receipt | Refused:
        try:
            return self.execute(
                submission.acts,
                by=submission.by,
                command_id=submission.command_id,
                cause=submission.cause,
                request=submission.request,
            )
        except StoreUnavailable:
            raise
        except Refused as refused:
            return refused

    def _append(self, submission: Submission, mark: bytes, *, trusting: bool) -> Receipt:
        """``trusting``: a stream that is said to be new is not looked for. If it is there after all,
        the append is refused by its version, and decided again.
        """
        decided = self._decide(submission, _said_to_be_new if trusting else _never)
        command = CommandRow(submission.command_id.bytes, mark, 0, len(decided.facts))
        try:
            positions = self._put(decided.facts, [decided], [command], trusting=trusting)
        except ClaimTaken:
            self._check_claims(decided)
            raise StoreUnavailable("store-busy") from None  # given back meanwhile: ask again
        return Receipt(positions[0], positions[-1])

    def _put(
        self,
        facts: Sequence[Pending],
        decided: Iterable[Decided],
        commands: Sequence[CommandRow],
        *,
        trusting: bool,
    ) -> Sequence[int]:
        """One append; the positions of the facts. What the library's event store does, without a
        recording of each event that nobody reads.
        """
        fresh = self._give_keys(facts, trusting=trusting)
        stored = [self._facts.to_stored_event(fact) for fact in facts]
        claims = [claim for one in decided for claim, _ in one.claims]
        positions: Sequence[int] = self.recorder.insert_events(
            stored, claims=claims, commands=commands, subjects=fresh
        )
        return positions

    def _give_keys(self, facts: Sequence[Pending], *, trusting: bool) -> list[tuple[str, int]]:
        """Each fact gets the keys of its subjects; the new ones, to be appended with them."""
        subjects = dict.fromkeys(s for fact in facts for s in self._facts.subjects(fact.event))
        born = {fact.originator_id for fact in facts if fact.originator_version == 1} if trusting else ()
        keys, fresh = self._keyring.of_subjects(list(subjects), born) if subjects else ({}, [])
        for fact in facts:
            fact.keys = keys
        return fresh

    def _decide(self, submission: Submission, absent: Callable[[Act], bool]) -> Decided:
        """Decide every act in order; those on one stream see each other's events.

        ``absent`` tells which acts begin their stream; what others are on is loaded.
        """
        envelope = self._facts.envelope(
            submission.by, self._clock.now(), submission.command_id, submission.cause
        )
        states: dict[str, Loaded[Any]] = {}
        decided = Decided([], [])
        for index, act in enumerate(submission.acts):
            loaded = states.get(act.stream) or self._loaded(act, absent)
            if act.expected is not None and loaded.version != act.expected:
                raise self._conflict(act.stream, act.expected)
            try:
                _check_name(act.stream)
                events = act.decider.decide(loaded.state, act.command)
            except Refused as refused:
                refused.act = index
                raise
            state, version = loaded.state, loaded.version
            for event in events:
                version += 1
                state = act.decider.evolve(state, event)
                decided.facts.append(Pending(act.stream, version, event, envelope))
                decided.claims.extend((self._claim(c, act.stream), index) for c in act.decider.claims(event))
            states[act.stream] = Loaded(state, version)
        if not decided.facts:
            raise ValueError("a decider answers with events, or refuses")
        return decided

    def _loaded(self, act: Act, absent: Callable[[Act], bool]) -> Loaded[Any]:
        return Loaded(act.decider.initial, 0) if absent(act) else self.load(act.decider, act.stream)

    def _claim(self, claim: Claim, stream: str) -> ClaimRow:
        return ClaimRow(claim.kind, self._claim_key(claim), stream)

    def _claim_key(self, claim: Claim) -> bytes:
        raw = claim.key.encode()
        return self._keys.digest(f"claim {claim.kind}", raw) if claim.secret else raw

    def _conflict(self, stream: str, expected: int) -> Conflict:
        since = self.stream(stream, after=expected)
        first = since[0].header if since else None
        return Conflict(
            stream,
            expected=expected,
            actual=since[-1].header.version if since else expected,
            event=first.event if first else "",
            by=first.office if first else "",
        )

    def _check_claims(self, decided: Decided) -> None:
        held = self.recorder.holders([(claim.kind, claim.key) for claim, _ in decided.claims])
        for claim, index in decided.claims:
            if holder := held.get((claim.kind, claim.key)):
                raise _claimed(claim.kind, holder, index)
        seen: dict[tuple[str, bytes], str] = {}
        for claim, index in decided.claims:
            if holder := seen.get((claim.kind, claim.key)):
                raise _claimed(claim.kind, holder, index)
            seen[claim.kind, claim.key] = claim.stream

    # -- many in one commit

    def _sort_out(
        self,
        submissions: Sequence[Submission],
        marks: Sequence[bytes],
        outcomes: dict[int, Receipt | Refused],
    ) -> tuple[list[int], list[int]]:
        """Which submissions can go into one commit, and which go one by one; repeats are answered."""
        accepted = self.recorder.commands([s.command_id.bytes for s in submissions])
        fresh: list[int] = []
        later: list[int] = []
        touched: set[object] = set()
        for i, submission in enumerate(submissions):
            if (command := accepted.get(submission.command_id.bytes)) is not None:
                same = command.fingerprint == marks[i]
                outcomes[i] = Receipt(command.first, command.last, True) if same else CommandReused()
                continue
            touches = {submission.command_id, *(act.stream for act in submission.acts)}
            (fresh if touched.isdisjoint(touches) else later).append(i)
            touched |= touches
        return fresh, later

    def _decide_all(
        self, submissions: Sequence[Submission], fresh: Sequence[int], outcomes: dict[int, Receipt | Refused]
    ) -> dict[int, Decided]:
        asked = (act.stream for i in fresh for act in submissions[i].acts)
        known = frozenset(self.recorder.existing([*filter(NAME.fullmatch, asked)]))
        decided: dict[int, Decided] = {}
        for i in fresh:
            try:
                decided[i] = self._decide(submissions[i], lambda act: act.stream not in known)
            except Refused as refused:
                outcomes[i] = refused
        return self._unclaimed(decided, outcomes)

    def _unclaimed(
        self, decided: dict[int, Decided], outcomes: dict[int, Receipt | Refused]
    ) -> dict[int, Decided]:
        """Those whose claims nobody holds, in the store or earlier in the batch."""
        keys = [(claim.kind, claim.key) for d in decided.values() for claim, _ in d.claims]
        held = self.recorder.holders(keys)
        free: dict[int, Decided] = {}
        for i, one in decided.items():
            mine: dict[tuple[str, bytes], str] = {}
            for claim, index in one.claims:
                key = (claim.kind, claim.key)
                if holder := held.get(key) or mine.get(key):
                    outcomes[i] = _claimed(claim.kind, holder, index)
                    break
                mine[key] = claim.stream
            else:
                free[i] = one
                held |= mine
        return free

    def _append_all(
        self,
        submissions: Sequence[Submission],
        marks: Sequence[bytes],
        decided: dict[int, Decided],
        outcomes: dict[int, Receipt | Refused],
    ) -> None:
        if not decided:
            return
        facts: list[Pending] = []
        commands: list[CommandRow] = []
        for i, one in decided.items():
            start = len(facts)
            facts.extend(one.facts)
            commands.append(CommandRow(submissions[i].command_id.bytes, marks[i], start, len(facts)))
        positions = self._put(facts, decided.values(), commands, trusting=True)
        for i, command in zip(decided, commands, strict=True):
            outcomes[i] = Receipt(positions[command.start], positions[command.stop - 1])

    # -- repeats

    def repeated(self, command_id: UUID, request: object) -> Receipt | None:
        """The receipt of a command accepted before; ``CommandReused`` if the request differs."""
        with _store():
            return self._repeated(command_id, self._digest(request))

    def _repeated(self, command_id: UUID, mark: bytes) -> Receipt | None:
        command = self.recorder.commands([command_id.bytes]).get(command_id.bytes)
        if command is None:
            return None
        if command.fingerprint != mark:
            raise CommandReused
        return Receipt(command.first, command.last, repeated=True)

    def _fingerprint(self, submission: Submission) -> bytes:
        if submission.request is not None:
            return self._digest(submission.request)
        return self._digest([(act.stream, act.expected, act.command) for act in submission.acts])

    def _digest(self, request: object) -> bytes:
        return self._keys.digest("request", self._encode(request))

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
        with _store():
            # Any fold will do: the library asks for its own aggregates only in its annotations.
            fold_any: Any = fold
            loaded: Loaded[S] = self.repository.get(stream, version=version, projector_func=fold_any)
        return loaded

    def _since(self, stream: str, after: int) -> list[tuple[int, Any]]:
        return [(fact.header.version, fact.event) for fact in self.stream(stream, after=after)]

    def head(self) -> int:
        """The last position; 0 when the ledger is empty."""
        with _store():
            head: int = self.recorder.head()
        return head

    def after(self, position: int, limit: int) -> list[Recorded[Any]]:
        """At most ``limit`` facts that follow ``position``."""
        with _store():
            return self._recorded(self.recorder.after(position, limit))

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> list[Recorded[Any]]:
        """The facts of one stream with ``after`` < version <= ``upto``; a name that cannot be has none."""
        if not NAME.fullmatch(stream):
            return []
        with _store():
            return self._recorded(self.recorder.stream(stream, after=after, upto=upto))

    def wait(self, position: int, timeout: float) -> bool:
        """Until the head is beyond ``position`` or ``timeout`` seconds have passed; True when it is."""
        with _store():
            beyond: bool = self.recorder.wait_beyond(position, timeout)
        return beyond

    def holder(self, kind: str, key: str) -> str | None:
        """The stream that holds a claim, e.g. ``("nik", ...)``."""
        raw = self._keys.digest(f"claim {kind}", key.encode()), key.encode()
        with _store():
            held = self.recorder.holders([(kind, k) for k in raw])
        return next(iter(held.values()), None)

    def streams(self, category: str) -> list[str]:
        """The streams whose id begins with ``category`` and a hyphen."""
        with _store():
            found: list[str] = self.recorder.streams(f"{category}-")
            return found

    def destroy_keys(self, subjects: Sequence[str]) -> None:
        """Nobody can read the personal data of these subjects any more. A second time is no harm."""
        with _store():
            ids = self.recorder.subject_keys(subjects)
        self._subjects.destroy([*ids.values()])

    def readable(self, subjects: Sequence[str]) -> list[str]:
        """Those of these data subjects whose key is there."""
        with _store():
            ids = self.recorder.subject_keys(subjects)
        there = self._subjects.keys([*ids.values()])
        return [subject for subject, id_ in ids.items() if id_ in there]

    def blind(self, purpose: str, value: str) -> str:
        """A keyed hash in hex, for stream ids that must not tell what they stand for."""
        return self._keys.digest(f"blind {purpose}", value.encode()).hex()

    def _recorded(self, rows: Sequence[Row]) -> list[Recorded[Any]]:
        read = self._facts.read_many([(row.topic, row.record) for row in rows])
        return [
            Recorded(row.pos, EPOCH + timedelta(microseconds=row.committed_at), header, event)
            for row, (header, event) in zip(rows, read, strict=True)
        ]


def _said_to_be_new(act: Act) -> bool:
    return act.expected == 0


def _never(_: Act) -> bool:
    return False


def _module(at: Path | str) -> dict[str, str]:
    """The persistence module for a place, and what it must know."""
    if isinstance(at, Path):
        return {"PERSISTENCE_MODULE": "adapters.ledger.sqlite", "SQLITE_DBNAME": str(at)}
    return {"PERSISTENCE_MODULE": "adapters.ledger.postgres", "POSTGRES_URL": at}


def _is_new(at: Path | str) -> bool:
    """Whether there is no fact yet for which a key would be needed."""
    if isinstance(at, Path):
        at.parent.mkdir(parents=True, exist_ok=True)
        return not at.exists()
    from adapters.ledger.postgres_server import is_empty  # a node on SQLite does without the driver

    with _store():
        return is_empty(at)


def _check_name(stream: str) -> None:
    if not NAME.fullmatch(stream):
        raise Malformed("malformed-stream")


def _claimed(kind: str, holder: str, index: int) -> AlreadyClaimed:
    refused = AlreadyClaimed(kind, holder=holder)
    refused.act = index
    return refused


@contextmanager
def _store() -> Iterator[None]:
    """The library's errors of the store, told in our words."""
    try:
        yield
    except IntegrityError:
        raise
    except PersistenceError as error:
        raise unavailable(error) from error
