"""Checks a bundle of Simpul offline: that its facts are the signed ones, complete, in order, unchanged.

    python3 simpul_verify.py BUNDLE [--vkey KEY] [--since CHECKPOINT] [--json] [--pure]

One file, the standard library alone; it shares no code with the hub that it checks. Signatures are checked with the
library ``cryptography`` where it is installed, else (or with ``--pure``) by the arithmetic at the end of this file.
Exit code: 0 everything holds, 1 something does not (each line says which check and where), 2 wrong use.

Formats: RFC 6962 (tree), C2SP signed note and checkpoint (Ed25519), POSIX ustar in one exact form, gzip, NDJSON.
Take this file and the key from somebody else than the party that is checked.
"""

import argparse
import json
import sys
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

PARTS = (
    "README.txt", "simpul_verify.py", "simpul_verify.mjs", "log.vkey", "checkpoint", "committed-at", "checkpoints",
    "bundle.json", "catalogue.json", "facts.ndjson.gz", "leaf-hashes.bin", "claims.ndjson.gz", "commands.ndjson.gz",
    "subjects.ndjson.gz", "paper-keys.json", "papers.ndjson.gz", "manifest",
)  # fmt: skip
"""What stands in a bundle, in this order and nothing else."""
BLOCK = 512
CHUNK = 1 << 16
LONGEST = 1 << 20
"""Bytes of the longest line."""
TIMES = 256
"""Commit times that share a leaf of the second tree."""
HASH = 32
ED25519 = 0x01
DASH = "\N{EM DASH} "
TIMES_ORIGIN = "/committed-at"
BUNDLE_ORIGIN = "/bundle"
FACT = {"position": int, "committed_at": int, "stream": str, "version": int, "topic": str, "record": str}
SHOWN = 20

Fail = Callable[[str, str, str], None]
"""Told for every check that does not hold: which check, where, why."""


class Failure(NamedTuple):
    """A check that does not hold, and where."""

    check: str
    where: str
    why: str


# -- the tree of RFC 6962


def leaf_hash(record: bytes) -> bytes:
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The complete subtrees at the right edge of a tree: as much as its root needs."""

    def __init__(self) -> None:
        self.size = 0
        self.hashes: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        size = self.size
        while size & 1:
            leaf = node_hash(self.hashes.pop(), leaf)
            size >>= 1
        self.hashes.append(leaf)
        self.size += 1

    def root(self, extra: bytes | None = None) -> bytes:
        """The root, as if ``extra`` were one leaf more."""
        rest = [*self.hashes, *([extra] if extra else [])]
        if not rest:
            return sha256(b"").digest()
        root = rest.pop()
        while rest:
            root = node_hash(rest.pop(), root)
        return root


class Times:
    """The second tree: a leaf for every 256 commit times (int64, microseconds), and one for the rest."""

    def __init__(self) -> None:
        self.blocks = Frontier()
        self.pending = b""

    def add(self, committed_at: int) -> None:
        self.pending += committed_at.to_bytes(8, "big", signed=True)
        if len(self.pending) == 8 * TIMES:
            self.blocks.add(leaf_hash(self.pending))
            self.pending = b""

    def root(self) -> bytes:
        return self.blocks.root(leaf_hash(self.pending) if self.pending else None)


# -- signed notes and checkpoints (c2sp.org)


@dataclass(frozen=True)
class Vkey:
    """The public key of a log, and its name."""

    name: str
    id: bytes
    key: bytes

    @classmethod
    def parse(cls, text: str) -> "Vkey":
        name, id_, encoded = text.strip().split("+", 2)
        raw = base64_bytes(encoded)
        made = cls(name, bytes.fromhex(id_), raw[1:])
        if raw[0] != ED25519 or len(made.key) != 32 or made.id != key_id(name, made.key):
            raise ValueError("not an Ed25519 key of that name")
        return made

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([ED25519]) + self.key).decode()}"


def key_id(name: str, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([ED25519]) + key).digest()[:4]


def base64_bytes(text: str) -> bytes:
    """Base64 in its one canonical form."""
    raw = b64decode(text, validate=True)
    if b64encode(raw).decode() != text:
        raise ValueError("base64 is not canonical")
    return raw


def open_note(note: bytes, key: Vkey, *, only: bool = False, pure: bool = False) -> str:
    """The text of a note that ``key`` has signed; ``only``: and nobody else."""
    text, mark, signatures = note.decode().rpartition("\n\n")
    if not mark or not signatures.endswith("\n"):
        raise ValueError("not a signed note")
    text += "\n"
    known = 0
    lines = signatures[:-1].split("\n")
    for line in lines:
        name, _, encoded = line.removeprefix(DASH).rpartition(" ")
        if not line.startswith(DASH) or not name:
            raise ValueError("a signature line is malformed")
        raw = base64_bytes(encoded)
        if (name, raw[:4]) == (key.name, key.id):
            known += 1
            if not ed25519(key.key, raw[4:], text.encode(), pure=pure):
                raise ValueError("the signature is wrong")
    if not known or (only and len(lines) != 1):
        raise ValueError("not signed by this key" if not known else "more than one signature")
    return text


class Checkpoint(NamedTuple):
    """What was signed: so many leaves, this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    origin, size, root, *more = text.split("\n")
    made = Checkpoint(origin, int(size), base64_bytes(root))
    if more != [""] or len(made.root) != HASH or made.text() != text:
        raise ValueError("not a checkpoint")
    return made


def kept_notes(kept: bytes) -> list[bytes]:
    """The notes of the file ``checkpoints``: each followed by an empty line."""
    pieces = kept.split(b"\n\n")
    if pieces.pop() != b"" or len(pieces) % 2:
        raise ValueError("the last entry is cut short")
    return [b"\n\n".join(pair) + b"\n" for pair in zip(pieces[::2], pieces[1::2], strict=True)]


class Signed:
    """What the signed checkpoints say of each size: they must all be of one history."""

    def __init__(self, key: Vkey, fail: Fail, *, pure: bool = False) -> None:
        self.key = key
        self.newest = 0
        self._fail = fail
        self._pure = pure
        self._roots: dict[int, bytes] = {}
        self._times: dict[int, bytes] = {}
        self._good = 0

    def take(self, note: bytes, where: str) -> Checkpoint | None:
        """Remember a note for ``reached``; None when it does not hold."""
        try:
            made = parse_checkpoint(open_note(note, self.key, pure=self._pure))
            if made.origin not in (self.key.name, self.key.name + TIMES_ORIGIN):
                raise ValueError("of another log")
        except ValueError as wrong:
            self._fail("checkpoint", where, str(wrong))
            return None
        self.expect(made)
        return made

    def expect(self, made: Checkpoint) -> None:
        said = self._roots if made.origin == self.key.name else self._times
        if said.setdefault(made.size, made.root) != made.root:
            self._fail("checkpoint", f"size {made.size}", "two checkpoints of one size differ")
        self.newest = max(self.newest, made.size)

    def reached(self, size: int, root: Callable[[], bytes], times: Callable[[], bytes]) -> None:
        """Compare what was signed at this size, if anything was."""
        span = f"positions {self._good + 1} to {size}"
        if (signed := self._roots.pop(size, None)) is not None:
            if signed != root():
                self._fail("root", span, "the facts are not those that were signed")
            else:
                self._good = size
        if (signed := self._times.pop(size, None)) is not None and signed != times():
            self._fail("commit-times", f"positions 1 to {size}", "the commit times are not those signed")

    def ended(self, size: int) -> None:
        """All facts are read: nothing that was signed may lie beyond."""
        for beyond in sorted(self._roots.keys() | self._times.keys()):
            self._fail("missing-facts", f"after position {size}", f"{beyond} facts were signed")


class Facts:
    """Facts as they are read, one after the other, in position order."""

    def __init__(self, topics: frozenset[str], signed: Signed, fail: Fail) -> None:
        self.size = 0
        self.unknown: Counter[str] = Counter()
        self.tree = Frontier()
        self.times = Times()
        self._topics = topics
        self._signed = signed
        self._fail = fail
        self._streams: dict[str, int] = {}
        self._last = 0
        self._before = -(1 << 62)
        signed.reached(0, self.tree.root, self.times.root)

    def add(self, leaf: bytes, position: int, committed_at: int, stream: str, version: int, topic: str, record: bytes) -> None:  # fmt: skip
        """One fact, and the leaf hash that is kept of it."""
        where = f"position {position}"
        if position != self._last + 1:
            self._fail("position", where, f"follows position {self._last}")
        if committed_at < self._before:
            self._fail("commit-times", where, "committed before the fact that it follows")
        if version != self._streams.get(stream, 0) + 1:
            self._fail("stream-version", where, f"version {version} follows {self._streams.get(stream, 0)}")
        self._header(where, stream, version, topic, record)
        found = leaf_hash(record)
        if found != leaf:
            self._fail("leaf-hash", where, "the record is not the one that was hashed")
        if topic not in self._topics:
            self.unknown[topic] += 1
        self._last, self._before, self._streams[stream] = position, committed_at, version
        self.size += 1
        self.tree.add(found)
        self.times.add(committed_at)
        self._signed.reached(self.size, self.tree.root, self.times.root)

    def _header(self, where: str, stream: str, version: int, topic: str, record: bytes) -> None:
        try:
            length = int.from_bytes(record[:2], "big")
            if len(record) < 2 + length:
                raise ValueError("the record ends within its header")
            header = json.loads(record[2 : 2 + length].decode())
            said = (header["stream"], header["version"], f"{header['event']}.v{header['event_version']}")
        except (ValueError, KeyError, TypeError, RecursionError):
            self._fail("header", where, "the header cannot be read")
            return
        if said != (stream, version, topic):
            self._fail("header", where, "stream, version or event differ from the record's own header")


# -- the bundle


def tar_header(name: str, size: int) -> bytes:
    """The one header that a part of this name and size has (ustar, mode 644, owner 0, time 0)."""
    fields = (
        name.encode().ljust(100, b"\0"), b"0000644\0", b"0000000\0", b"0000000\0", b"%011o\0" % size, b"%011o\0" % 0,
        b" " * 8, b"0", bytes(100), b"ustar\x0000", bytes(64), b"0000000\0", b"0000000\0", bytes(167),
    )  # fmt: skip
    header = b"".join(fields)
    return header[:148] + b"%06o\0 " % sum(header) + header[156:]


class Bundle:
    """The parts of a bundle; ``ValueError`` when it is not exactly one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts: dict[str, tuple[int, int]] = {}
        """Offset and size of each."""
        with path.open("rb") as file:
            for name in PARTS:
                header = file.read(BLOCK)
                size = int(header[124:135], 8) if header[124:135].isdigit() else -1
                if size < 0 or header != tar_header(name, size):
                    raise ValueError(f"{name} is not where it must be")
                self.parts[name] = (file.tell(), size)
                file.seek(size, 1)
                padding = -size % BLOCK
                if file.read(padding) != bytes(padding):
                    raise ValueError(f"after {name}: padding")
            if file.read(2 * BLOCK + 1) != bytes(2 * BLOCK):
                raise ValueError("after the last part: two empty blocks, and nothing more")

    def chunks(self, name: str) -> Iterator[bytes]:
        offset, left = self.parts[name]
        with self.path.open("rb") as file:
            file.seek(offset)
            while left:
                chunk = file.read(min(CHUNK, left))
                if not chunk:
                    raise ValueError(f"{name} is cut short")
                left -= len(chunk)
                yield chunk

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))

    def digest(self, name: str) -> str:
        found = sha256()
        for chunk in self.chunks(name):
            found.update(chunk)
        return found.hexdigest()

    def hashes(self) -> Iterator[bytes]:
        """The leaf hashes, one per fact."""
        for chunk in self.chunks("leaf-hashes.bin"):
            for at in range(0, len(chunk), HASH):
                yield chunk[at : at + HASH]

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The objects of a zipped part, one per line."""
        unzip, rest = zlib.decompressobj(wbits=31), b""
        for chunk in self.chunks(name):
            *lines, rest = (rest + unzip.decompress(chunk)).split(b"\n")
            if len(rest) > LONGEST:
                raise ValueError(f"{name}: a line is too long")
            for line in lines:
                yield json.loads(line.decode())
        if rest or not unzip.eof or unzip.unused_data:
            raise ValueError(f"{name} is cut short")


def manifest_text(origin: str, size: int, root: bytes, digests: dict[str, tuple[str, int]]) -> str:
    """What is signed of a bundle: the checkpoint it belongs to, and every part before the manifest."""
    head = Checkpoint(origin + BUNDLE_ORIGIN, size, root).text()
    return head + "".join(f"{digest} {length} {name}\n" for name, (digest, length) in digests.items())


@dataclass
class Report:
    """What was found. Everything holds when there are no failures."""

    facts: int = 0
    origin: str = ""
    root: str = ""
    vkey: str = ""
    checkpoints: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def fail(self, check: str, where: str, why: str) -> None:
        self.failures.append(Failure(check, where, why))


DAMAGE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, zlib.error)
"""What reading something damaged can raise."""


def check(path: Path, *, vkey: str | None = None, since: bytes | None = None, pure: bool = False) -> Report:
    """Check a bundle. ``vkey``: the key it must be signed with; ``since``: a checkpoint kept from before."""
    report = Report()
    try:
        bundle = Bundle(path)
    except (ValueError, OSError) as wrong:
        report.fail("container", path.name, str(wrong))
        return report
    try:
        key = Vkey.parse(bundle.read("log.vkey").decode())
        if str(key) + "\n" != bundle.read("log.vkey").decode():
            raise ValueError("not in its one form")
    except DAMAGE as wrong:
        report.fail("key", "log.vkey", str(wrong))
        return report
    report.vkey, report.origin = str(key), key.name
    if vkey is not None and vkey.strip() != report.vkey:
        report.fail("key", "log.vkey", "not the key that was given")
        return report
    signed = Signed(key, report.fail, pure=pure)
    newest = _notes(bundle, signed, report)
    if since is not None and (old := signed.take(since, "--since")) and newest and old.size > newest.size:
        report.fail("since", f"size {old.size}", "the bundle is older than the checkpoint that you hold")
    _manifest(bundle, key, newest, report, pure=pure)
    _facts(bundle, signed, newest, report)
    return report


def _notes(bundle: Bundle, signed: Signed, report: Report) -> Checkpoint | None:
    """The checkpoint of the bundle; it, its commit times and all that are kept go to ``signed``."""
    newest = signed.take(bundle.read("checkpoint"), "checkpoint")
    times = signed.take(bundle.read("committed-at"), "committed-at")
    if newest and times:
        wanted = (signed.key.name, signed.key.name + TIMES_ORIGIN, newest.size)
        if (newest.origin, times.origin, times.size) != wanted:
            report.fail("checkpoint", "committed-at", "does not belong to the checkpoint")
    try:
        kept = kept_notes(bundle.read("checkpoints"))
    except DAMAGE as wrong:
        report.fail("checkpoint", "checkpoints", str(wrong))
        return newest
    for number, note in enumerate(kept, 1):
        signed.take(note, f"checkpoints, note {number}")
    report.checkpoints = len(kept) // 2
    return newest


def _manifest(bundle: Bundle, key: Vkey, newest: Checkpoint | None, report: Report, *, pure: bool) -> None:
    digests: dict[str, tuple[str, int]] = {}
    try:
        text = open_note(bundle.read("manifest"), key, only=True, pure=pure)
        for line in text.splitlines()[3:]:
            digest, length, name = line.split(" ")
            digests[name] = (digest, int(length))
        if newest is None or text != manifest_text(key.name, newest.size, newest.root, digests):
            raise ValueError("not of this checkpoint")
        if tuple(digests) != PARTS[:-1]:
            raise ValueError("does not name every part")
    except DAMAGE as wrong:
        report.fail("manifest", "manifest", str(wrong))
        return
    for name, told in digests.items():
        if told != (bundle.digest(name), bundle.parts[name][1]):
            report.fail("manifest", name, "the part is not the one that was signed")


def _facts(bundle: Bundle, signed: Signed, newest: Checkpoint | None, report: Report) -> None:
    try:
        events = json.loads(bundle.read("catalogue.json").decode())["events"]
        facts = Facts(frozenset(f"{e['name']}.v{e['version']}" for e in events), signed, report.fail)
    except DAMAGE:
        report.fail("catalogue", "catalogue.json", "cannot be read")
        return
    try:
        hashes = bundle.hashes()
        for row in bundle.rows("facts.ndjson.gz"):
            if {name: type(value) for name, value in row.items()} != FACT:
                raise ValueError("a fact is of another shape")
            facts.add(next(hashes, b""), **{**row, "record": base64_bytes(row["record"])})
        if next(hashes, None) is not None:
            raise ValueError("leaf hashes without facts")
    except DAMAGE as wrong:
        report.fail("facts", f"after position {facts.size}", str(wrong) or type(wrong).__name__)
    if newest and facts.size > newest.size:
        report.fail(
            "unsigned-facts", f"after position {newest.size}", f"{facts.size} facts are in the bundle"
        )
    signed.ended(facts.size)
    report.facts, report.unknown = facts.size, dict(facts.unknown)
    report.root = facts.tree.root().hex()


# -- Ed25519 (RFC 8032, 5.1.7)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
BASE = (4 * pow(5, -1, P) % P).to_bytes(32, "little")
Point = tuple[int, int, int, int]
"""Extended coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z."""


def ed25519(key: bytes, signature: bytes, message: bytes, *, pure: bool = False) -> bool:
    """Whether ``signature`` is one of ``message`` under the public ``key``."""
    if pure:
        return _ed25519(key, signature, message)
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return _ed25519(key, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, base = _point(key), _point(signature[:32]), _point(BASE)
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or base is None or s >= L:
        return False
    h = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = _times(s, base), _add(r, _times(h, a))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P
    )


def _point(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    odd, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


def _add(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        total = _add(total, point) if scalar & 1 else total
        point, scalar = _add(point, point), scalar >> 1
    return total


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a bundle of Simpul offline.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument(
        "--vkey", help="the log's public key, or a file that holds it, from a source of your own"
    )
    parser.add_argument("--since", type=Path, help="a checkpoint that you kept: the bundle must continue it")
    for flag, about in (("--json", "one JSON object"), ("--pure", "check signatures without any library")):
        parser.add_argument(flag, action="store_true", help=about)
    given = parser.parse_args(arguments)
    vkey = given.vkey
    try:
        if vkey is not None and "+" not in vkey:
            vkey = Path(vkey).read_text("utf-8")
        since = given.since.read_bytes() if given.since else None
    except (OSError, UnicodeDecodeError) as wrong:
        parser.error(str(wrong))
    report = check(given.bundle, vkey=vkey, since=since, pure=given.pure)
    out = sys.stdout.write
    if given.json:
        failures = [failure._asdict() for failure in report.failures]
        out(json.dumps({**vars(report), "failures": failures, "holds": not failures}) + "\n")
    else:
        out("".join(f"{line}\n" for line in told(report, trusted=vkey is not None)))
    return 1 if report.failures else 0


def told(report: Report, *, trusted: bool) -> Iterator[str]:
    """The report in words."""
    yield f"log          {report.origin}"
    yield f"key          {report.vkey} ({'as given' if trusted else 'from the bundle itself: give --vkey'})"
    yield f"facts        {report.facts}, of kinds not in the catalogue: {sum(report.unknown.values())}"
    yield f"checkpoints  {report.checkpoints}"
    yield f"root         {report.root}"
    for failure in report.failures[:SHOWN]:
        yield f"FAILED       {failure.check}: {failure.where}: {failure.why}"
    if len(report.failures) > SHOWN:
        yield f"             ... and {len(report.failures) - SHOWN} more"
    yield "result       DOES NOT HOLD" if report.failures else "result       everything holds"


if __name__ == "__main__":
    sys.exit(main())
