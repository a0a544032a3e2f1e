"""How the Ministry of Trade is told: our own writer for the records, zeep for what comes back."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import zeep
import zeep.exceptions
from lxml import etree

from adapters.kemendag.mapping import wire_record
from adapters.post import Post, Reply
from adapters.soap import envelope
from adapters.soap.schema import Schema, record_writer, xml_text
from adapters.words import plain
from domain.kernel.ports import BadRecord, DestinationFault, Entry, Unanswered

CONTRACTS = Path(__file__).with_name("contracts")
PATH = "/perizinan/v1"
PUSH = "KirimPerubahanIzin"
STATUS = "StatusPengiriman"
DATA_ERRORS = frozenset({"DATA_TIDAK_SAH", "URUTAN_TERPUTUS"})
"""Fault codes that blame one record."""
TROUBLE = "GANGGUAN"


class Kemendag:
    """A ``ports.Ministry``. ``timeout``: seconds for a whole exchange; ``batch``: most records in one."""

    name = "kemendag"

    def __init__(self, url: str, *, timeout: float = 30.0, batch: int = 200) -> None:
        self.batch = batch
        self._post = Post(url, timeout=timeout)
        self._schema = Schema(CONTRACTS / "perizinan-v1.xsd")
        self._write = record_writer(self._schema, "PerubahanIzin")
        self._replies = Replies(self._schema)

    def deliver(self, entries: Sequence[Entry]) -> str:
        """Push in order; the receipt of the last record."""
        receipts = self._replies.read(PUSH, self._send(PUSH, self.body(entries)))
        _covers(receipts, entries)
        return str(receipts[-1].noTerima)

    def received(self, feed_seq: int) -> str | None:
        """The receipt of a record that the ministry has already."""
        question = f"<v:feedSeq>{feed_seq}</v:feedSeq>"
        status = self._replies.read(STATUS, self._send(STATUS, self._message(STATUS, question)))
        return str(status.noTerima) if status.diterima and status.noTerima else None

    def close(self) -> None:
        self._post.close()

    def body(self, entries: Sequence[Entry]) -> bytes:
        """The whole request, checked against the contract; ``BadRecord`` names the first misfit."""
        records = "".join([self._write(wire_record(entry)) for entry in entries])
        payload = self._payload(PUSH, records)
        if not self._schema.holds(payload):
            payload = self._payload(PUSH, xml_text(records))
            self._blame(etree.fromstring(payload), entries)
        return envelope.wrap(payload)

    def _blame(self, message: etree._Element, entries: Sequence[Entry]) -> None:
        """Name the first record that does not fit, if it was not a mere character that XML cannot carry."""
        for element, entry in zip(message, entries, strict=True):
            if misfit := self._schema.check(element):
                raise BadRecord(f"schema: {misfit.element} {misfit.rule}", entry.feed_seq)
        if self._schema.check(message):
            # Each record fits and the message does not: it is our message that is wrong.
            raise DestinationFault("schema: message")

    def _message(self, name: str, inside: str) -> bytes:
        return envelope.wrap(self._payload(name, inside))

    def _payload(self, name: str, inside: str) -> bytes:
        return f'<v:{name} xmlns:v="{self._schema.namespace}">{inside}</v:{name}>'.encode()

    def _send(self, operation: str, body: bytes) -> Reply:
        action = self._replies.action(operation)
        headers = {"SOAPAction": f'"{action}"', "Content-Type": envelope.CONTENT_TYPE}
        return self._post.send(PATH, body, headers)


class Replies:
    """What the ministry answers, read by zeep from the packaged WSDL.

    The one place that uses zeep's private ``_binding``: its public call would also write the request,
    many times slower than our writer and without checking a single facet.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._client = _contract()
        self._binding = self._client.service._binding
        self._fault = self._client.get_element(f"{{{schema.namespace}}}Kesalahan")

    def action(self, operation: str) -> str:
        return str(self._binding.get(operation).soapaction)

    def read(self, operation: str, reply: Reply) -> Any:
        """The typed answer. An answer that does not keep the contract says nothing: ``Unanswered``."""
        self._keep_the_contract(operation, reply)
        try:
            return self._binding.process_reply(self._client, self._binding.get(operation), reply)
        except zeep.exceptions.Fault as fault:
            raise self._meaning(fault) from fault
        except zeep.exceptions.Error as garbled:
            raise Unanswered("answer-not-understood") from garbled

    def _keep_the_contract(self, operation: str, reply: Reply) -> None:
        try:
            answer = envelope.payload(reply.content)
        except envelope.SoapProblem as problem:
            raise Unanswered("answer-not-soap") from problem
        if answer.tag == f"{{{envelope.SOAP}}}Fault":
            return
        expected = f"{{{self._schema.namespace}}}{operation}Response"
        if reply.status_code != 200 or answer.tag != expected or self._schema.check(answer):
            raise Unanswered("answer-not-to-contract")

    def _meaning(self, fault: zeep.exceptions.Fault) -> Exception:
        named = f"{{{self._schema.namespace}}}Kesalahan"
        declared = None if fault.detail is None else fault.detail.find(named)
        if declared is None or self._schema.check(declared):
            return _undeclared(fault)
        told = self._fault.parse(declared, self._client.wsdl.types)
        if told.kode in DATA_ERRORS and told.feedSeq:
            return BadRecord(f"kemendag: {told.kode}", int(told.feedSeq))
        if told.kode == TROUBLE:
            return Unanswered(f"kemendag: {told.kode}")
        return DestinationFault(f"kemendag: {told.kode} {plain(told.pesan)}")


@cache
def _contract() -> Any:
    """The packaged WSDL, read once and offline; DTDs and foreign addresses would be allowed by default."""
    settings = zeep.Settings(
        strict=True,
        forbid_dtd=True,
        forbid_entities=True,
        forbid_external=True,
        xml_huge_tree=False,
    )
    make: Any = zeep.Client  # untyped
    return make(str(CONTRACTS / "perizinan-v1.wsdl"), settings=settings)


def _undeclared(fault: zeep.exceptions.Fault) -> Exception:
    """A fault without our detail: the ministry's own trouble (Server), or it does not know us at all."""
    if str(fault.code).rpartition(":")[2] == "Server":
        return Unanswered("kemendag: fault Server")
    return DestinationFault(f"kemendag: fault {plain(str(fault.code))} {plain(str(fault.message))}")


def _covers(receipts: Sequence[Any], entries: Sequence[Entry]) -> None:
    """The runs must touch and be exactly what was sent; else the answer is to something else."""
    at = entries[0].feed_seq
    for receipt in receipts:
        if receipt.dariSeq != at:
            raise Unanswered("receipt-does-not-fit")
        at = receipt.sampaiSeq + 1
    if at != entries[-1].feed_seq + 1:
        raise Unanswered("receipt-does-not-fit")
