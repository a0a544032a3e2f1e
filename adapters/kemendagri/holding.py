"""What the simulated ministry holds of residents, sent for comparison when a tester says so.

Written from ``contracts/`` alone. It holds what it accepted; what it shall hold otherwise is told with the request.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpcore
import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.simulation.accepted import Accepted
from domain.kernel.ports import Clock

CONTRACT = Path(__file__).with_name("contracts") / "dukcapil-v1.schema.json"
PAGE = 1000
WAITS = {"connect": 5.0, "read": 30.0, "write": 10.0, "pool": 10.0}
UNREACHED = 502


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """What shall be sent, to which address and with which token."""

    url: str
    token: str
    message: str
    """The id of the message: the same id is the same message."""
    changes: dict[str, dict[str, Any]] = {}
    """What it holds otherwise, by NIK, in the words of the contract."""
    more: list[dict[str, Any]] = []
    """Further records, as they stand."""


class Holding:
    """The residents of ``accepted`` as their last records left them."""

    def __init__(self, accepted: Accepted, clock: Clock) -> None:
        self._accepted = accepted
        self._clock = clock
        contract = msgspec.json.decode(CONTRACT.read_bytes())
        self._columns = set(contract["definitions"]["DATA_PENDUDUK"]["properties"])

    def routes(self) -> list[Route]:
        return [Route("/_simulator/comparison", self._compare, methods=["POST"])]

    async def _compare(self, request: Request) -> Response:
        """Send once, and tell what came of it."""
        try:
            wanted = msgspec.json.decode(await request.body(), type=Wanted)
        except msgspec.DecodeError as misfit:
            return PlainTextResponse(str(misfit), 422)
        now = self._clock.now().isoformat()
        held = [{**record, **wanted.changes.get(record["NIK"], {})} for record in self._held().values()]
        records = [*held, *wanted.more]
        receipt = f"DUKCAPIL/{wanted.message}"
        body = {"message": wanted.message, "receipt": receipt, "sent": now, "records": records}
        return await _send(wanted, msgspec.json.encode(body))

    def _held(self) -> Mapping[str, dict[str, Any]]:
        return {said["NIK"]: self._plain(said) for said in self._records() if said.get("NIK")}

    def _records(self) -> Iterator[dict[str, Any]]:
        seen = 0
        while page := self._accepted.after(seen, PAGE):
            yield from (msgspec.json.decode(record.record) for record in page)
            seen = page[-1].feed_seq

    def _plain(self, said: Mapping[str, Any]) -> dict[str, Any]:
        return {column: value for column, value in said.items() if column in self._columns}


async def _send(wanted: Wanted, body: bytes) -> Response:
    headers = [("Authorization", f"Bearer {wanted.token}"), ("Content-Type", "application/json")]
    try:
        async with httpcore.AsyncConnectionPool() as http:
            answer = await http.request(
                "POST", wanted.url, headers=headers, content=body, extensions={"timeout": WAITS}
            )
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError):
        return PlainTextResponse("nobody has answered", UNREACHED)
    return Response(answer.content, answer.status, media_type="application/json")
