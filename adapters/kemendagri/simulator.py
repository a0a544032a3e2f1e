"""The Ministry of Home Affairs as a program: takes population changes and files in its dialect, gives receipts.

In companion mode it is the centre: what it does with the files stands in ``centre.py``; what it
holds is sent for comparison by ``holding.py``.

Written from ``contracts/`` alone, as a ministry's programmer would; it knows nothing of the sender.
"""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path
from threading import Event, Thread
from typing import Any

import fastjsonschema
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.clock import SystemClock
from adapters.kemendagri.centre import Centre, Manner
from adapters.kemendagri.holding import Holding
from adapters.simulation.accepted import Accepted, OutOfOrder
from adapters.simulation.server import arguments, serve
from adapters.simulation.stage import Stage, TooLong, read
from domain.kernel.ports import Clock

CONTRACT = Path(__file__).with_name("contracts") / "dukcapil-v1.schema.json"
JAKARTA = timezone(timedelta(hours=7), "WIB")
QUOTA = 1_000_000
CREDENTIALS = ("user_id", "password", "ip_user")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is let in, and how many pushes a day."""

    user_id: str = "sragen"
    password: str = "demo"  # noqa: S105 - of a simulator on the loopback interface
    ip_user: str = "127.0.0.1"
    quota: int = QUOTA


class Refusal(Exception):
    """An error text of the contract, and what stands beside it."""

    def __init__(self, text: str, **beside: Any) -> None:
        super().__init__(text)
        self.item = {"RESPON": text, **beside}


class Dukcapil:
    """The two methods of the contract, version 1."""

    def __init__(self, accepted: Accepted, clock: Clock, sender: Sender) -> None:
        self._accepted = accepted
        self._clock = clock
        self._sender = sender
        self._stage = Stage(accepted)
        self._push_check = _check("KIRIM_PERUBAHAN")
        self._status_check = _check("STATUS_PENGIRIMAN")

    def app(self, *more: Route) -> Starlette:
        base = "/dukcapil/get_json/{consumer}"
        methods = [
            Route(f"{base}/KIRIM_PERUBAHAN", self._push, methods=["POST"]),
            Route(f"{base}/STATUS_PENGIRIMAN", self._ask, methods=["POST"]),
        ]
        return Starlette(routes=[*methods, *more, *self._stage.routes()])

    async def _push(self, request: Request) -> Response:
        return await self._stage.play(request, self.push, lambda text: _answer([{"RESPON": text}]))

    async def _ask(self, request: Request) -> Response:
        """Questions for a receipt are answered whatever the temper, unless the ministry is away."""
        if self._stage.behaviour.away:
            return PlainTextResponse("away", 503)
        try:
            return self.status(await read(request))
        except TooLong:
            return PlainTextResponse("body too long", 413)

    def push(self, body: bytes) -> Response:
        """KIRIM_PERUBAHAN: check, keep, and a receipt per record."""
        try:
            request = self._let_in(body)
            self._spend()
            _fits(self._push_check, request)
            return _answer(self._accept(request["content"]))
        except Refusal as refusal:
            return _answer([refusal.item])

    def status(self, body: bytes) -> Response:
        """STATUS_PENGIRIMAN: has this record arrived, under which receipt?"""
        try:
            request = self._let_in(body)
            _fits(self._status_check, request)
            seq = int(request["FEED_SEQ"])
            receipt = self._accepted.receipt(seq)
            if receipt is None:
                raise Refusal("Data Tidak Ditemukan")
            return _answer([_taken(seq, receipt)])
        except Refusal as refusal:
            return _answer([refusal.item])

    def _let_in(self, body: bytes) -> dict[str, Any]:
        """The request, its credentials under their lower-case names, once they are right."""
        try:
            request = msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Refusal("Format Tidak Dikenal") from None
        request = {key.lower() if key.lower() in CREDENTIALS else key: v for key, v in request.items()}
        sender = self._sender
        if (request.get("user_id"), request.get("password")) != (sender.user_id, sender.password):
            raise Refusal("Login Gagal")
        if request.get("ip_user") != sender.ip_user:
            raise Refusal("IP Address Tidak Sesuai")
        return request

    def _spend(self) -> None:
        quota = self._stage.behaviour.quota
        if self._accepted.calls(self._today()) >= (self._sender.quota if quota is None else quota):
            raise Refusal("Kuota Akses Hari ini telah Habis")

    def _today(self) -> str:
        return self._clock.now().astimezone(JAKARTA).date().isoformat()

    def _accept(self, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
        # JSON Schema counts 7.0 as an integer too.
        records = [(int(record["FEED_SEQ"]), msgspec.json.encode(record)) for record in content]
        for seq, _ in records:
            if seq in self._stage.behaviour.bad:
                raise Refusal("Data Tidak Sah", FEED_SEQ=seq, KOLOM="RECORD")
        try:
            receipts = self._accepted.accept(records, self._clock.now(), self._today())
        except OutOfOrder as gap:
            raise Refusal("Urutan Terputus", FEED_SEQ=gap.feed_seq) from gap
        return [_taken(seq, receipt) for (seq, _), receipt in zip(records, receipts, strict=True)]


def _check(name: str) -> Any:
    """A definition of the contract as a compiled check."""
    contract = json.loads(CONTRACT.read_text("utf-8"))
    return fastjsonschema.compile({**contract, "$ref": f"#/definitions/{name}"}, detailed_exceptions=True)


def _fits(check: Any, request: Mapping[str, Any]) -> None:
    try:
        check(request)
    except fastjsonschema.JsonSchemaValueException as misfit:
        raise _misfit(misfit, request) from None


def _misfit(misfit: fastjsonschema.JsonSchemaValueException, request: Mapping[str, Any]) -> Refusal:
    """Blame the record if it has a number, else the request. Values are not repeated to anybody."""
    match misfit.path[1:]:
        case ["content", index, *column]:
            record = request["content"][int(index)]
            seq = record.get("FEED_SEQ") if isinstance(record, dict) else None
            if isinstance(seq, int) and seq > 0:
                return Refusal("Data Tidak Sah", FEED_SEQ=seq, KOLOM=".".join(map(str, column)) or "RECORD")
    return Refusal("Format Tidak Dikenal", KOLOM=".".join(map(str, misfit.path[1:])))


def _taken(seq: int, receipt: str) -> dict[str, Any]:
    return {"FEED_SEQ": seq, "RESPON": "00", "NO_TERIMA": receipt}


def _answer(content: list[dict[str, Any]]) -> Response:
    """HTTP 200 in the known envelope, whatever happened."""
    page = {
        "content": content,
        "lastPage": True,
        "firstPage": True,
        "numberOfElements": len(content),
        "totalElements": len(content),
        "number": 0,
        "size": len(content),
        "sort": None,
    }
    return Response(msgspec.json.encode(page), media_type="application/json")


def run(
    host: str = "127.0.0.1",
    port: int = 8022,
    *,
    data: Path,
    sender: Sender | None = None,
    manner: Manner | None = None,
    stop_with_stdin: bool = False,
) -> None:
    """Serve until stopped; what was accepted stays in ``data``."""
    store, clock, stop = data / "kemendagri.db", SystemClock(), Event()
    with (
        closing(Accepted(store, "DUKCAPIL")) as accepted,
        closing(Accepted(store, "DUKCAPIL")) as read,
        closing(Centre(read, data / "centre.db", clock, manner)) as centre,
    ):
        answering = Thread(target=centre.run, args=(stop,), name="centre")
        answering.start()
        try:
            app = Dukcapil(accepted, clock, sender or Sender()).app(
                *centre.routes(), *Holding(accepted, clock).routes()
            )
            serve(app, host=host, port=port, stop_with_stdin=stop_with_stdin)
        finally:
            stop.set()
            answering.join()


def _options(parser: ArgumentParser) -> None:
    known = Sender()
    parser.add_argument("--user-id", default=known.user_id, help="user id of the sender")
    parser.add_argument("--password", default=known.password, help="password of the sender")
    parser.add_argument("--ip-user", default=known.ip_user, help="registered address of the sender")
    parser.add_argument("--quota", type=int, default=known.quota, help="pushes per day in Asia/Jakarta")
    parser.add_argument(
        "--answers-to", default="", help="address for the answers to files; empty: none are sent"
    )
    parser.add_argument("--answers-token", default="", help="bearer token of the answers")


if __name__ == "__main__":
    asked = arguments(__doc__ or "", _options)
    run(
        asked.host,
        asked.port,
        data=asked.data,
        sender=Sender(asked.user_id, asked.password, asked.ip_user, asked.quota),
        manner=Manner(asked.answers_to, asked.answers_token),
        stop_with_stdin=asked.stop_with_stdin,
    )
