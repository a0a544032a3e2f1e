"""The civil events of a person or a household, as its page tells them: what, when, where, by whom, what it changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from api.acts.desk import stream_id
from api.wiring import Hub
from domain.population.entry import Entry, entry_decider
from domain.population.resident.events import CivilEventNoted, ElementsChanged
from domain.population.resident.person import Change


@dataclass(frozen=True, slots=True)
class Happened:
    """One civil event. ``changes`` are the elements that it changed; None once she is forgotten."""

    entry: str
    code: str
    on: date
    recorded_at: datetime
    role: str
    office: str
    actor: str
    changes: tuple[Change, ...] | None
    register: Entry


def timeline(hub: Hub, resident: str) -> list[Happened]:
    """The latest first."""
    return list(_happened(hub, resident))[::-1]


def _happened(hub: Hub, resident: str) -> Iterator[Happened]:
    changes: tuple[Change, ...] | None = ()
    # Her first fact is her registration, and nearly everybody has no other.
    for fact in hub.ledger.stream(resident, after=1):
        match fact.event:
            case ElementsChanged():
                changes = fact.event.changes.value
            case CivilEventNoted(code, entry, on):
                h = fact.header
                register = hub.ledger.load(entry_decider, entry).state
                yield Happened(entry, code, on, h.recorded_at, h.role, h.office, h.actor, changes, register)
                changes = ()


def of_household(hub: Hub, household: str) -> list[tuple[str, Entry]]:
    """The entries that touched the household, the latest first."""
    # One civil event is one command: the entry has its id from the command that changed the household.
    commands = dict.fromkeys(fact.header.command_id for fact in hub.ledger.stream(household))
    entries = (
        (id_ := stream_id("entry", command), hub.ledger.load(entry_decider, id_).state)
        for command in commands
    )
    return [(id_, entry) for id_, entry in entries if household in entry.households][::-1]
