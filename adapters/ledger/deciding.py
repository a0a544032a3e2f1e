"""From a command to the rows of its append: decided, sealed, encoded. All of it before any lock.

It writes nothing to the ledger, so that any process that has the keys may prepare what another appends.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent

from adapters.ledger.keys import Keys
from adapters.ledger.mapper import Mapper, Pending, Record
from adapters.ledger.remembered import Remembered
from adapters.ledger.sealing import Keyring
from adapters.ledger.store import ClaimRow, CommandRow, LedgerRecorder, StoredCommand
from domain.kernel.decider import Act, Claim
from domain.kernel.errors import AlreadyClaimed, CommandReused, Conflict, Malformed, Refused
from domain.kernel.events import Actor, Receipt, Recorded
from domain.kernel.ports import Clock, Loaded

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")
"""What a stream may be called: it stands in headers, addresses, logs and bundles as it is."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One command, with the arguments of ``execute``."""

    acts: Sequence[Act]
    by: Actor
    command_id: UUID
    cause: int | None = None
    request: object = None


class Prepared(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A command of which only the append is left. ``claims`` with the index of the act that makes each."""

    id: bytes
    fingerprint: bytes
    records: list[Record]
    claims: list[tuple[ClaimRow, int]]
    subjects: list[tuple[str, int]]


class Deciding:
    """What a ledger does with a command before it appends."""

    recorder: Any  # a LedgerRecorder: the library declares the recorder of its own port
    _clock: Clock
    _keys: Keys
    _keyring: Keyring
    _facts: Mapper
    _remembered: Remembered
    _encode: Callable[[object], bytes]

    def load(self, decider: Any, stream: str, version: int | None = None) -> Loaded[Any]:
        raise NotImplementedError  # of the ledger

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> list[Recorded[Any]]:
        raise NotImplementedError  # of the ledger

    def _prepare(self, submission: Submission, mark: bytes, *, trusting: bool = True) -> Prepared:
        """Decide every act in order, seal and encode what they say. Raises ``Refused``.

        ``trusting``: a stream that is said to be new, or as it is remembered, is not looked for. If it is
        another after all, the append is refused by its version.
        """
        facts, claims = self._decide(submission, self._taken_at_its_word if trusting else _looked_for)
        fresh = self._give_keys(facts, trusting=trusting)
        records = [self._facts.record(fact) for fact in facts]
        return Prepared(submission.command_id.bytes, mark, records, claims, fresh)

    def _decide(
        self, submission: Submission, known: Callable[[Act], Loaded[Any] | None]
    ) -> tuple[list[Pending], list[tuple[ClaimRow, int]]]:
        """The facts, and the claims of the act at each index. Acts on one stream see each other's events.

        ``known`` tells what some acts are on; what others are on is loaded.
        """
        envelope = self._facts.envelope(
            submission.by, self._clock.now(), submission.command_id, submission.cause
        )
        states: dict[str, Loaded[Any]] = {}
        facts: list[Pending] = []
        claims: list[tuple[ClaimRow, int]] = []
        for index, act in enumerate(submission.acts):
            loaded = states.get(act.stream) or known(act) or self.load(act.decider, act.stream)
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
                facts.append(Pending(act.stream, version, event, envelope))
                claims.extend((self._claim(c, act.stream), index) for c in act.decider.claims(event))
            states[act.stream] = Loaded(state, version)
        if not facts:
            raise ValueError("a decider answers with events, or refuses")
        return facts, claims

    def _taken_at_its_word(self, act: Act) -> Loaded[Any] | None:
        """The stream at the version that the act expects, when that takes no look at the store."""
        if act.expected == 0:
            return Loaded(act.decider.initial, 0)
        if act.expected is None or not act.decider.remembered:
            return None
        return self._remembered.at(act.decider, act.stream, act.expected)

    def _give_keys(self, facts: Sequence[Pending], *, trusting: bool) -> list[tuple[str, int]]:
        """Each fact gets the keys of its subjects; the new ones, to be appended with them."""
        subjects = dict.fromkeys(s for fact in facts for s in self._facts.subjects(fact.event))
        born = {fact.originator_id for fact in facts if fact.originator_version == 1} if trusting else ()
        keys, fresh = self._keyring.of_subjects(list(subjects), born) if subjects else ({}, [])
        for fact in facts:
            fact.keys = keys
        return fresh

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

    def _fingerprint(self, submission: Submission) -> bytes:
        if submission.request is not None:
            return self._digest(submission.request)
        return self._digest([(act.stream, act.expected, act.command) for act in submission.acts])

    def _digest(self, request: object) -> bytes:
        return self._keys.digest("request", self._encode(request))


def insert(recorder: LedgerRecorder, prepared: Sequence[Prepared]) -> list[Receipt]:
    """Append all of these in one commit, or nothing. Raises ``IntegrityError``."""
    starts = [0, *accumulate(len(one.records) for one in prepared)]
    positions = recorder.insert_events(
        [StoredEvent(*record) for one in prepared for record in one.records],
        claims=[claim for one in prepared for claim, _ in one.claims],
        commands=[
            CommandRow(one.id, one.fingerprint, start, stop)
            for one, (start, stop) in zip(prepared, pairwise(starts), strict=True)
        ],
        subjects=[subject for one in prepared for subject in one.subjects],
    )
    assert positions is not None
    return [Receipt(positions[start], positions[stop - 1]) for start, stop in pairwise(starts)]


def repeated(command: StoredCommand, fingerprint: bytes) -> Receipt | CommandReused:
    """The answer to a command that was accepted before."""
    if command.fingerprint != fingerprint:
        return CommandReused()
    return Receipt(command.first, command.last, repeated=True)


def claimed(claim: ClaimRow, holder: str, index: int) -> AlreadyClaimed:
    """The refusal of act ``index``, whose claim ``holder`` has."""
    refused = AlreadyClaimed(claim.kind, holder=holder)
    refused.act = index
    return refused


def _looked_for(_: Act) -> None:
    return None


def _check_name(stream: str) -> None:
    if not NAME.fullmatch(stream):
        raise Malformed("malformed-stream")
