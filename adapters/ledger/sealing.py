"""Personal data sealed per data subject: AES-256-GCM, a key for each, bound to the clear header.

What is hashed is what is sealed: when a subject's key is destroyed her data cannot be read any more, in
this store or in any copy of it, and every hash and proof stays as it was.

    sealed body = 0x01, uint32 length of the clear part, clear part (JSON, personal values null), blocks
    block       = uint16 index in the header's subjects, uint64 key id, 12-byte nonce, uint32 length,
                  AES-256-GCM (associated data: the header) of a JSON array of [place, value], where
                  place counts the personal values of the event from 0

Bodies of the first release begin with ``{``: they stand in clear, and are read for ever.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from os import urandom
from struct import Struct
from threading import Lock
from typing import Any, NamedTuple, Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.kernel.errors import Rejected, StoreUnavailable
from domain.kernel.events import Personal

SEALED = 0x01
PREFIX = Struct(">BI")
BLOCK = Struct(">HQ12sI")
NONCE = 12
MARK = bytes([SEALED])
BEGIN, END = b'"value":', b"}"
NULL = BEGIN + b"null" + END
FRAME = len(BEGIN + END)
CACHED = 4096
"""Unwrapped keys that are kept in memory."""

_encode = msgspec.json.Encoder().encode
_places = msgspec.json.Decoder(list[tuple[int, msgspec.Raw]]).decode
Buffer = bytes | msgspec.Raw


class SubjectKey(NamedTuple):
    """The key of one data subject; ``id`` stands in the record."""

    id: int
    cipher: AESGCM


class KeyStore(Protocol):
    """Where keys are kept, apart from the ledger."""

    def take(self) -> tuple[int, bytes]:
        """A new key, durable already, that nobody else gets."""

    def keys(self, ids: Sequence[int]) -> Mapping[int, bytes]:
        """Those of these keys that are there: a destroyed one is not."""

    def changes(self) -> object:
        """Something that is another once a key was destroyed, by whatever process."""


class Block(NamedTuple):
    """One subject's sealed values."""

    key: int
    nonce: bytes
    sealed: bytes


class Keyring:
    """The keys of subjects, fetched when they are needed; few are kept."""

    def __init__(self, store: KeyStore, known: Callable[[Sequence[str]], Mapping[str, int]]) -> None:
        """``known`` tells which key ids the ledger has for these subjects."""
        self._store = store
        self._known = known
        self._ciphers: OrderedDict[int, AESGCM] = OrderedDict()
        self._seen: object = None
        self._lock = Lock()

    def of_subjects(
        self, subjects: Sequence[str], new: Collection[str] = ()
    ) -> tuple[dict[str, SubjectKey], list[tuple[str, int]]]:
        """A key for each subject, and which of them are new: (subject, key id), to append with the facts.

        Those in ``new`` are not looked for. A subject whose key was destroyed gets no other:
        ``subject-forgotten``.
        """
        ids = self._known([subject for subject in subjects if subject not in new])
        ciphers = self.fetch(ids.values())
        found: dict[str, SubjectKey] = {}
        fresh: list[tuple[str, int]] = []
        for subject in subjects:
            if (id_ := ids.get(subject)) is None:
                id_, key = self._store.take()
                found[subject] = SubjectKey(id_, AESGCM(key))
                fresh.append((subject, id_))
            elif (cipher := ciphers.get(id_)) is None:
                raise Rejected("subject-forgotten")
            else:
                found[subject] = SubjectKey(id_, cipher)
        return found, fresh

    def fetch(self, ids: Iterable[int]) -> dict[int, AESGCM]:
        """The ciphers of these keys; one that is absent was destroyed."""
        wanted = dict.fromkeys(ids)
        if not wanted:
            return {}
        changes = self._store.changes()
        with self._lock:
            if changes != self._seen:
                self._ciphers.clear()
                self._seen = changes
            found = {id_: self._ciphers[id_] for id_ in wanted if id_ in self._ciphers}
        missing = [id_ for id_ in wanted if id_ not in found]
        if missing:
            new = {id_: AESGCM(key) for id_, key in self._store.keys(missing).items()}
            found |= new
            with self._lock:
                # Kept under what the store was when we asked: a key that was destroyed meanwhile is not
                # found again, because whoever comes next sees a change.
                if self._seen != changes:
                    return found
                self._ciphers |= new
                while len(self._ciphers) > CACHED:
                    self._ciphers.popitem(last=False)
        return found


def seal(
    body: bytes, personal: Sequence[Personal[Any]], keys: Mapping[str, SubjectKey], header: bytes
) -> bytes:
    """The sealed form of ``body``, whose personal values are ``personal`` in the order of the text."""
    clear, values = _take_out(body, personal)
    owned: dict[str, list[bytes]] = {}
    for place, (one, value) in enumerate(zip(personal, values, strict=True)):
        mine = owned.setdefault(one.subject, [])  # also without a value: the index counts subjects
        if one.value is not None:
            mine.append(b"[%d,%b]" % (place, value))
    parts = [PREFIX.pack(SEALED, len(clear)), clear]
    for index, (subject, mine) in enumerate(owned.items()):
        if mine:
            key, nonce = keys[subject], urandom(NONCE)
            sealed = key.cipher.encrypt(nonce, b"[%b]" % b",".join(mine), header)
            parts += (BLOCK.pack(index, key.id, nonce, len(sealed)), sealed)
    return b"".join(parts)


def _take_out(body: bytes, personal: Sequence[Personal[Any]]) -> tuple[bytes, list[bytes]]:
    """The text without its personal values, and the values as they stood in it. A quote in a value is
    escaped, so that ``"value":`` stands only where a ``Personal`` has it.
    """
    pieces: list[bytes] = []
    values: list[bytes] = []
    at = 0
    for one in personal:
        value = _encode(one.value)
        begin = body.index(b'"value":%b}' % value, at)
        pieces += (body[at:begin], NULL)
        at = begin + len(value) + FRAME
        values.append(value)
    pieces.append(body[at:])
    return b"".join(pieces), values


def is_sealed(body: bytes) -> bool:
    return body[:1] == MARK


def blocks(body: bytes) -> list[Block]:
    """The blocks of a sealed body."""
    _, length = PREFIX.unpack_from(body)
    at, end = PREFIX.size + length, len(body)
    found: list[Block] = []
    while at < end:
        _, key, nonce, size = BLOCK.unpack_from(body, at)
        at += BLOCK.size
        found.append(Block(key, nonce, body[at : at + size]))
        at += size
    return found


def unseal(body: bytes, found: Iterable[Block], ciphers: Mapping[int, AESGCM], header: bytes) -> bytes:
    """The body, whose blocks are ``found``, as it was before it was sealed; what no key opens stays null.

    Refused: ``record-damaged`` when a key does not fit.
    """
    _, length = PREFIX.unpack_from(body)
    clear = body[PREFIX.size : PREFIX.size + length]
    values: dict[int, Buffer] = {}
    for key, nonce, sealed in found:
        cipher = ciphers.get(key)
        if cipher is not None:
            try:
                opened = cipher.decrypt(nonce, sealed, header)
            except InvalidTag as damage:
                raise StoreUnavailable("record-damaged") from damage
            values.update(_places(opened))
    return _put_back(clear, values) if values else clear


def _put_back(clear: bytes, values: Mapping[int, Buffer]) -> bytes:
    *pieces, last = clear.split(NULL)
    whole: list[Buffer] = []
    for place, piece in enumerate(pieces):
        whole += (piece, BEGIN, values.get(place, b"null"), END)
    whole.append(last)
    return b"".join(whole)
