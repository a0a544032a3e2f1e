"""A ledger of facts written by hand, for read models to follow. Every person is invented."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from threading import Condition
from typing import Any
from uuid import UUID

from api.facts import EVENTS
from domain.exchange.delivery import DeliveryAcknowledged
from domain.kernel.events import Header, Personal, Recorded
from domain.licensing.application import (
    ApplicationApproved,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationVerified,
    Business,
    PermitIssued,
)
from domain.papers.paper import PaperIssued, PaperReplaced, PaperReprinted
from domain.population.blank_stock import (
    BacklogLeft,
    BlanksCounted,
    BlankSetAside,
    BlanksReceived,
    BlanksSent,
    BlanksSpoiled,
    BlankTakenBack,
    BlankUsed,
    CardBacklogged,
    StockDifferenceFound,
)
from domain.population.case import (
    BiometricsRecorded,
    Called,
    CalledAgain,
    CardPrinted,
    CaseWithdrawn,
    FileCompleted,
    HandedOver,
    NoShow,
    SuketIssued,
    TicketTaken,
    WaitEnded,
    WaitStarted,
)
from domain.population.comparison import Difference, DifferencesAccepted, DifferencesFound
from domain.population.correction import CorrectionApproved, CorrectionRequested
from domain.population.filing import Answer, EventFiled, FilingRefused, NumberAsked
from domain.population.household import HouseholdRegistered, Member
from domain.population.resident import (
    KtpIssued,
    KtpRequested,
    KtpRequestWithdrawn,
    Person,
    Residence,
    ResidentRegistered,
)
from domain.population.resident.person import Change
from domain.privacy.erasure import ErasureApproved, ErasureRejected, ErasureRequested, SubjectForgotten

MORNING = datetime(2010, 3, 1, 1, 0, tzinfo=UTC)
"""Eight o'clock in Sragen, Monday 1 March 2010."""
TODAY = date(2010, 3, 1)
SRAGEN_TENGAH = "33.14.10.1003"
KEDEN = "33.14.01.2001"
MINUTE = timedelta(minutes=1)
_names = {event.type: event for event in EVENTS}


class Book:
    """A reader over facts in memory: what the ledger is to a read model."""

    def __init__(self) -> None:
        self._facts: list[Recorded[Any]] = []
        self._written = Condition()

    def write(
        self, stream: str, *events: object, at: datetime | None = None, by: str = "dewi"
    ) -> Recorded[Any]:
        """Append to a stream; each fact a minute after the last one of the book. The last of them."""
        with self._written:
            for event in events:
                self._facts.append(self._recorded(stream, event, at, by))
            self._written.notify_all()
            return self._facts[-1]

    def _recorded(self, stream: str, event: object, at: datetime | None, by: str) -> Recorded[Any]:
        position = len(self._facts) + 1
        time = at or (self._facts[-1].committed_at + MINUTE if self._facts else MORNING)
        version = sum(fact.header.stream == stream for fact in self._facts) + 1
        named = _names[type(event)]
        header = Header(
            header=1,
            stream=stream,
            version=version,
            event=named.name,
            event_version=named.version,
            subjects=(),
            actor=by,
            role="registrar",
            office="DISDUKCAPIL",
            purpose="service",
            channel="test",
            device=None,
            device_time=None,
            recorded_at=time,
            command_id=UUID(int=position),
            correlation_id=UUID(int=position),
            causation=None,
        )
        return Recorded(position, time, header, event)

    def lose(self, position: int) -> None:
        """Damage: this fact is gone."""
        del self._facts[position - 1]

    def head(self) -> int:
        return self._facts[-1].position if self._facts else 0

    def after(self, position: int, limit: int) -> Sequence[Recorded[Any]]:
        return [fact for fact in self._facts[max(0, position - 1) :] if fact.position > position][:limit]

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> Sequence[Recorded[Any]]:
        return [
            fact
            for fact in self._facts
            if fact.header.stream == stream
            and after < fact.header.version
            and (upto is None or fact.header.version <= upto)
        ]

    def wait(self, position: int, timeout: float) -> bool:
        with self._written:
            return self._written.wait_for(lambda: self.head() > position, timeout)


def person(name: str, **changes: Any) -> Person:
    known: dict[str, Any] = {
        "name": name,
        "sex": "2",
        "birth_place": "Sragen",
        "birth_date": date(1980, 8, 17),
        "religion": "1",
        "marital": "2",
        "blood": "13",
        "education": "5",
        "occupation": "1",
        "relation": "1",
        "citizenship": "1",
        "mother": "Sumini",
        "father": "Suparman",
    }
    return Person(**(known | changes))


def resident(
    number: int, name: str = "Sri Wahyuni", *, village: str = SRAGEN_TENGAH, home: int = 1, **changes: Any
) -> ResidentRegistered:
    """Resident ``resident-<number>`` of ``household-<home>``."""
    return ResidentRegistered(
        household=f"household-{home}",
        village=village,
        registered_on=TODAY,
        nik_source="external",
        synthetic=True,
        flags=(),
        nik=Personal(f"resident-{number}", f"331410570880{9000 + number:04d}"),
        person=Personal(f"resident-{number}", person(name, **changes)),
        residence=residence(home),
    )


def residence(home: int = 1) -> Personal[Residence]:
    at = Residence(f"331410010310{9000 + home:04d}", "Jl. Raya Sukowati 12", "001", "002")
    return Personal(f"household-{home}", at)


def forgotten(number: int, *, village: str = SRAGEN_TENGAH, home: int = 1) -> ResidentRegistered:
    """A resident whose person the ledger no longer tells."""
    subject = f"resident-{number}"
    return ResidentRegistered(
        f"household-{home}",
        village,
        TODAY,
        "external",
        True,
        (),
        Personal(subject, None),
        Personal(subject, None),
        Personal(f"household-{home}", None),
    )


def household(home: int, *members: str, village: str = SRAGEN_TENGAH) -> HouseholdRegistered:
    """The first member is the head, the others her children."""
    relations = [Member(member, "4" if i else "1") for i, member in enumerate(members)]
    return HouseholdRegistered(village, TODAY, True, tuple(relations), residence(home))


def ticket(number: int, who: str, *, office: str = "KEC-10", on: date = TODAY) -> TicketTaken:
    return TicketTaken("KTP", who, office, number, on)


def submitted(number: int, applicant: str = "resident-1", **changes: Any) -> ApplicationSubmitted:
    known: dict[str, Any] = {
        "permit": "SIUP-KECIL",
        "catalogue": "2010-1",
        "tracking": f"SRGN-0000-{number:04d}",
        "office": "BPT",
        "village": SRAGEN_TENGAH,
        "applicant": applicant,
        "submitted_on": TODAY,
        "siup_class": "SIUP-KECIL",
        "threshold_vintage": "2009",
        "synthetic": True,
        "business": Personal(
            applicant,
            Business("Sri Wahyuni", "Toko Sri", "PO", "", "47112", "2009", "Jl. Veteran 3", 300_000_000),
        ),
    }
    return ApplicationSubmitted(**(known | changes))


VERIFIED = ApplicationVerified(("KTP",), TODAY, date(2010, 3, 4))
APPROVED = ApplicationApproved(date(2010, 3, 2), awaits_tariff=False)
REFUSED = ApplicationRefused(date(2010, 3, 2), Personal("resident-1", "lokasi tidak sesuai"))


def issued(number: int, *, to_trade: bool = True) -> PermitIssued:
    return PermitIssued(f"{number:04d}/SIUP-KECIL/BPT/2010", date(2010, 3, 2), to_trade)


def paper(**changes: Any) -> PaperIssued:
    """The family card of ``household-1``."""
    people = ("household-1", "resident-1", "resident-2")
    known: dict[str, Any] = {
        "kind": "KK",
        "about": "household-1",
        "number": "",
        "edition": 1,
        "issued_on": TODAY,
        "until": None,
        "template": 1,
        "key": "9F2C11AB",
        "digest": "00" * 16,
        "pdf": "11" * 32,
        "synthetic": True,
        "shares": tuple(Personal(subject, "aa") for subject in people),
    }
    return PaperIssued(**(known | changes))


def receipt(first: int, last: int, destination: str = "kemendagri") -> DeliveryAcknowledged:
    return DeliveryAcknowledged(destination, first, last, f"TRM-{last}", "0" * 64)


def correction(number: int) -> CorrectionRequested:
    """A name that shall be written otherwise."""
    subject = f"resident-{number}"
    changes = (Change("name", "Budi", "Budi Utomo"),)
    return CorrectionRequested(
        subject, "", TODAY, "dewi", Personal(subject, changes), Personal(subject, "salah")
    )


def forget(book: Book, subject: str, *others: str) -> None:
    """From the request to the end."""
    subjects = (subject, *others)
    approved = ErasureApproved(TODAY, "bagus")
    book.write(f"erasure-{subject}", asked(subject), approved, SubjectForgotten(subjects))


def asked(subject: str) -> ErasureRequested:
    return ErasureRequested(subject, "subject-request", TODAY, "dewi", Personal(subject, "470/12/2010"))


ANSWER = Answer("PUSAT-1", "DUKCAPIL/1", MORNING)


def filed(resident: str, *newcomers: str) -> EventFiled:
    """A change of name for the centre; or the arrival of ``newcomers``, a sheet for each."""
    return EventFiled(
        "MOVE_IN" if newcomers else "NAME_CHANGE",
        "F-1.06",
        "2010",
        TODAY,
        TODAY,
        "entry-1",
        "case-1",
        (resident, *newcomers),
        ("household-1",),
        ("PENETAPAN",),
        tuple(NumberAsked("nik", newcomer, "33.14.10") for newcomer in newcomers),
        True,
        Personal(resident, ""),
        Personal(resident, '{"name":"Wagiyem Rahayu"}'),
        tuple(Personal(newcomer, '{"name":"Dewi"}') for newcomer in newcomers),
    )


def blanks(book: Book) -> None:
    """A stock that runs out, a card that waits for it, and the count at the end."""
    came = BlanksReceived(1, "KEMENDAGRI", "470/1", TODAY)
    book.write("blanks-KEC-10", came, BlankUsed("case-1"), CardBacklogged("case-3", MORNING))
    book.write("case-3", ticket(3, "resident-2"), SuketIssued("0001/SUKET/KEC-10/2010", TODAY))
    book.write("blanks-KEC-10", came, BlankSetAside("case-3"), BlanksSpoiled(1, "misprint", TODAY))
    book.write("blanks-KEC-10", BlankTakenBack("case-3"), BacklogLeft("case-3"))
    book.write("case-3", NoShow())
    book.write("blanks-KEC-10", BlanksSent(0, "KEC-01", "470/2", TODAY), BlanksCounted(2, 0, TODAY))
    book.write("blanks-KEC-10", StockDifferenceFound(2, TODAY))


def differ(resident: str, *told: Difference) -> DifferencesFound:
    return DifferencesFound(resident, "33.14.10.1003", TODAY, "P-1", Personal(resident, told))


def story(book: Book) -> Book:
    """A day in Sragen that has every kind of fact: homes, cards, permits, deliveries, somebody forgotten."""
    book.write("household-1", household(1, "resident-1", "resident-2"))
    book.write("resident-1", resident(1))
    book.write(
        "resident-2", resident(2, "Budi", sex="1", relation="4", birth_date=date(1999, 3, 2), marital="1")
    )
    book.write("resident-3", forgotten(3, village=KEDEN, home=3))
    book.write("case-1", ticket(1, "resident-1"))
    book.write("resident-1", KtpRequested("case-1"))
    book.write("case-2", ticket(2, "resident-3"))
    book.write("resident-3", KtpRequested("case-2"))
    book.write("application-1", submitted(1))
    book.write("case-1", Called("1"), FileCompleted(), WaitStarted("central-system"), WaitEnded())
    book.write("case-2", Called("2"), CalledAgain("2"), CaseWithdrawn())
    book.write("resident-3", KtpRequestWithdrawn("case-2"))
    book.write("application-2", submitted(2, "resident-3", business=Personal("resident-3", None)))
    book.write("delivery-kemendagri", receipt(1, 2))
    book.write("case-1", BiometricsRecorded(), CardPrinted(), HandedOver())
    book.write("resident-1", KtpIssued("case-1", TODAY))
    book.write("application-1", VERIFIED, APPROVED, issued(1))
    book.write("application-2", VERIFIED, APPROVED, issued(2))
    book.write("application-3", submitted(3, permit="IMB"), VERIFIED, REFUSED)
    blanks(book)
    book.write("delivery-kemendag", receipt(1, 1, "kemendag"))
    book.write("resident-4", resident(4, "Wagiyem", home=4))
    book.write("erasure-resident-1", asked("resident-1"), ErasureRejected(TODAY, "bagus", "statutory-duty"))
    book.write("paper-1", paper(), PaperReprinted(TODAY, "damaged"))
    book.write("paper-2", paper(edition=2))
    book.write("paper-1", PaperReplaced(TODAY, "paper-2"))
    for number in (2, 4):
        book.write(f"correction-{number}", correction(number))
    book.write("correction-2", CorrectionApproved(TODAY, "bagus"))
    book.write(
        "filing-4", filed("resident-4"), FilingRefused(ANSWER, Personal("resident-4", "Belum lengkap"))
    )
    other = (Difference("name", "Sri", "Sri W."), Difference("mother", "Sumini", "Sumi"))
    book.write(
        "comparison-1", differ("resident-1", *other), DifferencesAccepted(("name",), "", TODAY, "dewi")
    )
    forget(book, "resident-4", "household-4")
    return book
