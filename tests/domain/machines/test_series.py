"""A series beside a plain list of who holds which number."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.kernel.series import NumberTaken, SkipNumber, TakeNumber, series_decider
from tests.domain.machines.machine import LIMITED, DeciderMachine

LIMIT = 12


class SeriesMachine(DeciderMachine):
    decider = series_decider

    def __init__(self) -> None:
        super().__init__()
        self.holders: list[str | None] = []

    @rule(by=st.sampled_from(["sri", "budi", "home"]))
    def take(self, by: str) -> None:
        refused = self.give(TakeNumber(by, LIMIT, "full"))
        assert refused == ("full" if len(self.holders) >= LIMIT else None)
        if not refused:
            self.holders.append(by)

    @rule()
    def skip(self) -> None:
        assert self.give(SkipNumber("held")) is None
        self.holders.append(None)

    @invariant()
    def the_nth_event_is_number_n(self) -> None:
        given = [(e.number, e.used_by if isinstance(e, NumberTaken) else None) for e in self.events]
        assert given == list(enumerate(self.holders, start=1))


TestSeries = SeriesMachine.TestCase
TestSeries.settings = LIMITED
