"""How the Ministry of Home Affairs is told: its JSON dialect, in which HTTP 200 may well be an error."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import fastjsonschema
import msgspec

from adapters.kemendagri.mapping import wire_record
from adapters.post import Post
from adapters.reference import reference
from adapters.words import plain
from domain.kernel.ports import (
    BadRecord,
    DeliveryProblem,
    DestinationFault,
    Entry,
    QuotaUsedUp,
    Unanswered,
)

CONTRACT = Path(__file__).with_name("contracts") / "dukcapil-v1.schema.json"
PUSH = "KIRIM_PERUBAHAN"
STATUS = "STATUS_PENGIRIMAN"
DONE = "00"
NOT_FOUND = "data tidak ditemukan"
QUOTA = "kuota akses hari ini telah habis"
DATA_ERRORS = {"data tidak sah", "urutan terputus"}
"""Texts, in lower case, that blame the record beside them."""
ANSWERS = ("RESPON", "RESPONSE", "RESPONSE_CODE")
"""The names under which sites give their verdict; key case varies too."""

Item = dict[str, Any]


class Answer(msgspec.Struct):
    """The known envelope; the rest of it (page, size, sort) says nothing about a push."""

    content: list[Item]


class Kemendagri:
    """A ``ports.Ministry``. ``timeout``: seconds for a whole exchange; ``batch``: most records in one."""

    name = "kemendagri"

    def __init__(
        self,
        url: str,
        *,
        consumer: str = "33-14",
        user_id: str,
        password: str,
        ip_user: str,
        timeout: float = 30.0,
        batch: int = 200,
    ) -> None:
        self.batch = batch
        self._post = Post(f"{url.rstrip('/')}/dukcapil/get_json/{consumer}", timeout=timeout)
        self._credentials = {"user_id": user_id, "password": password, "ip_user": ip_user}
        self._check = record_check()

    def deliver(self, entries: Sequence[Entry]) -> str:
        """Push in order; the receipt of the last record."""
        items = self._ask(PUSH, self.body(entries))
        if [item.get("FEED_SEQ") for item in items] != [entry.feed_seq for entry in entries]:
            raise Unanswered("receipt-does-not-fit")
        return _receipt(items[-1])

    def received(self, feed_seq: int) -> str | None:
        """The receipt of a record that the ministry has already."""
        question = msgspec.json.encode({**self._credentials, "FEED_SEQ": feed_seq})
        item = self._ask(STATUS, question)[0]
        return _receipt(item) if _verdict(item) == DONE else None

    def close(self) -> None:
        self._post.close()

    def body(self, entries: Sequence[Entry]) -> bytes:
        """The whole request, checked against the contract; ``BadRecord`` names the first misfit."""
        records = [wire_record(entry, occupation) for entry in entries]
        for record in records:
            try:
                self._check(record)
            except fastjsonschema.JsonSchemaValueException as misfit:
                _blame(misfit, record["FEED_SEQ"])
        return msgspec.json.encode({**self._credentials, "content": records})

    def _ask(self, method: str, body: bytes) -> list[Item]:
        """The items of a good answer, or the answer "not found"; raises ``DeliveryProblem`` else."""
        reply = self._post.send(f"/{method}", body, {"Content-Type": "application/json"})
        if reply.status_code != 200:
            raise Unanswered(f"http-{reply.status_code}")
        try:
            found = msgspec.json.decode(reply.content, type=Answer).content
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as garbled:
            raise Unanswered("answer-not-to-contract") from garbled
        items = [{key.upper(): value for key, value in item.items()} for item in found]
        if not items:
            raise Unanswered("answer-empty")
        for item in items:
            verdict = _verdict(item)
            if verdict != DONE and not (method == STATUS and verdict == NOT_FOUND):
                raise _meaning(verdict, item)
        return items


@cache
def record_check() -> Any:
    """What the contract lets into a push, as a compiled check."""
    contract = json.loads(CONTRACT.read_text("utf-8"))
    root = {**contract, "$ref": "#/definitions/CONTENT"}
    return fastjsonschema.compile(root, detailed_exceptions=True)


def occupation(code: str, on: date) -> str:
    return _occupation(code, str(on.year))


@cache
def _occupation(code: str, year: str) -> str:
    return reference().codes.name("occupation", code, year)


def _blame(misfit: fastjsonschema.JsonSchemaValueException, feed_seq: int) -> NoReturn:
    # The exception quotes the value, which is somebody's: only field and rule are told.
    field = ".".join(str(step) for step in misfit.path[1:]) or "record"
    raise BadRecord(f"schema: {field} {misfit.rule}", feed_seq) from None


def _verdict(item: Item) -> str:
    for name in ANSWERS:
        if name in item:
            return str(item[name]).strip().casefold()
    raise Unanswered("answer-without-verdict")


def _receipt(item: Mapping[str, Any]) -> str:
    receipt = item.get("NO_TERIMA")
    if not isinstance(receipt, str) or not receipt:
        raise Unanswered("answer-without-receipt")
    return receipt


def _meaning(verdict: str, item: Item) -> DeliveryProblem:
    """An error text; one that nobody knows is a fault of the connection, its words kept."""
    blamed = item.get("FEED_SEQ")
    if verdict in DATA_ERRORS and isinstance(blamed, int):
        return BadRecord(f"kemendagri: {verdict} {plain(str(item.get('KOLOM', '')))}".strip(), blamed)
    if verdict == QUOTA:
        return QuotaUsedUp("kemendagri: quota")
    return DestinationFault(f"kemendagri: {plain(verdict)}")
