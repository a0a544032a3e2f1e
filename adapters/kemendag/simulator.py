"""The Ministry of Trade as a program: takes permit changes by SOAP, keeps them, gives receipts.

Written from ``contracts/`` alone, as a ministry's programmer would; it knows nothing of the sender.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import msgspec
from lxml import etree
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.clock import SystemClock
from adapters.simulation.accepted import Accepted, OutOfOrder
from adapters.simulation.server import arguments, serve
from adapters.simulation.stage import Stage, TooLong, read
from adapters.soap import envelope
from adapters.soap.schema import Schema
from domain.kernel.ports import Clock

CONTRACTS = Path(__file__).with_name("contracts")
PATH = "/perizinan/v1"
SERVER_CODES = frozenset({"GANGGUAN"})
"""Faults that are not the sender's."""


class Refusal(Exception):
    """A declared fault (``Kesalahan``)."""

    def __init__(self, kode: str, pesan: str, feed_seq: int | None = None) -> None:
        super().__init__(kode)
        self.kode = kode
        self.pesan = pesan
        self.feed_seq = feed_seq


class Perizinan:
    """The service of the contract, version 1."""

    def __init__(self, accepted: Accepted, clock: Clock) -> None:
        self._schema = Schema(CONTRACTS / "perizinan-v1.xsd")
        self._accepted = accepted
        self._clock = clock
        self._stage = Stage(accepted)

    def app(self) -> Starlette:
        contract = [
            Route(PATH, self._service, methods=["POST"]),
            Route(PATH, self._wsdl, methods=["GET"]),
            Route(f"{PATH[:-2]}perizinan-v1.xsd", self._xsd),
        ]
        return Starlette(routes=[*contract, *self._stage.routes()])

    async def _service(self, request: Request) -> Response:
        if "StatusPengiriman" in request.headers.get("soapaction", ""):
            return await self._ask(request)
        return await self._stage.play(request, self.answer, lambda kode: _fault(_named(kode), status=200))

    async def _ask(self, request: Request) -> Response:
        """Questions for a receipt are answered whatever the temper, unless the ministry is away."""
        if self._stage.behaviour.away:
            return PlainTextResponse("away", 503)
        try:
            return self.answer(await read(request))
        except TooLong:
            return PlainTextResponse("body too long", 413)

    def answer(self, body: bytes) -> Response:
        """One request to one answer or fault."""
        try:
            message = envelope.payload(body)
            match etree.QName(message).localname:
                case "KirimPerubahanIzin":
                    return _reply(self._push(message))
                case "StatusPengiriman":
                    return _reply(self._status(message))
            raise envelope.SoapProblem("Client", "no such operation")
        except envelope.SoapProblem as problem:
            return _xml(envelope.fault(problem.code, problem.text), 500)
        except Refusal as refusal:
            return _fault(refusal)

    def _push(self, message: etree._Element) -> str:
        """Check, keep, and answer with one receipt per run of records accepted together."""
        self._check(message)
        records = [(int(record[0].text or ""), _json(record)) for record in message]
        for seq, _ in records:
            if seq in self._stage.behaviour.bad:
                raise Refusal("DATA_TIDAK_SAH", "record refused", seq)
        now = self._clock.now()
        try:
            receipts = self._accepted.accept(records, now, now.date().isoformat())
        except OutOfOrder as gap:
            raise Refusal("URUTAN_TERPUTUS", "records are missing", gap.feed_seq) from gap
        sequence = [seq for seq, _ in records]
        return _message("KirimPerubahanIzinResponse", "".join(_runs(sequence, receipts)))

    def _status(self, message: etree._Element) -> str:
        if self._schema.check(message):
            raise envelope.SoapProblem("Client", "the message does not fit the schema")
        receipt = self._accepted.receipt(int(message[0].text or ""))
        known = f"<v:noTerima>{receipt}</v:noTerima>" if receipt else ""
        diterima = "true" if receipt else "false"
        return _message("StatusPengirimanResponse", f"<v:diterima>{diterima}</v:diterima>{known}")

    def _check(self, message: etree._Element) -> None:
        """The whole message against the schema; when it fails, record by record to name the first."""
        if self._schema.check(message) is None:
            return
        for record in message:
            seq = record[0].text if len(record) else None
            if (misfit := self._schema.check(record)) and seq and seq.isascii() and seq.isdigit():
                raise Refusal("DATA_TIDAK_SAH", f"{misfit.element}: {misfit.rule}", int(seq) or None)
        raise envelope.SoapProblem("Client", "the message does not fit the schema")

    async def _wsdl(self, request: Request) -> Response:
        text = (CONTRACTS / "perizinan-v1.wsdl").read_text("utf-8")
        here = str(request.url.replace(query=""))
        return _xml(text.replace("http://127.0.0.1/perizinan/v1", here).encode())

    async def _xsd(self, _: Request) -> Response:
        return _xml((CONTRACTS / "perizinan-v1.xsd").read_bytes())


def _named(kode: str) -> Refusal:
    """A fault that was asked for by its code."""
    return Refusal(kode, "as asked", 1 if kode in ("DATA_TIDAK_SAH", "URUTAN_TERPUTUS") else None)


def _fault(refusal: Refusal, status: int = 500) -> Response:
    seq = f"<v:feedSeq>{refusal.feed_seq}</v:feedSeq>" if refusal.feed_seq else ""
    inside = f"<v:kode>{refusal.kode}</v:kode><v:pesan>{refusal.pesan}</v:pesan>{seq}"
    code = "Server" if refusal.kode in SERVER_CODES else "Client"
    return _xml(envelope.fault(code, refusal.pesan, _message("Kesalahan", inside).encode()), status)


def _message(name: str, inside: str) -> str:
    return f'<v:{name} xmlns:v="urn:sragen:simpul:perizinan:v1">{inside}</v:{name}>'


def _runs(sequence: Sequence[int], receipts: Sequence[str]) -> list[str]:
    runs = []
    for receipt, run in groupby(zip(sequence, receipts, strict=True), key=itemgetter(1)):
        seqs = [seq for seq, _ in run]
        ends = f"<v:dariSeq>{seqs[0]}</v:dariSeq><v:sampaiSeq>{seqs[-1]}</v:sampaiSeq>"
        runs.append(f"<v:tandaTerima>{ends}<v:noTerima>{receipt}</v:noTerima></v:tandaTerima>")
    return runs


def _json(record: etree._Element) -> bytes:
    """The record as it came, by element name."""
    return msgspec.json.encode({field.tag.rpartition("}")[2]: field.text for field in record})


def _reply(message: str) -> Response:
    return _xml(envelope.wrap(message.encode()))


def _xml(document: bytes, status: int = 200) -> Response:
    return Response(document, status, media_type=envelope.CONTENT_TYPE)


def run(host: str = "127.0.0.1", port: int = 8021, *, data: Path, stop_with_stdin: bool = False) -> None:
    """Serve until stopped; what was accepted stays in ``data``."""
    accepted = Accepted(data / "kemendag.db", "KEMENDAG")
    try:
        app = Perizinan(accepted, SystemClock()).app()
        serve(app, host=host, port=port, stop_with_stdin=stop_with_stdin)
    finally:
        accepted.close()


if __name__ == "__main__":
    asked = arguments(__doc__ or "")
    run(asked.host, asked.port, data=asked.data, stop_with_stdin=asked.stop_with_stdin)
