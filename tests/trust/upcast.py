"""Every version of every fact ever written loads for ever: its bytes stand in ``tests/fixtures/events``.

``python -m tests.trust.upcast`` loads all of them with the mapper that the ledger has. A new event, or a new
version of one, has no fixture and fails: ``--append`` writes it, beside the old ones, and never over one. Each
file holds a full fact and an empty one, in clear (as the first release wrote) and sealed, with the values they
had; ``SHA256SUMS`` holds the hash of every file.
"""

import sys
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import make_dataclass
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

import msgspec

from adapters.ledger.ledger import Ledger
from adapters.ledger.mapper import Mapper
from api.facts import EVENTS
from domain.kernel.events import EventType
from tests.acts.people import StandingClock
from tests.trust.promise import Answer, answered, command
from tests.trust.samples import keyring, record, sample

FIXTURES = Path(__file__).parents[1] / "fixtures" / "events"
SUMS = "SHA256SUMS"
FORMS = (
    ("clear", False, True),
    ("sealed", True, True),
    ("clear-empty", False, False),
    ("sealed-empty", True, False),
)
"""Name of a line, whether it is sealed, whether it is full."""


class Line(msgspec.Struct):
    """One fact of a file: its bytes, and the plain values that it had when it was written."""

    form: str
    values: dict[str, Any]
    record: str


def ledger_mapper(folder: Path, events: Iterable[EventType] = EVENTS) -> Mapper:
    """The mapper as a ledger has it, with the keys of the fixtures."""
    with closing(
        Ledger.open(folder / "ledger.db", keys=folder / "keys", events=events, clock=StandingClock())
    ) as ledger:
        mapper: Mapper = ledger.construct_mapper()
    mapper.keyring = keyring()
    return mapper


def append(events: Iterable[EventType], mapper: Mapper, fixtures: Path) -> list[str]:
    """Write what is not there yet; the names of the new files."""
    fixtures.mkdir(parents=True, exist_ok=True)
    made = []
    for kind in events:
        path = fixtures / f"{kind.topic}.ndjson"
        if path.exists():
            continue
        content = b"".join(_lines(kind, mapper))
        path.write_bytes(content)
        with (fixtures / SUMS).open("a", encoding="utf-8") as sums:
            sums.write(f"{sha256(content).hexdigest()}  {path.name}\n")
        made.append(path.name)
    return made


def _lines(kind: EventType, mapper: Mapper) -> Iterator[bytes]:
    for form, sealed, full in FORMS:
        event = sample(kind.type, full=full)
        raw = b64encode(record(mapper, event, sealed=sealed)).decode()
        yield msgspec.json.encode(Line(form, _plain(event), raw)) + b"\n"


def sums(fixtures: Path) -> dict[str, str]:
    """The hash of each file, by name, as it was when the file was written."""
    lines = (line.split("  ") for line in (fixtures / SUMS).read_text("utf-8").splitlines())
    return {name: digest for digest, name in lines}


def changed(fixtures: Path) -> list[str]:
    """Files whose bytes are not those that were written, that are gone, or that nobody announced."""
    known = sums(fixtures)
    there = {path.name: sha256(path.read_bytes()).hexdigest() for path in fixtures.glob("*.ndjson")}
    return sorted(name for name in known.keys() | there.keys() if known.get(name) != there.get(name))


def missing(events: Iterable[EventType], fixtures: Path) -> list[str]:
    """Events of the catalogue that have no fixture."""
    return [kind.topic for kind in events if not (fixtures / f"{kind.topic}.ndjson").exists()]


def unloaded(mapper: Mapper, events: Iterable[EventType], fixtures: Path) -> list[str]:
    """Facts that do not load, or not as they were written: file and form."""
    newest = {kind.topic for kind in events}
    found = []
    for path in sorted(fixtures.glob("*.ndjson")):
        for text in path.read_bytes().splitlines():
            line = msgspec.json.decode(text, type=Line)
            if not _loads(mapper, path.stem, line, same=path.stem in newest):
                found.append(f"{path.stem} {line.form}")
    return found


def _loads(mapper: Mapper, topic: str, line: Line, *, same: bool) -> bool:
    """``same``: nothing was upcast, the values must be those that were written."""
    try:
        header, event = mapper.read(topic, b64decode(line.record))
    except Exception:  # whatever it is, a fact that was recorded cannot be read
        return False
    told = f"{header.event}.v{header.event_version}" == topic
    return told and (not same or _plain(event) == line.values)


def _plain(event: Any) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(event))
    return values


def main(arguments: Sequence[str]) -> int:
    parser = command("upcast", __doc__)
    parser.add_argument("--append", action="store_true", help="write the fixtures that are missing")
    given = parser.parse_args(arguments)

    def trial(answer: Answer, folder: Path) -> None:
        mapper = ledger_mapper(folder)
        if given.append:
            for name in append(EVENTS, mapper, FIXTURES):
                print(f"written {name}")
        absent, other = missing(EVENTS, FIXTURES), changed(FIXTURES)
        lost = unloaded(mapper, EVENTS, FIXTURES)
        files = len(sums(FIXTURES))
        answer.tell("every-event-of-the-catalogue-has-a-fixture", _of(absent, len(EVENTS)), not absent)
        answer.tell("no-fixture-was-ever-changed", _of(other, files), not other)
        answer.tell("every-fact-ever-written-loads", _of(lost, files * len(FORMS)), not lost)
        _controls(answer, folder)

    return answered(trial)


def _of(found: Sequence[str], all_: int) -> str:
    return f"{len(found)}/{all_}" + "".join(f" {name}" for name in found)


def _controls(answer: Answer, folder: Path) -> None:
    """An event without a fixture, one byte of a file, a field that is new and was not filled in."""
    copy = Path(copytree(FIXTURES, folder / "copy"))
    kind = EVENTS[0]
    path = copy / f"{kind.topic}.ndjson"
    other = make_dataclass("Other", [("unheard_of", str)], frozen=True)
    events = (kind._replace(type=other), *EVENTS[1:])
    lost = unloaded(ledger_mapper(folder / "renamed", events), events, copy)
    must = [f"{kind.topic} {form}" for form, _, _ in FORMS]
    answer.tell("control-a-renamed-field-is-found", f"{len(lost)}/{len(must)}", lost == must)
    path.write_bytes(path.read_bytes().replace(b"Sukowati", b"Sukowatj", 1))
    answer.tell("control-a-changed-byte-is-found", "1/1", changed(copy) == [path.name])
    path.unlink()
    gone = changed(copy) == [path.name] and missing(EVENTS, copy) == [kind.topic]
    answer.tell("control-a-missing-fixture-is-found", "1/1", gone)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
