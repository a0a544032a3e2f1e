"""The history of a record: every event, who did it, and what was true after it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, Response

from api.acts.desk import JAKARTA
from api.errors import BadRequest
from api.pages.frame import APage
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
def history(page: APage, stream: str, at: str = "", valid: str = "") -> Response:
    """The events of one stream, as known at ``at`` (a time in Sragen; now when empty).

    With ``valid``, a day, only what held then.
    """
    _ = page.officer
    steps = page.hub.history(stream, moment(at), day(valid))
    if not steps and not page.hub.history(stream):
        raise Unknown("unknown-stream")
    return page.render("history.html", stream=stream, entries=entries(steps), at=at, valid=valid)


def moment(text: str) -> datetime | None:
    """A date, or a date and time of day in Sragen; a date alone is its end."""
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text if "T" in text else f"{text}T23:59:59.999999")
    except ValueError:
        raise BadRequest("malformed-moment") from None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=JAKARTA)).astimezone(UTC)


def day(text: str) -> date | None:
    """A day; None when the text is empty."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadRequest("malformed-moment") from None


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
