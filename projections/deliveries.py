"""What each ministry has acknowledged: receipts, newest first."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, func, select

from domain.exchange.delivery import DeliveryAcknowledged
from projections.readmodel import Batch, ReadModel, View, Writer, upsert

_receipts = Table(
    "deliveries",
    MetaData(),
    Column("destination", String, primary_key=True),
    Column("to_seq", Integer, primary_key=True),
    Column("from_seq", Integer, nullable=False),
    Column("receipt", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
_put = upsert(_receipts)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The ministry has entries ``from_seq``..``to_seq``, recorded ``at``."""

    destination: str
    to_seq: int
    from_seq: int
    receipt: str
    sha256: str
    at: datetime


def read_model() -> ReadModel:
    return ReadModel("deliveries", 1, (_receipts,), _apply)


def _apply(batch: Batch, write: Writer) -> None:
    write.many(
        _put,
        [
            (e.destination, e.to_seq, e.from_seq, e.receipt, e.sha256, _text(fact.header.recorded_at))
            for fact in batch
            if isinstance(e := fact.event, DeliveryAcknowledged)
        ],
    )


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def delivered(view: View, destination: str) -> int:
    """The last ``feed_seq`` that the destination has; 0 when none."""
    query = select(func.max(_receipts.c.to_seq)).where(_receipts.c.destination == destination)
    return view.connection.execute(query).scalar() or 0


def recent(view: View, destination: str, limit: int = 10) -> list[Acknowledgement]:
    """The latest receipts, newest first; times in UTC."""
    query = (
        select(_receipts)
        .where(_receipts.c.destination == destination)
        .order_by(_receipts.c.to_seq.desc())
        .limit(limit)
    )
    rows = view.connection.execute(query)
    return [
        Acknowledgement(to, seq, first, receipt, sha256, _utc(at))
        for to, seq, first, receipt, sha256, at in rows
    ]


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
