"""History, deliveries and read models, as REST answers them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from api.rest.models.base import Answered


class HistoryStep(Answered):
    """One event of a record, and the state of the record after it."""

    position: int
    version: int
    event: str
    recorded_at: datetime
    committed_at: datetime
    actor: str
    role: str
    office: str
    channel: str
    purpose: str
    data: Mapping[str, Any]
    state: Mapping[str, Any]


class History(Answered):
    """What happened to a record, as known ``at`` (now when null)."""

    stream: str
    at: datetime | None
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
    """A read model; ``lag`` in facts behind the ledger."""

    name: str
    version: int
    position: int
    lag: int
    mode: str
    cause: str | None
