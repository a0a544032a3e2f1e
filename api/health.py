"""Is the hub well? For those who watch it: answers without a token, and without personal data."""

from collections.abc import Iterator

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from adapters.evidence.checkpoint import Checkpointer
from api.wiring import Hub
from domain.kernel.errors import Refused
from projections import deliveries
from projections.views import ModelStatus

TOO_FAR_BEHIND = 10_000
"""Facts: a read model that far behind is still loading, and no place to send clerks to."""
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def router(hub: Hub) -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics`` of one hub."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @routes.get("/readyz", responses={503: {"description": "Ledger unreadable, or read models behind."}})
    def readyz() -> Response:
        """Both ledgers and their read models are fit to serve; ``degraded`` when one of them has parked facts.

        Ministries and Kafka are told, but do not make a hub unready.
        """
        try:
            models = hub.models()
            head, readings = hub.ledger.head(), hub.readings.ledger.head()
        except Refused as refused:
            return JSONResponse({"ready": False, "ledger": refused.code}, 503)
        ready = all(map(fit, models))
        body = {
            "ready": ready,
            "ledger": head,
            "degraded": any(m.parked for m in models),
            "projections": {
                m.name: {"mode": m.mode, "lag": m.lag, "parked": m.parked, "rate": m.rate} for m in models
            },
            "checkpoint": signed(hub.checkpointer),
            "readings": {"ledger": readings, "checkpoint": signed(hub.readings.checkpointer)},
            "couriers": {name: courier.status().mode.value for name, courier in hub.couriers.items()},
            "relay": hub.relay.status().mode.value if hub.relay else None,
        }
        return JSONResponse(body, 200 if ready else 503)

    @routes.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """Figures in the text format of Prometheus."""
        return Response("\n".join([*lines(hub), ""]), media_type=PROMETHEUS)

    return routes


def fit(model: ModelStatus) -> bool:
    return model.mode == "running" and model.lag < TOO_FAR_BEHIND


def signed(checkpointer: Checkpointer) -> dict[str, object]:
    """How much is signed. A refusal is an alarm, and no reason to send clerks home."""
    status = checkpointer.status()
    return {"mode": status.mode, "size": status.size, "cause": status.cause}


def lines(hub: Hub) -> Iterator[str]:
    """One gauge after the other."""
    models = hub.models()
    with hub.views.now() as view:
        delivered = {name: deliveries.delivered(view, name) for name in hub.feeds}
    heads = {name: feed.head() for name, feed in hub.feeds.items()}
    running = {name: int(c.status().mode.value == "running") for name, c in hub.couriers.items()}
    yield from gauge("ledger_position", "Last position of the ledger.", "", {"": hub.ledger.head()})
    lag = {model.name: model.lag for model in models}
    yield from gauge("projection_lag", "Facts a read model is behind.", "model", lag)
    at = {model.name: model.position for model in models}
    yield from gauge("projection_position", "Last position that a read model shows.", "model", at)
    rates = {model.name: model.rate or 0 for model in models}
    yield from gauge("projection_rate", "Facts per second over its last batches.", "model", rates)
    parked = {model.name: model.parked for model in models}
    yield from gauge("projection_parked", "Facts that wait in the parking lot.", "model", parked)
    up = {model.name: int(model.mode == "running") for model in models}
    yield from gauge("projection_running", "1 while a read model follows the ledger.", "model", up)
    yield from gauge("feed_head", "Last feed_seq of a feed.", "destination", heads)
    yield from gauge("feed_delivered", "Last feed_seq that a ministry has.", "destination", delivered)
    behind = {name: heads[name] - delivered[name] for name in heads}
    yield from gauge("feed_lag", "Entries that a ministry does not have yet.", "destination", behind)
    at_readings = {"": hub.readings.ledger.head()}
    yield from gauge("readings_position", "Last position of the ledger of readings.", "", at_readings)
    for name, checkpointer in (("", hub.checkpointer), ("readings_", hub.readings.checkpointer)):
        status, of = checkpointer.status(), "readings" if name else "facts"
        yield from gauge(f"{name}checkpoint_size", f"How many {of} are signed.", "", {"": status.size})
        well = {"": int(status.mode == "running")}
        yield from gauge(f"{name}checkpoint_running", f"1 while {of} are signed.", "", well)
    yield from gauge("courier_running", "1 while a courier pushes.", "destination", running)
    if hub.relay:
        relay = hub.relay.status()
        yield from gauge(
            "relay_position", "Last position that is published in Kafka.", "", {"": relay.position}
        )
        yield from gauge("relay_lag", "Facts that are not published yet.", "", {"": relay.lag})
        publishes = {"": int(relay.mode.value == "running")}
        yield from gauge("relay_running", "1 while the relay publishes.", "", publishes)


def gauge(name: str, about: str, label: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# HELP simpul_{name} {about}"
    yield f"# TYPE simpul_{name} gauge"
    for value, number in values.items():
        labels = f'{{{label}="{value}"}}' if label else ""
        yield f"simpul_{name}{labels} {number}"
