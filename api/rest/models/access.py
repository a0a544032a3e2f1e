"""Who looked at a resident, in the shapes of REST."""

from datetime import datetime

from pydantic import Field

from api.rest.models.base import Answered


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
