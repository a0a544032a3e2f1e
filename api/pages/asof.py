"""The two times of a page: as known at a moment, as it held on a day; now when neither is asked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import Depends

from api.acts.desk import JAKARTA
from api.errors import BadRequest

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AsOf:
    """As the reader typed them: ``at`` a time in Sragen, ``valid`` a day."""

    at: str = ""
    valid: str = ""

    @property
    def past(self) -> bool:
        """Whether she asked for anything but now."""
        return bool(self.at or self.valid)

    @property
    def known(self) -> datetime | None:
        return moment(self.at)

    @property
    def held(self) -> date | None:
        return day(self.valid)

    @property
    def query(self) -> dict[str, str]:
        """What a link to the next page of the list must repeat."""
        return {name: text for name, text in (("at", self.at), ("valid", self.valid)) if text}

    def until(self, now: datetime) -> datetime:
        """The moment at which clocks stand: the earlier of the two asked, at most ``now``."""
        ends = [now, self.known or now]
        if self.held:
            ends.append(datetime.combine(self.held + DAY, time(), JAKARTA))
        return min(ends)

    def on(self, now: datetime) -> date:
        """The day that is shown."""
        known = (self.known or now).astimezone(JAKARTA).date()
        return self.held or known


async def as_of(at: str = "", valid: str = "") -> AsOf:
    return AsOf(at, valid)


AnAsOf = Annotated[AsOf, Depends(as_of)]
NOW = AsOf()


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
