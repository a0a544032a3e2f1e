"""A paper (dokumen) that was given out: issued, reprinted, replaced by a newer one, or revoked.

What stands on it is no fact of its own: it is printed from other facts, kept sealed beside the ledger, and
forgotten with its subjects. The fact tells that it was given out, and how to recognise it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal


class PaperKind(StrEnum):
    """What a paper is. The code stands in its QR code: at most ten capitals, digits and hyphens."""

    FAMILY_CARD = "KK"
    KTP_SHEET = "KTP"
    CHILD_CARD = "KIA"
    BIRTH = "AKTA-LAHIR"
    DEATH = "AKTA-MATI"
    MARRIAGE = "AKTA-KAWIN"
    DIVORCE = "AKTA-CERAI"
    MOVE = "PINDAH"
    CERTIFICATE = "SUKET"
    RECEIPT = "RESI"
    PERMIT = "IZIN"


class PaperStatus(StrEnum):
    """Whether a paper holds. One that was replaced or revoked never holds again."""

    NONE = "none"
    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


class ReprintReason(StrEnum):
    """Why the same paper is printed once more."""

    LOST = "lost"
    DAMAGED = "damaged"
    MISPRINT = "misprint"


class RevocationReason(StrEnum):
    """Why a paper holds no more, without another in its place."""

    WRONG_DATA = "wrong-data"
    ISSUED_IN_ERROR = "issued-in-error"
    COURT_ORDER = "court-order"
    HOLDER_GONE = "holder-gone"


@dataclass(frozen=True, slots=True)
class PaperIssued:
    """A paper of this ``kind`` ``about`` a record was given out; ``edition`` counts those of kind and record.

    ``until`` is its last day, None when it has none. ``digest`` is the salted hash of its fields, ``pdf`` the
    SHA-256 of the kept file, ``key`` the id of the key that signed the code. One share of the file's key, and of
    the salt, belongs to each person on the paper: when one of them is forgotten, nobody can open the file again.
    """

    kind: str
    about: str
    number: str
    edition: int
    issued_on: date
    until: date | None
    template: int
    key: str
    digest: str
    pdf: str
    synthetic: bool
    shares: tuple[Personal[str], ...]


@dataclass(frozen=True, slots=True)
class PaperReprinted:
    """The kept paper was printed once more, for a reason."""

    reprinted_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class PaperReplaced:
    """Another paper of the same kind about the same record holds instead."""

    replaced_on: date
    by: str


@dataclass(frozen=True, slots=True)
class PaperRevoked:
    """The paper holds no more."""

    revoked_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a file's key that goes with one data subject."""

    subject: str
    secret: str


@dataclass(frozen=True, slots=True)
class IssuePaper:
    """Give out a paper that was typeset, signed and put away sealed; see ``PaperIssued``."""

    kind: PaperKind
    about: str
    number: str
    edition: int
    on: date
    until: date | None
    template: int
    key: str
    digest: str
    pdf: str
    synthetic: bool
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class ReprintPaper:
    """Print the kept paper once more."""

    reason: ReprintReason
    on: date


@dataclass(frozen=True, slots=True)
class ReplacePaper:
    """Paper ``by`` is given out in its place."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class RevokePaper:
    """Declare that the paper holds no more."""

    reason: RevocationReason
    on: date


@dataclass(frozen=True, slots=True)
class Paper:
    """What later rules must know. ``copies`` counts the first print and every reprint."""

    status: PaperStatus = PaperStatus.NONE
    kind: str = ""
    about: str = ""
    number: str = ""
    edition: int = 0
    issued_on: date | None = None
    until: date | None = None
    subjects: tuple[str, ...] = ()
    copies: int = 0
    ended_on: date | None = None
    reason: str | None = None
    replaced_by: str | None = None
    synthetic: bool = False


Event = PaperIssued | PaperReprinted | PaperReplaced | PaperRevoked
Command = IssuePaper | ReprintPaper | ReplacePaper | RevokePaper


def editions(kind: PaperKind, about: str) -> str:
    """The series that counts the papers of one kind about one record."""
    return f"series-{kind.value}-{about}"


def decide(paper: Paper, command: Command) -> Sequence[Event]:
    match command:
        case IssuePaper():
            if paper.status is not PaperStatus.NONE:
                raise Rejected("paper-already-issued")
            return [_issued(command)]
        case ReprintPaper(reason, on):
            _holds(paper)
            return [PaperReprinted(on, reason.value)]
        case ReplacePaper(by, on):
            _holds(paper)
            return [PaperReplaced(on, by)]
        case RevokePaper(reason, on):
            _holds(paper)
            return [PaperRevoked(on, reason.value)]
    assert_never(command)


def _issued(new: IssuePaper) -> PaperIssued:
    return PaperIssued(
        kind=new.kind.value,
        about=new.about,
        number=new.number,
        edition=new.edition,
        issued_on=new.on,
        until=new.until,
        template=new.template,
        key=new.key,
        digest=new.digest,
        pdf=new.pdf,
        synthetic=new.synthetic,
        shares=tuple(Personal(share.subject, share.secret) for share in new.shares),
    )


def _holds(paper: Paper) -> None:
    if paper.status is not PaperStatus.VALID:
        raise Rejected("paper-does-not-hold", status=paper.status.value)


def evolve(paper: Paper, event: Event) -> Paper:
    match event:
        case PaperIssued():
            return Paper(
                status=PaperStatus.VALID,
                kind=event.kind,
                about=event.about,
                number=event.number,
                edition=event.edition,
                issued_on=event.issued_on,
                until=event.until,
                subjects=tuple(share.subject for share in event.shares),
                copies=1,
                synthetic=event.synthetic,
            )
        case PaperReprinted():
            return replace(paper, copies=paper.copies + 1)
        case PaperReplaced(replaced_on, by):
            return replace(paper, status=PaperStatus.REPLACED, ended_on=replaced_on, replaced_by=by)
        case PaperRevoked(revoked_on, reason):
            return replace(paper, status=PaperStatus.REVOKED, ended_on=revoked_on, reason=reason)
    assert_never(event)


paper_decider = Decider(Paper(), decide, evolve)

EVENTS = (
    EventType("papers.paper-issued", 1, PaperIssued, valid="issued_on"),
    EventType("papers.paper-reprinted", 1, PaperReprinted, valid="reprinted_on"),
    EventType("papers.paper-replaced", 1, PaperReplaced, valid="replaced_on"),
    EventType("papers.paper-revoked", 1, PaperRevoked, valid="revoked_on"),
)
