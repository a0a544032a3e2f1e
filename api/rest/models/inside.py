"""History, deliveries and read models, as REST answers them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.rest.models.base import Answered


class HistoryStep(Answered):
    """One event of a record, and the state of the record after it."""

    position: int
    version: int
    event: str
    recorded_at: datetime
    valid_on: date = Field(description="The day from which it holds.")
    committed_at: datetime
    actor: str
    role: str
    office: str
    channel: str
    purpose: str
    data: Mapping[str, Any]
    state: Mapping[str, Any]


class History(Answered):
    """What happened to a record, as known ``at`` (now when null) and as it held on day ``valid``."""

    stream: str
    at: datetime | None
    valid: date | None
    steps: list[HistoryStep]


class Delivery(Answered):
    """One ministry. ``mode`` is null when nothing is pushed there."""

    head: int = Field(description="Last feed_seq of its feed.")
    delivered: int = Field(description="Last feed_seq that it has.")
    lag: int
    mode: str | None = Field(examples=["running"])
    reason: str | None
    next_try: datetime | None
    last_success: datetime | None
    attempts: int | None


class Projection(Answered):
    """A read model; ``lag`` in facts behind the ledger, ``rate`` in facts per second of late."""

    name: str
    version: int
    position: int
    lag: int
    mode: str
    cause: str | None
    parked: int = Field(description="Facts that could not be taken in, and those that wait behind them.")
    rate: int | None
