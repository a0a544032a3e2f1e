"""Given these facts, when this command comes, then these facts follow, or a refusal: a rule in one line.

    spec(resident).given(SRI_REGISTERED).when(RequestKtp("case-1", MONDAY)).then(KtpRequested("case-1"))
    spec(resident).given(SRI_REGISTERED).when(RECORD_BIRTH).rejected("resident-already-registered")
    spec(resident).when(REGISTER_SRI).then(SRI_REGISTERED).claims(Claim("nik", SRI_NIK, secret=True))

A refusal is compared with all its parameters. Whatever is decided must also be folded, and folded again
once every data subject is forgotten: ``evolve`` never fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, TypeVar

from domain.kernel.decider import Claim, Decider
from domain.kernel.errors import Refused
from domain.kernel.events import Personal

C = TypeVar("C")
E = TypeVar("E")
S = TypeVar("S")


def forgotten(event: E) -> E:
    """The fact once every data subject in it is forgotten: the personal values are gone."""
    if not is_dataclass(event) or isinstance(event, type):
        return event
    return replace(event, **{field.name: _gone(getattr(event, field.name)) for field in fields(event)})


def _gone(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_gone, value))
    return Personal(value.subject, None) if isinstance(value, Personal) else value


@dataclass(frozen=True)
class Outcome(Generic[C, E, S]):
    """What came of a command: ``events``, or a ``refusal``."""

    decider: Decider[C, E, S]
    past: Sequence[E]
    events: Sequence[E]
    refusal: Refused | None

    def then(self, *expected: E) -> "Outcome[C, E, S]":
        assert self.refusal is None, f"refused: {self.refusal} {dict(self.refusal.parameters)}"
        assert tuple(self.events) == expected
        self.decider.fold(map(forgotten, (*self.past, *self.events)))
        return self

    def rejected(self, code: str, **parameters: object) -> None:
        assert self.refusal is not None, f"accepted: {self.events}"
        assert (self.refusal.code, dict(self.refusal.parameters)) == (code, parameters)

    def claims(self, *expected: Claim) -> "Outcome[C, E, S]":
        assert tuple(claim for event in self.events for claim in self.decider.claims(event)) == expected
        return self

    @property
    def state(self) -> S:
        assert self.refusal is None, f"refused: {self.refusal}"
        return self.decider.fold((*self.past, *self.events))


@dataclass(frozen=True)
class Spec(Generic[C, E, S]):
    """A decider and what happened so far."""

    decider: Decider[C, E, S]
    past: tuple[E, ...] = ()

    def given(self, *events: E) -> "Spec[C, E, S]":
        return replace(self, past=(*self.past, *events))

    @property
    def state(self) -> S:
        return self.decider.fold(self.past)

    def when(self, command: C) -> Outcome[C, E, S]:
        try:
            return Outcome(self.decider, self.past, self.decider.decide(self.state, command), None)
        except Refused as refusal:
            return Outcome(self.decider, self.past, (), refusal)


def spec(decider: Decider[C, E, S]) -> Spec[C, E, S]:
    """A stream on which nothing has happened yet."""
    return Spec(decider)
