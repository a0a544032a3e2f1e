"""Records of the centre beside ours: compared as they come in, and settled by an officer.

A message is an idempotent command of its sender, like the answer to a file. What is equal leaves nothing but the
message's own receipt.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

from api.acts.civil import corrections
from api.acts.civil.asked import CorrectionWanted, ElementValue
from api.acts.civil.filings import MESSAGES
from api.acts.desk import Desk, stream_id
from domain.kernel.decider import Act, act
from domain.kernel.errors import Malformed, Rejected, Unknown
from domain.kernel.events import Actor, Receipt
from domain.population.comparison import (
    NIK,
    AcceptDifferences,
    Comparison,
    Difference,
    DismissDifferences,
    HeldRecord,
    NoteDifferences,
    RecordsCompared,
    TakeMessage,
    agree,
    compare,
    comparison_decider,
    elements_of,
    message_decider,
    strange,
)
from domain.population.correction import CorrectionStage, correction_decider
from domain.population.filing import Answer
from domain.population.resident import Resident, resident_decider
from domain.population.resident.elements import CHANGEABLE

MOST = 500
"""Records in one message: one commit, for which the counter waits."""


@dataclass(frozen=True, slots=True)
class HeldRecords:
    """A message as a face hands it in; ``answer`` is what its sender proves of it."""

    answer: Answer
    records: tuple[HeldRecord, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A message after the act."""

    receipt: Receipt
    stream: str
    told: RecordsCompared


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an officer finds of some elements: the centre is right (``theirs``), or this registry."""

    comparison: str
    elements: tuple[str, ...]
    theirs: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Settled:
    """After the act; ``correction`` waits for another officer, if one was asked for."""

    receipt: Receipt
    correction: str = ""


def take_in(desk: Desk, new: HeldRecords, *, by: Actor) -> Compared:
    """Compare every record with ours. A message that comes again changes nothing."""
    command_id = uuid5(MESSAGES, f"{by.id}/{new.answer.message}")
    id_ = stream_id("message", command_id)
    receipt = desk.ledger.repeated(command_id, new)
    if receipt is None:
        acts = _acts(desk, new, id_)
        receipt = desk.ledger.execute(acts, by=by, command_id=command_id, request=new)
    told = desk.ledger.load(message_decider, id_).state.told
    assert told
    return Compared(receipt, id_, told)


def _acts(desk: Desk, new: HeldRecords, message: str) -> list[Act]:
    niks = [record.nik for record in new.records]
    if not 0 < len(niks) <= MOST:
        raise Malformed("records-too-many", limit=MOST)
    outcomes: Counter[str] = Counter()
    acts: list[Act] = []
    for index, record in enumerate(new.records):
        if record.nik in niks[:index]:
            raise Malformed("record-twice", path=f"records[{index}]")
        if desk.synthetic and not record.synthetic:
            raise Malformed("not-synthetic", path=f"records[{index}].SINTETIS")
        outcome, noted = _noted(desk, record, new.answer.message)
        outcomes[outcome] += 1
        acts += noted
    counts = (outcomes[word] for word in ("equal", "different", "unknown", "forgotten"))
    told = RecordsCompared(new.answer, len(niks), *counts)
    return [act(message_decider, message, TakeMessage(told), 0), *acts]


def _noted(desk: Desk, record: HeldRecord, message: str) -> tuple[str, list[Act]]:
    """What came of a record, and whom it is noted of."""
    stranger = f"comparison-{desk.ledger.blind('compared', record.nik)[:32]}"
    holder = desk.ledger.holder(NIK, record.nik)
    if holder is None:
        note = NoteDifferences(stranger, "", record.village, message, desk.today, strange(record))
        return "unknown", [act(comparison_decider, stranger, note)]
    ours = desk.ledger.load(resident_decider, holder).state
    if ours.person is None:
        return "forgotten", []
    found = compare(ours, record, desk.reference.codes)
    id_ = comparison_of(holder)
    pending = tuple(_pending(desk, desk.ledger.load(comparison_decider, id_).state))
    note = NoteDifferences(holder, holder, ours.village, message, desk.today, found, pending)
    acts = [act(comparison_decider, id_, note)]
    if desk.ledger.load(comparison_decider, stranger).state.open:
        # She was registered since.
        acts.append(
            act(comparison_decider, stranger, NoteDifferences(stranger, "", "", message, desk.today, ()))
        )
    return "different" if found else "equal", acts


def comparison_of(resident: str) -> str:
    """The stream of one resident in two registries."""
    return f"comparison-{resident.partition('-')[2]}"


def _pending(desk: Desk, state: Comparison) -> Iterable[str]:
    for kept in state.accepted:
        asked = desk.ledger.load(correction_decider, kept.correction).state
        if asked.stage is CorrectionStage.REQUESTED:
            yield kept.correction


def settle(
    desk: Desk, new: Settlement, *, by: Actor, command_id: UUID, expected: int | None = None
) -> Settled:
    """Say that this registry is right, and why; or the centre: a correction is asked for, another officer decides it.

    ``difference-needs-its-event`` where only a civil event can bring ours in line; once it has been recorded,
    the centre may be found right.
    """
    loaded = desk.ledger.load(comparison_decider, new.comparison)
    if not loaded.version:
        raise Unknown("unknown-comparison")
    receipt = desk.ledger.repeated(command_id, new)
    if receipt is None:
        acts = _settling(desk, loaded.state, new, by, command_id, loaded.version, expected)
        receipt = desk.ledger.execute(acts, by=by, command_id=command_id, request=new)
    correction = stream_id("correction", command_id)
    asked = new.theirs and desk.ledger.load(correction_decider, correction).version
    return Settled(receipt, correction if asked else "")


def _settling(
    desk: Desk,
    state: Comparison,
    new: Settlement,
    by: Actor,
    command_id: UUID,
    version: int,
    expected: int | None,
) -> list[Act]:
    seen = version if expected is None else expected
    if not new.theirs:
        dismiss = DismissDifferences(new.elements, new.reason, by.id, desk.today)
        return [act(comparison_decider, new.comparison, dismiss, seen)]
    wanted = _wanted(desk, state, new)
    correction = stream_id("correction", command_id) if wanted else ""
    accept = AcceptDifferences(new.elements, correction, by.id, desk.today)
    asking = [corrections.asking(desk, wanted, by, command_id)] if wanted else []
    return [act(comparison_decider, new.comparison, accept, seen), *asking]


def _wanted(desk: Desk, state: Comparison, new: Settlement) -> CorrectionWanted | None:
    """The correction that brings ours in line; None when it is so by now."""
    picked = state.of(new.elements)
    if not state.resident:
        niks = (one.theirs for one in state.open if one.element == NIK)
        if picked and not any(desk.ledger.holder(NIK, nik) for nik in niks):
            raise Rejected("difference-needs-its-event", elements=[NIK])
        return None
    ours = desk.ledger.load(resident_decider, state.resident).state
    left = [one for one in picked if not _in_line(desk, ours, one)]
    if other := sorted(one.element for one in left if one.element not in CHANGEABLE):
        raise Rejected("difference-needs-its-event", elements=other)
    changes = tuple(ElementValue(one.element, _value(desk, one)) for one in left)
    return CorrectionWanted(state.resident, new.reason, changes) if changes else None


def _in_line(desk: Desk, ours: Resident, one: Difference) -> bool:
    here = elements_of(ours).get(one.element)
    if here is None:  # how she stands: in line once she counts again
        return ours.counted
    vintage = ours.person.codes if one.ours_vintage and ours.person else ""
    now = Difference(one.element, here, one.theirs, vintage, one.theirs_vintage)
    return agree(now, desk.reference.codes)


def _value(desk: Desk, one: Difference) -> str:
    """Theirs as today's lists write it: the same word may have another code by now."""
    if not one.theirs_vintage:
        return one.theirs
    codes = desk.reference.codes
    word = codes.name(one.element, one.theirs, one.theirs_vintage)
    return next((code.code for code in codes.of(one.element, desk.today) if code.name == word), one.theirs)
