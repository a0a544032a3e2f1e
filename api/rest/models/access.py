"""Who looked at a resident, in the shapes of REST."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from api.rest.models.base import Answered, Asked, Code, Positions
from projections.alarms import AlarmRow


class ReadingOfResident(Answered):
    """One reading: the office and role answer for it, and no officer is named."""

    at: datetime
    office: str
    role: str
    purpose: str
    channel: str
    seen: str
    record: str


class PurposeStated(Answered):
    """A purpose that an official may state; ``opens``: whether it opens protected elements."""

    code: str = Field(examples=["audit"])
    name_id: str = Field(examples=["pemeriksaan"])
    name_en: str = Field(examples=["audit"])
    opens: bool
    source: str


class ReadingPage(Answered):
    """Readings of one resident, newest first."""

    resident: str
    items: list[ReadingOfResident]
    next: str | None


class RaisedAlarm(Answered):
    """An alarm about an officer; ``resident``: whose data, if of one. ``finding`` null: nobody has looked into it."""

    alarm: str = Field(examples=["alarm-20261124-0123456789abcdef0123"])
    kind: str = Field(examples=["prominent"])
    officer: str
    office: str
    day: date
    hour: datetime | None
    resident: str | None
    count: int
    at_least: int
    finding: str | None
    looked_into_by: str | None
    looked_into_on: date | None

    @classmethod
    def of(cls, row: AlarmRow) -> Self:
        raised = row.raised
        return cls(
            alarm=row.alarm,
            kind=raised.alarm.value,
            officer=raised.officer,
            office=raised.office,
            day=raised.day,
            hour=raised.at,
            resident=raised.resident or None,
            count=raised.count,
            at_least=raised.at_least,
            finding=row.finding,
            looked_into_by=row.by,
            looked_into_on=row.on,
        )


class AlarmPage(Answered):
    """Alarms, the newest first."""

    items: list[RaisedAlarm]


class NewInquiry(Asked):
    """``finding``: ``explained``, ``unclear`` or ``misuse``."""

    finding: Annotated[str, Field(max_length=40)] = Field(examples=["explained"])


class NewWatch(Asked):
    """``kind``: ``prominent``, or ``official`` with the ``officer`` that she is."""

    kind: Annotated[str, Field(max_length=40)] = Field(examples=["official"])
    officer: Annotated[str, Field(max_length=40)] = Field("", examples=["dewi"])


class EndedWatch(Asked):
    """``kind`` as it began."""

    kind: Annotated[str, Field(max_length=40)] = Field(examples=["prominent"])


class WatchActed(Answered):
    """Positions in the ledger of readings."""

    positions: Positions


class Opening(Asked):
    """``purpose``: a code of `GET /api/v1/purposes` with ``opens``."""

    purpose: Annotated[str, Field(max_length=40)] = Field(examples=["service"])


class DisabilityCode(Answered):
    """An empty code: she declared that she has none."""

    code: str = Field(examples=["2"])
    vintage: str = Field(examples=["2019"])


class ProtectedElements(Answered):
    """Null: nothing is recorded, or she is forgotten."""

    resident: str
    purpose: str
    disability: DisabilityCode | None


class NewDisability(Asked):
    """``code`` of today's list; empty: none."""

    code: Code = Field(examples=["2"])


class ProtectedActed(Answered):
    """What was recorded is not told."""

    resident: str
    positions: Positions
