"""A ledger in memory: the rules of the port without a disk, for walks of thousands of acts."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from api.facts import EVENTS
from domain.kernel.decider import Act, Decider
from domain.kernel.errors import AlreadyClaimed, Conflict, Refused
from domain.kernel.events import Actor, Header, Receipt, Recorded
from domain.kernel.ports import Clock, Loaded

S = TypeVar("S")
_names = {event.type: event for event in EVENTS}


class MemoryLedger:
    """A ``ports.Ledger`` of one thread."""

    def __init__(self, clock: Clock) -> None:
        self.facts: list[Recorded[Any]] = []
        self.streams: dict[str, list[Recorded[Any]]] = {}
        self._clock = clock
        self._claims: dict[tuple[str, str], str] = {}
        self._states: dict[str, Loaded[Any]] = {}
        self._commands: dict[UUID, tuple[object, Receipt]] = {}

    def execute(
        self,
        acts: Sequence[Act],
        *,
        by: Actor,
        command_id: UUID,
        cause: int | None = None,
        request: object = None,
    ) -> Receipt:
        if repeated := self.repeated(command_id, request):
            return repeated
        new, claims, states = self._decide(acts)
        first = len(self.facts) + 1
        for stream, event in new:
            self._append(stream, event, by, command_id)
        self._claims |= claims
        self._states |= states
        receipt = Receipt(first, len(self.facts))
        self._commands[command_id] = (request, receipt)
        return receipt

    def _decide(
        self, acts: Sequence[Act]
    ) -> tuple[list[tuple[str, Any]], dict[tuple[str, str], str], dict[str, Loaded[Any]]]:
        new: list[tuple[str, Any]] = []
        claims: dict[tuple[str, str], str] = {}
        states: dict[str, Loaded[Any]] = {}
        for index, act in enumerate(acts):
            loaded = states.get(act.stream) or self.load(act.decider, act.stream)
            if act.expected not in {None, loaded.version}:
                raise Conflict(act.stream, expected=act.expected or 0, actual=loaded.version, event="", by="")
            try:
                events = act.decider.decide(loaded.state, act.command)
                for event in events:
                    for claim in act.decider.claims(event):
                        self._claim(claims, claim.kind, claim.key, act.stream)
            except Refused as refused:
                refused.act = index
                raise
            state = act.decider.fold(events, loaded.state)
            states[act.stream] = Loaded(state, loaded.version + len(events))
            new += [(act.stream, event) for event in events]
        return new, claims, states

    def _claim(self, claims: dict[tuple[str, str], str], kind: str, key: str, stream: str) -> None:
        if held := self._claims.get((kind, key)) or claims.get((kind, key)):
            raise AlreadyClaimed(kind, holder=held)
        claims[kind, key] = stream

    def append(self, stream: str, event: Any, by: Actor, command_id: UUID) -> None:
        """A fact that nobody decides."""
        self._append(stream, event, by, command_id)
        self._states.pop(stream, None)

    def _append(self, stream: str, event: Any, by: Actor, command_id: UUID) -> None:
        named, now = _names[type(event)], self._clock.now()
        mine = self.streams.setdefault(stream, [])
        header = Header(
            header=1,
            stream=stream,
            version=len(mine) + 1,
            event=named.name,
            event_version=named.version,
            subjects=(),
            actor=by.id,
            role=by.role,
            office=by.office,
            purpose=by.purpose,
            channel=by.channel,
            device=by.device,
            device_time=by.device_time,
            recorded_at=now,
            command_id=command_id,
            correlation_id=command_id,
            causation=None,
        )
        fact = Recorded(len(self.facts) + 1, now, header, event)
        self.facts.append(fact)
        mine.append(fact)

    def repeated(self, command_id: UUID, request: object) -> Receipt | None:
        found = self._commands.get(command_id)
        return Receipt(found[1].first, found[1].last, repeated=True) if found else None

    def load(self, decider: Decider[Any, Any, S], stream: str, version: int | None = None) -> Loaded[S]:
        if version is None and stream in self._states:
            return self._states[stream]
        facts = self.streams.get(stream, [])[:version]
        return Loaded(decider.fold(fact.event for fact in facts), len(facts))

    def head(self) -> int:
        return len(self.facts)

    def after(self, position: int, limit: int) -> Sequence[Recorded[Any]]:
        return self.facts[position : position + limit]

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> Sequence[Recorded[Any]]:
        return self.streams.get(stream, [])[after:upto]

    def wait(self, position: int, timeout: float) -> bool:
        return self.head() > position

    def holder(self, kind: str, key: str) -> str | None:
        return self._claims.get((kind, key))

    def blind(self, purpose: str, value: str) -> str:
        return sha256(f"{purpose} {value}".encode()).hexdigest()
