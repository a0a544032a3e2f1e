"""Acts of the population office: register a household, serve a counter case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.acts import blank_stock
from api.acts.alike import Unlike, told_apart
from api.acts.desk import Desk, Numbers, execute_with_numbers, stream_id
from domain.kernel.decider import Act, act
from domain.kernel.errors import Malformed, Refused, Unknown
from domain.kernel.events import Actor, Receipt
from domain.kernel.regions import Village
from domain.kernel.segments import Cause
from domain.kernel.values import Kk, Nik, Sex, encoded_date
from domain.population.case import (
    Call,
    CallAgain,
    Case,
    Command,
    CompleteFile,
    Document,
    EndWait,
    HandOver,
    MarkNoShow,
    PrintCard,
    RecordBiometrics,
    StartWait,
    SuketIssued,
    TakeTicket,
    WithdrawCase,
    case_decider,
)
from domain.population.couples import couples
from domain.population.filing import NumberAsked, NumberKind
from domain.population.household import IssueKk, Member, RegisterHousehold, household_decider
from domain.population.resident import (
    IssueKtp,
    NikSource,
    Person,
    RegisterResident,
    RequestKtp,
    Residence,
    WithdrawKtpRequest,
    resident_decider,
)
from domain.population.resident.guards import must_live_here

CODED = ("sex", "religion", "marital", "blood", "education", "occupation", "relation", "citizenship")
"""Fields of a person that hold a code of the list of the same name."""
STAND_IN = 9999
"""Serial of a number that only stands for the one that the centre has not given yet; it is never recorded."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person as a face hands her in. ``nik`` None: the regency gives one (authoritative mode)."""

    nik: str | None
    name: str
    sex: str
    birth_place: str
    birth_date: date
    religion: str
    marital: str
    blood: str
    education: str
    occupation: str
    relation: str
    citizenship: str
    mother: str
    father: str


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household as a face hands it in. ``kk`` None: the regency gives a number.

    ``registered`` None is today. ``unlike``: residents who were shown as alike, and are none of the members.
    """

    village: str
    address: str
    rt: str
    rw: str
    members: tuple[NewMember, ...]
    kk: str | None = None
    registered: date | None = None
    unlike: tuple[Unlike, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """The streams of a household and of its members, in the order of the request."""

    receipt: Receipt
    household: str
    residents: tuple[str, ...]


def register_household(desk: Desk, new: NewHousehold, *, by: Actor, command_id: UUID) -> Registered:
    """Register a household and its residents in one append. Raises ``Refused``; nothing is lost."""
    try:
        receipt = desk.ledger.repeated(command_id, new) or execute_with_numbers(
            desk,
            lambda numbers: [
                *household_acts(desk, new, command_id, numbers),
                *told_apart(new.unlike, command_id, by, desk.today),
            ],
            by=by,
            command_id=command_id,
            request=new,
        )
    except Refused as refused:
        _name_the_member(refused)
        raise
    residents = tuple(_resident_id(command_id, i) for i in range(len(new.members)))
    return Registered(receipt, stream_id("household", command_id), residents)


def _name_the_member(refused: Refused) -> None:
    # Act 0 is the household, act n its n-th member; the day of registration is the household's.
    if refused.act and refused.act > 0 and "path" not in refused.parameters:
        whole = refused.code == "registered-in-the-future"
        path = "registered" if whole else f"members[{refused.act - 1}]"
        refused.parameters = {"path": path, **refused.parameters}


def household_acts(
    desk: Desk,
    new: NewHousehold,
    command_id: UUID,
    numbers: Numbers | None = None,
    *,
    synthetic: bool = False,
) -> list[Act]:
    """One act for the household, then one per member. Without ``numbers`` all must be brought."""
    today, synthetic = desk.today, synthetic or desk.synthetic
    on = new.registered or today
    if numbers is not None:
        numbers.brought |= {member.nik for member in new.members if member.nik}
    household = stream_id("household", command_id)
    with at_path("village"):
        village = desk.reference.regions.village(new.village, on)
    with at_path("kk"):
        kk = Kk(new.kk) if new.kk else next_kk(desk, numbers, village, on, household)
    residence = Residence(kk.number, new.address, new.rt, new.rw)
    acts: list[Act] = []
    members: list[Member] = []
    ids = [_resident_id(command_id, i) for i in range(len(new.members))]
    married = couples((id_, m.relation, m.marital) for id_, m in zip(ids, new.members, strict=True))
    for i, member in enumerate(new.members):
        resident = ids[i]
        with at_path(f"members[{i}]"):
            person = person_of(desk, member, today)
            nik = Nik(member.nik) if member.nik else next_nik(desk, numbers, village, member, resident)
        source = NikSource.EXTERNAL if member.nik else NikSource.ALLOCATED
        members.append(Member(resident, member.relation))
        command = RegisterResident(
            resident,
            household,
            nik,
            source,
            person,
            village,
            residence,
            on,
            today,
            synthetic,
            spouse=married.get(resident, ""),
        )
        acts.append(act(resident_decider, resident, command, expected=0))
    register = RegisterHousehold(
        household, kk, village, new.address, new.rt, new.rw, tuple(members), on, synthetic
    )
    return [act(household_decider, household, register, expected=0), *acts]


def _resident_id(command_id: UUID, index: int) -> str:
    return stream_id("resident", command_id, str(index))


class at_path:  # noqa: N801 - reads as a statement
    """Name the place in the request at which a refusal arose."""

    __slots__ = ("_path",)

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Refused):
            error.parameters = {"path": self._path, **error.parameters}


def person_of(desk: Desk, m: NewMember, today: date) -> Person:
    known = desk.reference.codes.known(today)
    for name in CODED:
        if getattr(m, name) not in known[name]:
            desk.reference.codes.check(name, getattr(m, name), today)
    return Person(
        m.name,
        m.sex,
        m.birth_place,
        m.birth_date,
        m.religion,
        m.marital,
        m.blood,
        m.education,
        m.occupation,
        m.relation,
        m.citizenship,
        m.mother,
        m.father,
        desk.reference.codes.vintage("occupation", today),
    )


def next_nik(
    desk: Desk, numbers: Numbers | None, village: Village, member: NewMember | Person, resident: str
) -> Nik:
    """The next number of the series of her birth date, sex and this kecamatan."""
    if numbers is None:
        raise Malformed("malformed-nik", why="missing")
    kecamatan, sex = village.kecamatan.code, Sex(member.sex)
    asked = NumberAsked(NumberKind.NIK.value, resident, kecamatan)
    if given := numbers.from_centre(asked, Nik.of(kecamatan, member.birth_date, sex, STAND_IN).number):
        return Nik(given)
    day = encoded_date(member.birth_date, sex)
    serials = desk.serials

    brought = numbers.brought

    def nik(number: int) -> Nik:
        return Nik.of(kecamatan, member.birth_date, sex, serials.serial(number))

    number = numbers.take(
        f"series-{desk.ledger.blind('nik-series', kecamatan + day)}",
        resident,
        limit=serials.limit,
        full="nik-series-full",
        held=lambda n: desk.ledger.holder("nik", nik(n).number) is not None,
        brought=lambda n: nik(n).number in brought,
    )
    return nik(number)


def next_kk(desk: Desk, numbers: Numbers | None, village: Village, on: date, household: str) -> Kk:
    """The next number of the series of this kecamatan and day."""
    if numbers is None:
        raise Malformed("malformed-kk", why="missing")
    kecamatan, serials = village.kecamatan.code, desk.serials
    asked = NumberAsked(NumberKind.KK.value, household, kecamatan)
    if given := numbers.from_centre(asked, Kk.of(kecamatan, on, STAND_IN).number):
        return Kk(given)

    brought = numbers.brought

    def kk(number: int) -> Kk:
        return Kk.of(kecamatan, on, serials.serial(number))

    number = numbers.take(
        f"series-{desk.ledger.blind('kk-series', f'{kecamatan}{on}')}",
        household,
        limit=serials.limit,
        full="kk-series-full",
        held=lambda n: desk.ledger.holder("kk", kk(n).number) is not None,
        brought=lambda n: kk(n).number in brought,
    )
    return kk(number)


def resident_with_nik(desk: Desk, nik: str) -> str:
    """The stream of the resident who holds this NIK; ``Unknown("unknown-resident")``."""
    holder = desk.ledger.holder("nik", Nik(nik).number)
    # The number of somebody who is forgotten is never given again, and finds nobody.
    if holder is None or desk.ledger.load(resident_decider, holder).state.person is None:
        raise Unknown("unknown-resident")
    return holder


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A resident (her stream) who asks for one document at the counter of the officer's office."""

    document: str
    resident: str


@dataclass(frozen=True, slots=True)
class Served:
    """A counter case after an act: its stream, and the receipt; ``suket``: the number of a certificate that
    the act gave instead of a card.
    """

    receipt: Receipt
    case: str
    suket: str = ""


def take_ticket(desk: Desk, new: NewTicket, *, by: Actor, command_id: UUID) -> Served:
    """Open a counter case with the next queue number of the office and day."""
    case = stream_id("case", command_id)
    receipt = desk.ledger.repeated(command_id, new) or execute_with_numbers(
        desk,
        lambda numbers: ticket_acts(desk, new, case, by.office, numbers),
        by=by,
        command_id=command_id,
        request=new,
    )
    return Served(receipt, case)


def ticket_acts(desk: Desk, new: NewTicket, case: str, office: str, numbers: Numbers) -> list[Act]:
    today = desk.today
    document = desk.reference.services.service(new.document, today).document
    if not desk.ledger.load(resident_decider, new.resident).state.registered:
        raise Unknown("unknown-resident")
    ticket = numbers.take(f"tickets-{office}-{today}", case, limit=9999, full="ticket-series-full")
    acts = [act(case_decider, case, TakeTicket(document, new.resident, office, ticket, today), expected=0)]
    if document is Document.KTP:
        acts.append(act(resident_decider, new.resident, RequestKtp(case, today)))
    return acts


PlainStep = CompleteFile | RecordBiometrics | PrintCard | HandOver | EndWait | WithdrawCase | MarkNoShow
STEPS: dict[str, type[PlainStep]] = {
    "complete-file": CompleteFile,
    "record-biometrics": RecordBiometrics,
    "print-card": PrintCard,
    "hand-over": HandOver,
    "end-wait": EndWait,
    "withdraw": WithdrawCase,
    "no-show": MarkNoShow,
}
CALLS: dict[str, type[Call | CallAgain]] = {"call": Call, "call-again": CallAgain}


@dataclass(frozen=True, slots=True)
class NextStep:
    """What happens at the counter: ``call`` or ``call-again`` (with ``counter``), ``start-wait`` (with
    ``cause``), or one of ``STEPS``.
    """

    step: str
    counter: str = ""
    cause: str = ""


def serve(
    desk: Desk, case: str, step: NextStep, *, by: Actor, command_id: UUID, expected: int | None = None
) -> Served:
    """The next step of a case. ``expected`` is the version that the clerk saw (ETag)."""
    request = (case, step)
    receipt = desk.ledger.repeated(command_id, request) or execute_with_numbers(
        desk,
        lambda numbers: _step_acts(desk, case, step, expected, numbers),
        by=by,
        command_id=command_id,
        request=request,
        shared=blank_stock.STREAMS,
    )
    return Served(receipt, case, _suket(desk, receipt, step))


def _suket(desk: Desk, receipt: Receipt, step: NextStep) -> str:
    """The certificate that was given where a card should have been printed."""
    if step.step != "print-card":
        return ""
    facts = desk.ledger.after(receipt.first - 1, receipt.last - receipt.first + 1)
    return next((fact.event.number for fact in facts if isinstance(fact.event, SuketIssued)), "")


def _step_acts(
    desk: Desk, case: str, step: NextStep, expected: int | None, numbers: Numbers
) -> Sequence[Act]:
    state = desk.ledger.load(case_decider, case).state
    command = _command(desk, step, state)
    if state == Case():
        raise Unknown("unknown-case")
    if state.document is Document.KK and isinstance(command, HandOver):
        return [act(case_decider, case, command, expected), *_kk_in_hand(desk, state.resident, case)]
    if state.document is not Document.KTP:
        return [act(case_decider, case, command, expected)]
    # One append: the card is handed over exactly when the resident has it, printed exactly when a blank is used.
    match command:
        case PrintCard():
            must_live_here(desk.ledger.load(resident_decider, state.resident).state)
            return blank_stock.printing(desk, case, state.office, expected, numbers)
        case HandOver():
            issue = act(resident_decider, state.resident, IssueKtp(case, desk.today))
            return [act(case_decider, case, command, expected), issue]
        case WithdrawCase() | MarkNoShow():
            withdraw = act(resident_decider, state.resident, WithdrawKtpRequest(case))
            left = blank_stock.leaving(desk, case, state.office)
            return [act(case_decider, case, command, expected), withdraw, *left]
    return [act(case_decider, case, command, expected)]


def _kk_in_hand(desk: Desk, resident: str, case: str) -> list[Act]:
    """The household has its newest card now; who has left every household meanwhile takes none with her."""
    home = desk.ledger.load(resident_decider, resident).state.household
    return [act(household_decider, home, IssueKk(case, desk.today))] if home else []


def _command(desk: Desk, step: NextStep, case: Case) -> Command:
    if step.step in CALLS:
        return CALLS[step.step](step.counter)
    if step.step == "start-wait":
        if step.cause not in tuple(Cause):
            raise Malformed("unknown-cause", cause=step.cause)
        kept = case.document is Document.KTP and blank_stock.stock(desk, case.office).state.kept
        return StartWait(Cause(step.cause), kept)
    if step.step not in STEPS:
        raise Malformed("unknown-step", step=step.step)
    return STEPS[step.step]()
