"""Two times: a fact is recorded when the hub learns of it, and valid from the day that it speaks of."""

from collections.abc import Iterable
from datetime import date, tzinfo
from typing import Any

from domain.kernel.events import EventType, Recorded


class ValidTime:
    """From which day a fact holds: its own date, or the day in ``zone`` on which it was recorded."""

    def __init__(self, events: Iterable[EventType], zone: tzinfo) -> None:
        self._fields = {event.type: event.valid for event in events if event.valid}
        self._zone = zone

    def day(self, fact: Recorded[Any]) -> date:
        """The valid date of ``fact``."""
        field = self._fields.get(type(fact.event))
        if field is None:
            return fact.header.recorded_at.astimezone(self._zone).date()
        day: date = getattr(fact.event, field)
        return day

    def until(self, facts: Iterable[Recorded[Any]], last: date) -> list[Recorded[Any]]:
        """Those of the ``facts`` of one record that hold on day ``last``, by valid date; of one day in the order
        of the ledger.

        A record holds nothing before its first fact does: what happened earlier holds from that day.
        """
        told = list(facts)
        opened = self.day(told[0]) if told else last
        found = [(day, fact) for fact in told if (day := max(self.day(fact), opened)) <= last]
        return [fact for _, fact in sorted(found, key=lambda of: (of[0], of[1].position))]
