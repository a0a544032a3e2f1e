"""A decider walked at random beside a small model of it that shares none of its code.

A machine hands commands in with ``give`` and compares what came of each with what its model expects.
After every step, whatever was decided must fold: one by one, as a whole, and with anybody forgotten.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant

from domain.kernel.decider import Decider
from domain.kernel.errors import Refused
from tests.domain.spec import forgotten

LIMITED = settings(max_examples=60, stateful_step_count=25, deadline=None)
"""The rule book stays a matter of seconds; the machine of a night may take more."""


class DeciderMachine(RuleBasedStateMachine):
    """One stream under random commands. ``events`` is the stream, ``state`` what it folds to."""

    decider: ClassVar[Decider[Any, Any, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []
        self.state: Any = self.decider.initial

    def give(self, command: object) -> str | None:
        """The code of the refusal, or None: then the facts are part of the stream."""
        try:
            decided: Sequence[Any] = self.decider.decide(self.state, command)
        except Refused as refusal:
            return refusal.code
        for event in decided:
            self.state = self.decider.evolve(self.state, event)
            self.events.append(event)
        return None

    @invariant()
    def the_stream_folds_to_the_state(self) -> None:
        assert self.decider.fold(self.events) == self.state

    @invariant()
    def forgetting_anybody_at_any_time_breaks_nothing(self) -> None:
        self.decider.fold(map(forgotten, self.events))
        if self.events:
            self.decider.evolve(self.decider.fold(self.events[:-1]), forgotten(self.events[-1]))

    @invariant()
    def no_claim_is_made_twice(self) -> None:
        claims = [claim for event in self.events for claim in self.decider.claims(event)]
        assert len(claims) == len(set(claims))
