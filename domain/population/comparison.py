"""One resident as two registries hold her: what differs, and which of them an officer finds to be right.

The centre sends its records; each is compared with ours under the same NIK. What it does not say is not compared.
A NIK that nobody has here is a difference of its own kind. What an officer has found does not come back, unless
either side says something new.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal
from domain.population.codes import Codes
from domain.population.filing import Answer
from domain.population.resident import Resident

MAX_REASON = 200
OF_PERSON = (
    *("name", "sex", "birth_place", "birth_date", "religion", "marital", "blood", "education"),
    *("occupation", "citizenship", "mother", "father"),
)
OF_HOME = ("relation", "kk", "address", "rt", "rw", "village")
"""What is not told of somebody who lives here no more."""
STANDING, NIK = "standing", "nik"
OF_STRANGER = (NIK, "name", "birth_date", "village")
"""What is kept of a record whose NIK nobody has here: enough to look for her."""
NUMBERED = ("rt", "rw")
"""Whether zeros stand before them says nothing."""


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A resident as the centre holds her since ``on``; ``elements`` by our names, without what it does not say.

    Codes are of the lists in use on ``on``; ``vintage`` is that of the occupation.
    """

    nik: str
    on: date
    village: str
    vintage: str
    synthetic: bool
    elements: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One element here and at the centre; a vintage stands beside an occupation."""

    element: str
    ours: str
    theirs: str
    ours_vintage: str = ""
    theirs_vintage: str = ""


def compare(ours: Resident, theirs: HeldRecord, codes: Codes) -> tuple[Difference, ...]:
    """Field by field. Whoever is dead, void or away here is not somebody whom the centre should hold."""
    here = elements_of(ours)
    vintage = ours.person.codes if ours.person else ""
    found = [] if ours.counted else [Difference(STANDING, ours.standing.value, "")]
    for element in (*OF_PERSON, *(OF_HOME if ours.counted else ())):
        if element not in theirs.elements:
            continue
        there, coded = theirs.elements[element], element == "occupation"
        one = Difference(element, here.get(element, ""), there, *((vintage, theirs.vintage) if coded else ()))
        if not agree(one, codes):
            found.append(one)
    return tuple(found)


def strange(theirs: HeldRecord) -> tuple[Difference, ...]:
    """A record of somebody who is not registered here."""
    told = {NIK: theirs.nik, "village": theirs.village, **theirs.elements}
    return tuple(Difference(element, "", told[element]) for element in OF_STRANGER if element in told)


def elements_of(resident: Resident) -> Mapping[str, str]:
    """Everything that can be compared of her, as text."""
    person, home = resident.person, resident.residence
    told = {name: str(getattr(person, name)) for name in (*OF_PERSON, "relation")} if person else {}
    if home:
        told |= {name: str(getattr(home, name)) for name in ("kk", "address", "rt", "rw")}
    return {**told, "village": resident.village}


def agree(one: Difference, codes: Codes) -> bool:
    """Whether both say the same: spelling in capitals, blanks and zeros are nobody's news.

    The same code of two lists may be two occupations, and the same occupation two codes: their words decide.
    """
    if one.ours_vintage and one.theirs_vintage:
        ours = codes.name(one.element, one.ours, one.ours_vintage)
        return _plain("", ours) == _plain("", codes.name(one.element, one.theirs, one.theirs_vintage))
    return _plain(one.element, one.ours) == _plain(one.element, one.theirs)


def _plain(element: str, value: str) -> str:
    words = " ".join(value.split()).casefold()
    return words.lstrip("0") if element in NUMBERED else words


@dataclass(frozen=True, slots=True)
class RecordsCompared:
    """A message of the centre was compared, with its own proof; ``forgotten`` are records of people erased here."""

    answer: Answer
    records: int
    equal: int
    different: int
    unknown: int
    forgotten: int


@dataclass(frozen=True, slots=True)
class DifferencesFound:
    """All that differs now and nobody has settled; ``resident`` is empty for a NIK that nobody has here."""

    resident: str
    village: str
    on: date
    message: str
    differences: Personal[tuple[Difference, ...]]


@dataclass(frozen=True, slots=True)
class DifferencesGone:
    """Both hold the same again."""

    message: str
    on: date


@dataclass(frozen=True, slots=True)
class DifferencesDismissed:
    """An officer has found that this registry is right."""

    elements: tuple[str, ...]
    on: date
    decided_by: str
    reason: Personal[str]


@dataclass(frozen=True, slots=True)
class DifferencesAccepted:
    """An officer has found that the centre is right. ``correction`` was asked for; empty: it stands here by now."""

    elements: tuple[str, ...]
    correction: str
    on: date
    decided_by: str


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """Keep what came of a message."""

    told: RecordsCompared


@dataclass(frozen=True, slots=True)
class NoteDifferences:
    """What a comparison has found. ``pending``: corrections that still wait for another officer or the centre."""

    subject: str
    resident: str
    village: str
    message: str
    on: date
    differences: tuple[Difference, ...]
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DismissDifferences:
    """Say that this registry is right in these elements, and why."""

    elements: tuple[str, ...]
    reason: str
    decided_by: str
    on: date


@dataclass(frozen=True, slots=True)
class AcceptDifferences:
    """Say that the centre is right in these elements."""

    elements: tuple[str, ...]
    correction: str
    decided_by: str
    on: date


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a correction shall bring in line."""

    correction: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What later rules must know of one person in two registries; nothing is open once she is forgotten."""

    subject: str = ""
    resident: str = ""
    open: tuple[Difference, ...] = ()
    dismissed: tuple[Difference, ...] = ()
    accepted: tuple[Accepted, ...] = ()

    def of(self, elements: Iterable[str]) -> tuple[Difference, ...]:
        """Those that are open in these elements."""
        return tuple(one for one in self.open if one.element in {*elements})


Event = DifferencesFound | DifferencesGone | DifferencesDismissed | DifferencesAccepted
Command = NoteDifferences | DismissDifferences | AcceptDifferences


def decide(state: Comparison, command: Command) -> Sequence[Event]:
    match command:
        case NoteDifferences():
            return _noted(state, command)
        case DismissDifferences(elements, reason, by, on):
            _must_be_open(state, elements)
            if not reason.strip() or len(reason) > MAX_REASON:
                raise Rejected("difference-needs-a-reason", limit=MAX_REASON)
            return [DifferencesDismissed(elements, on, by, Personal(state.subject, reason))]
        case AcceptDifferences(elements, correction, by, on):
            _must_be_open(state, elements)
            return [DifferencesAccepted(elements, correction, on, by)]
    assert_never(command)


def _noted(state: Comparison, found: NoteDifferences) -> Sequence[Event]:
    waiting = [one for kept in state.accepted if kept.correction in found.pending for one in kept.differences]
    settled = {*state.dismissed, *waiting}
    news = tuple(one for one in found.differences if one not in settled)
    if news == state.open:
        return []
    if not news:
        return [DifferencesGone(found.message, found.on)]
    kept = Personal(found.subject, news)
    return [DifferencesFound(found.resident, found.village, found.on, found.message, kept)]


def _must_be_open(state: Comparison, elements: tuple[str, ...]) -> None:
    there = {one.element for one in state.open}
    if not elements or not {*elements} <= there:
        raise Rejected("difference-not-open", elements=sorted({*elements} - there))


def evolve(state: Comparison, event: Event) -> Comparison:
    match event:
        case DifferencesFound(resident=resident, differences=found):
            return replace(state, subject=found.subject, resident=resident, open=found.value or ())
        case DifferencesGone():
            return replace(state, open=())
        case DifferencesDismissed(elements):
            dismissed = (*state.dismissed, *state.of(elements))
            return replace(_without(state, elements), dismissed=dismissed)
        case DifferencesAccepted(elements, correction):
            accepted = (*state.accepted, Accepted(correction, state.of(elements)))
            return replace(_without(state, elements), accepted=accepted if correction else state.accepted)
    assert_never(event)


def _without(state: Comparison, elements: Iterable[str]) -> Comparison:
    return replace(state, open=tuple(one for one in state.open if one.element not in {*elements}))


comparison_decider = Decider(Comparison(), decide, evolve)


@dataclass(frozen=True, slots=True)
class Message:
    """What came of a message; nothing before it was taken in."""

    told: RecordsCompared | None = None


def _take(message: Message, command: TakeMessage) -> Sequence[RecordsCompared]:
    return [] if message.told else [command.told]


def _taken(_: Message, event: RecordsCompared) -> Message:
    return Message(event)


message_decider = Decider(Message(), _take, _taken)

EVENTS = (
    EventType("population.records-compared", 1, RecordsCompared),
    EventType("population.differences-found", 1, DifferencesFound, valid="on"),
    EventType("population.differences-gone", 1, DifferencesGone, valid="on"),
    EventType("population.differences-dismissed", 1, DifferencesDismissed, valid="on"),
    EventType("population.differences-accepted", 1, DifferencesAccepted, valid="on"),
)
