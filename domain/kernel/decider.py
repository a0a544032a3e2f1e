"""A decider: may this happen, and what then happened? Pure, and the only place of rules.

``decide`` never asks and ``evolve`` never fails: dates, ids and prices are handed in with the command.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, NamedTuple, TypeVar

S = TypeVar("S")
C_contra = TypeVar("C_contra", contravariant=True)
E = TypeVar("E")


class Claim(NamedTuple):
    """A number that is used once. ``secret`` ones are kept only as a keyed hash (NIK, KK)."""

    kind: str
    key: str
    secret: bool = False


def no_claims(_: object) -> tuple[Claim, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Decider(Generic[C_contra, E, S]):
    """``decide(state, command) -> events``, ``evolve(state, event) -> state``, ``claims(event)``.

    ``remembered``: its streams grow for years and tell nothing of a person, so a ledger may keep what they
    fold to in memory and read only what has come since.
    """

    initial: S
    decide: Callable[[S, C_contra], Sequence[E]]
    evolve: Callable[[S, E], S]
    claims: Callable[[E], Iterable[Claim]] = no_claims
    remembered: bool = False

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        return reduce(self.evolve, events, self.initial if state is None else state)


@dataclass(frozen=True, slots=True)
class Act:
    """One command for one stream. ``expected`` is the version that the caller has seen, if any.

    The types of the decider and of its command are checked where the act is built, with ``act``.
    """

    decider: Decider[Any, Any, Any]
    stream: str
    command: object
    expected: int | None = None


def act(decider: Decider[C_contra, E, S], stream: str, command: C_contra, expected: int | None = None) -> Act:
    """An act whose command fits its decider."""
    return Act(decider, stream, command, expected)
