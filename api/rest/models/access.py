"""Who looked at a resident, in the shapes of REST."""

from datetime import datetime

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


class ReadingPage(Answered):
    """Readings of one resident, newest first."""

    resident: str
    items: list[ReadingOfResident]
    next: str | None
