"""A shelf of labelled boxes, the smallest registry that needs all of a ledger. A label is used once."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread
from typing import Any, assert_never

import psycopg
import pytest

from adapters.ledger import sqlite
from adapters.ledger.key_file import KeyFile
from adapters.ledger.ledger import Ledger
from adapters.ledger.subject_keys import SubjectKeys
from domain.kernel.decider import Act, Claim, Decider, act
from domain.kernel.errors import Refused, Rejected
from domain.kernel.events import Actor, EventType, Personal, Receipt
from domain.kernel.ports import Clock
from tests.acts.people import REGISTRAR, StandingClock, command

only_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("store", ["postgres"], indirect=True)
LONG = 20.0
"""Seconds after which something that must happen has not."""
ADDRESS = "ledger.url"
"""A file in the folder of a ledger that is not in the folder."""
KEYS_ADDRESS = "keys.url"
"""The same for the keys of subjects."""
ROOM = 3
"""Labels for which a box has room."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """``secret`` labels are numbers of a person: they are looked up by a keyed hash."""

    label: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    owner: Personal[str]


@dataclass(frozen=True, slots=True)
class Label:
    label: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Give:
    """The box belongs to ``subject``, whose name is personal."""

    subject: str
    name: str


@dataclass(frozen=True, slots=True)
class Box:
    labels: tuple[str, ...] = ()
    owner: str | None = None


def decide(box: Box, command: Label | Give) -> Sequence[Labelled | Given]:
    match command:
        case Label(label, secret):
            if len(box.labels) == ROOM:
                raise Rejected("box-full", room=ROOM)
            return [Labelled(label, secret)]
        case Give(subject, name):
            return [Given(Personal(subject, name))]
    assert_never(command)


def evolve(box: Box, event: Labelled | Given) -> Box:
    match event:
        case Labelled(label, _):
            return replace(box, labels=(*box.labels, label))
        case Given(owner):
            return replace(box, owner=owner.value)
    assert_never(event)


def claims(event: Labelled | Given) -> Iterable[Claim]:
    return [Claim("label", event.label, event.secret)] if isinstance(event, Labelled) else []


BOX = Decider(Box(), decide, evolve, claims)
EVENTS = (EventType("shelf.box-labelled", 1, Labelled), EventType("shelf.box-given", 1, Given))


def where(folder: Path) -> Path | str:
    """The database whose address stands in the folder, else a file."""
    address = folder / ADDRESS
    return address.read_text() if address.exists() else folder / "ledger.db"


def opened(folder: Path, clock: Clock | None = None, events: Iterable[EventType] = EVENTS) -> Ledger:
    """The ledger of a folder; each call is another process, as far as the store can tell."""
    address = folder / KEYS_ADDRESS
    return Ledger.open(
        where(folder),
        keys=folder / "keys",
        events=events,
        clock=clock or StandingClock(),
        key_store=address.read_text() if address.exists() else "",
    )


@contextmanager
def raw(folder: Path) -> Iterator[Any]:
    """The store itself, past the ledger: it executes SQL, each statement for itself."""
    at = where(folder)
    made: Any = psycopg.connect(at, autocommit=True) if isinstance(at, str) else sqlite3.connect(at)
    with closing(made) as connection:
        if isinstance(at, Path):
            connection.isolation_level = None
        yield connection


def label(
    box: str, text: str, expected: int | None = None, *, secret: bool = False, decider: Any = BOX
) -> Act:
    return act(decider, box, Label(text, secret), expected)


def put(ledger: Ledger, *acts: Act, name: str = "", by: Actor = REGISTRAR, **more: Any) -> Receipt:
    """Execute under a command id of that name; by default one that follows from what is asked."""
    named = name or repr([(a.stream, a.command) for a in acts])
    return ledger.execute(acts, by=by, command_id=command(named), **more)


def labels(ledger: Ledger, box: str) -> tuple[str, ...]:
    return ledger.load(BOX, box).state.labels


def before(meanwhile: Callable[[], object]) -> Decider[Any, Any, Any]:
    """A box in whose rule something else happens: what a race looks like from inside."""

    def decide_after(box: Box, command: Label | Give) -> Sequence[Labelled | Given]:
        meanwhile()
        return decide(box, command)

    return replace(BOX, decide=decide_after)


def once(do: Callable[[], object]) -> Callable[[], None]:
    """``do`` the first time, then nothing."""
    left = [do]

    def first() -> None:
        if left:
            left.pop()()

    return first


class Held:
    """A rule that stays undecided until it is let go, and tells when it was entered."""

    def __init__(self) -> None:
        self.entered = Event()
        self.go = Event()

    def __call__(self) -> None:
        self.entered.set()
        assert self.go.wait(LONG)


class Caller(Thread):
    """Somebody who asks at the same time: ``answer`` is the receipt or the refusal."""

    def __init__(self, ask: Callable[[], Receipt]) -> None:
        super().__init__()
        self._ask = ask
        self._answer: Receipt | Refused | None = None
        self.start()

    def run(self) -> None:
        try:
            self._answer = self._ask()
        except Refused as refused:
            self._answer = refused

    @property
    def answer(self) -> Receipt | Refused:
        self.join(LONG)
        assert self._answer is not None
        return self._answer


def code(answer: Receipt | Refused) -> str:
    """The code of a refusal; ``accepted`` or ``repeated``."""
    if isinstance(answer, Refused):
        return answer.code
    return "repeated" if answer.repeated else "accepted"


def connections(ledger: Ledger) -> Any:
    """Those of the ledger to its store."""
    recorder = ledger.recorder
    return recorder._files if isinstance(recorder, sqlite.Recorder) else recorder._server


def key_file(keys: SubjectKeys) -> sqlite3.Connection:
    """The connection of a key store to its file."""
    assert isinstance(keys._wrapped, KeyFile)
    return keys._wrapped._db


def writer(ledger: Ledger) -> Any:
    """The connection that writes; there is none before the first fact."""
    assert connections(ledger)._writer is not None
    return connections(ledger)._writer
