"""A delivery beside a ministry that keeps a plain list of the entries it has."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.exchange.delivery import Acknowledge, delivery_decider
from tests.domain.machines.machine import LIMITED, DeciderMachine


class DeliveryMachine(DeciderMachine):
    decider = delivery_decider

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[int] = []

    @rule(count=st.integers(1, 500))
    def acknowledge_the_next(self, count: int) -> None:
        first = len(self.entries) + 1
        assert self.give(Acknowledge("kemendag", first, first + count - 1, "R", "")) is None
        self.entries += range(first, first + count)

    @rule(first=st.integers(-2, 40), count=st.integers(-2, 40))
    def acknowledge_anything(self, first: int, count: int) -> None:
        asked = list(range(first, first + count))
        fits = bool(asked) and self.entries + asked == list(range(1, len(self.entries) + len(asked) + 1))
        refused = self.give(Acknowledge("kemendag", first, first + count - 1, "R", ""))
        assert refused == (None if fits else "delivery-out-of-order")
        if fits:
            self.entries += asked

    @rule(data=st.data())
    def acknowledge_what_the_ministry_has(self, data: st.DataObject) -> None:
        if self.entries:
            seq = data.draw(st.sampled_from(self.entries))
            refused = self.give(Acknowledge("kemendag", seq, self.entries[-1] + 1, "R", ""))
            assert refused == "delivery-out-of-order"

    @invariant()
    def what_is_delivered_is_what_the_ministry_has(self) -> None:
        assert self.state.delivered == len(self.entries)
        told = [seq for event in self.events for seq in range(event.from_seq, event.to_seq + 1)]
        assert told == self.entries


TestDelivery = DeliveryMachine.TestCase
TestDelivery.settings = LIMITED
