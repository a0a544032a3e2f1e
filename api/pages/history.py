"""The history of a record: every event, who did it, and what was true after it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from api.pages.asof import AnAsOf
from api.pages.frame import APage
from api.readings import people
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Unknown
from projections.history import Step

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the state after an event; ``changed`` by it, from ``before``."""

    field: str
    before: Any
    after: Any

    @property
    def changed(self) -> bool:
        return bool(self.before != self.after)


@dataclass(frozen=True, slots=True)
class Entry:
    step: Step
    lines: list[Line]


@routes.get("/riwayat/{stream}")
def history(page: APage, stream: str, asof: AnAsOf) -> Response:
    """The events of one stream, as known then; with a valid day only what held on it."""
    _ = page.officer
    steps = page.hub.history(stream, asof.known, asof.held)
    if not steps and not page.hub.history(stream):
        raise Unknown("unknown-stream")
    page.looks(Seen.HISTORY, people(stream, steps), stream, why=Purpose.AUDIT)
    return page.render("history.html", stream=stream, entries=entries(steps), asof=asof)


def entries(steps: Sequence[Step]) -> list[Entry]:
    """Each event with the state after it, field by field beside the state before."""
    before: Mapping[str, Any] = {}
    result: list[Entry] = []
    for step in steps:
        after = dict(flat(step.state))
        result.append(Entry(step, [Line(name, before.get(name), value) for name, value in after.items()]))
        before = after
    return result


def flat(state: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested values by dotted name: ``person.name``."""
    for name, value in state.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
