"""Acts on papers: give one out, print it once more, revoke it, open it, check a code.

The paper is typeset, signed and put away before the fact is appended: what a crash leaves behind is a file that
nobody can open, never a fact without its paper.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from adapters.papers.press import Draft, Press
from api.acts.blank_stock import SUKETS_PER_YEAR
from api.acts.desk import Desk, Numbers, execute_with_numbers, stream_id
from api.acts.paper_contents import told
from api.acts.paper_parts import Told
from domain.kernel.decider import Act, act
from domain.kernel.errors import Gone, Malformed, Rejected, Unknown
from domain.kernel.events import Actor, Receipt
from domain.kernel.ports import Loaded
from domain.papers.code import PaperCode, Verdict, judge, read
from domain.papers.contents import Issue
from domain.papers.paper import (
    Command,
    Paper,
    PaperIssued,
    PaperKind,
    PaperStatus,
    ReplacePaper,
    ReprintPaper,
    ReprintReason,
    RevocationReason,
    RevokePaper,
    editions,
    paper_decider,
)
from domain.population.case import suket_number

EDITIONS = 9999


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper as a face asks for it: a code of ``PaperKind``, and the stream of the record it is about."""

    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper after an act: its stream, and the receipt."""

    receipt: Receipt
    paper: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be told to anybody about a code: no personal data. ``ended_on``: when it was replaced or revoked."""

    verdict: Verdict
    kind: str
    issued_on: date
    until: date | None
    ended_on: date | None
    synthetic: bool


def issue(desk: Desk, press: Press, new: NewPaper, *, signer: str, by: Actor, command_id: UUID) -> Printed:
    """Give out a paper, signed by the officer whose name is ``signer``; the one before it is replaced.

    When nothing on it would be another: ``paper-still-holds``, reprint it with a reason.
    """
    paper = stream_id("paper", command_id)
    receipt = desk.ledger.repeated(command_id, new) or execute_with_numbers(
        desk,
        lambda numbers: _issue_acts(desk, press, new, paper, signer, by, numbers),
        by=by,
        command_id=command_id,
        request=new,
    )
    return Printed(receipt, paper)


def _issue_acts(
    desk: Desk, press: Press, new: NewPaper, paper: str, signer: str, by: Actor, numbers: Numbers
) -> list[Act]:
    kind = _kind(new.kind)
    what = told(desk, kind, new.about)
    edition = numbers.take(editions(kind, new.about), paper, limit=EDITIONS, full="paper-series-full")
    acts = _replacing(desk, press, kind, new.about, edition, what, paper)
    draft = Draft(
        paper,
        kind,
        new.about,
        what.subjects,
        what.contents,
        _issue(desk, kind, what, edition, signer, by, numbers, paper),
        what.until,
    )
    return [*acts, act(paper_decider, paper, press.make(draft), expected=0)]


def _issue(
    desk: Desk,
    kind: PaperKind,
    what: Told,
    edition: int,
    signer: str,
    by: Actor,
    numbers: Numbers,
    paper: str,
) -> Issue:
    today = desk.today
    office = desk.reference.offices.office(by.office, today)
    return Issue(
        office=office.name,
        place="Sragen",
        on=today,
        number=_number(kind, what.number, by.office, today.year, numbers, paper),
        edition=edition,
        signer=signer,
        signer_title=desk.reference.paper_terms.title(by.role, today),
        synthetic=desk.synthetic or what.synthetic,
        free=what.free,
    )


def _number(kind: PaperKind, given: str, office: str, year: int, numbers: Numbers, paper: str) -> str:
    """A certificate is a letter: it bears the number that the counter gave when there was no blank, else the
    next of the same series. The other papers bear that of their record.
    """
    if kind is not PaperKind.CERTIFICATE or given:
        return given
    series = f"sukets-{office}-{year}"
    return suket_number(
        numbers.take(series, paper, limit=SUKETS_PER_YEAR, full="suket-series-full"), office, year
    )


def _replacing(
    desk: Desk, press: Press, kind: PaperKind, about: str, edition: int, what: Told, paper: str
) -> list[Act]:
    """The paper before this one no longer holds, if it still did."""
    before = desk.ledger.stream(editions(kind, about), upto=edition - 1, after=max(0, edition - 2))
    if not before:
        return []
    last = before[-1].event.used_by
    loaded = desk.ledger.load(paper_decider, last)
    if loaded.state.status is not PaperStatus.VALID:
        return []
    if press.says(_issued(desk, last), what.contents):
        raise Rejected("paper-still-holds", paper=last)
    return [act(paper_decider, last, ReplacePaper(paper, desk.today), loaded.version)]


def _kind(given: str) -> PaperKind:
    if given not in tuple(PaperKind):
        raise Malformed("unknown-paper-kind", kind=given)
    return PaperKind(given)


def load(desk: Desk, paper: str) -> Loaded[Paper]:
    """The paper as it stands; ``Unknown("unknown-paper")``."""
    loaded = desk.ledger.load(paper_decider, paper)
    if loaded.state.status is PaperStatus.NONE:
        raise Unknown("unknown-paper")
    return loaded


def _issued(desk: Desk, paper: str) -> PaperIssued:
    for fact in desk.ledger.stream(paper, upto=1):
        if isinstance(fact.event, PaperIssued):
            return fact.event
    raise Unknown("unknown-paper")


def open_pdf(desk: Desk, press: Press, paper: str) -> bytes:
    """The paper as it was printed. ``paper-forgotten`` once a person on it is forgotten."""
    return press.open(_issued(desk, paper))


def subjects(desk: Desk, paper: str) -> tuple[str, ...]:
    """The data subjects on a paper."""
    return tuple(share.subject for share in _issued(desk, paper).shares)


def reprint(
    desk: Desk, paper: str, reason: str, *, by: Actor, command_id: UUID, expected: int | None = None
) -> Printed:
    """Print the kept paper once more; ``reason`` is a code of ``ReprintReason``."""
    if reason not in tuple(ReprintReason):
        raise Malformed("unknown-reason", reason=reason)
    if any(share.value is None for share in _issued(desk, paper).shares):
        raise Gone("paper-forgotten")
    command = ReprintPaper(ReprintReason(reason), desk.today)
    return _do(desk, paper, command, (paper, "reprint", reason), by, command_id, expected)


def revoke(
    desk: Desk, paper: str, reason: str, *, by: Actor, command_id: UUID, expected: int | None = None
) -> Printed:
    """Declare that the paper holds no more; ``reason`` is a code of ``RevocationReason``."""
    if reason not in tuple(RevocationReason):
        raise Malformed("unknown-reason", reason=reason)
    command = RevokePaper(RevocationReason(reason), desk.today)
    return _do(desk, paper, command, (paper, "revoke", reason), by, command_id, expected)


def _do(
    desk: Desk,
    paper: str,
    command: Command,
    request: tuple[str, ...],
    by: Actor,
    command_id: UUID,
    expected: int | None,
) -> Printed:
    load(desk, paper)
    receipt = desk.ledger.repeated(command_id, request) or desk.ledger.execute(
        [act(paper_decider, paper, command, expected)], by=by, command_id=command_id, request=request
    )
    return Printed(receipt, paper)


def check(desk: Desk, press: Press, text: str) -> Checked:
    """What a code is worth today. A code that we did not sign tells nothing about what we know.

    Refused: ``malformed-paper-code``.
    """
    signed = read(text)
    genuine = press.keys.genuine(signed)
    paper = desk.ledger.load(paper_decider, signed.code.paper).state if genuine else Paper()
    return _checked(signed.code, paper, judge(signed.code, paper, desk.today, genuine=genuine))


def _checked(code: PaperCode, paper: Paper, verdict: Verdict) -> Checked:
    return Checked(verdict, code.kind, code.issued_on, paper.until, paper.ended_on, paper.synthetic)
