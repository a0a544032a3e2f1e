"""What each paper tells, gathered from the facts of the record it is about."""

from collections.abc import Callable, Mapping
from datetime import datetime
from math import ceil
from types import MappingProxyType

from api.acts.deed_contents import (
    birth_deed,
    child_card,
    death_deed,
    divorce_deed,
    marriage_deed,
    married_since,
    move_letter,
)
from api.acts.desk import JAKARTA, Desk
from api.acts.licensing import load as load_application
from api.acts.paper_parts import Told, home_of, person_of, place_of, resident_of, word
from api.messages import text
from domain.kernel.errors import Refused, Rejected, Unknown
from domain.kernel.segments import Closed
from domain.licensing.application import Status
from domain.papers.contents import (
    CounterReceipt,
    FamilyCard,
    FamilyMember,
    KtpSheet,
    Permit,
    Stretch,
    TemporaryCertificate,
)
from domain.papers.paper import PaperKind
from domain.population.case import Case, Document, Step, case_decider
from domain.population.clock import KTP_PROMISE, Times, receipt_code, times
from domain.population.household import household_decider
from domain.population.resident import Resident, resident_decider


def told(desk: Desk, kind: PaperKind, about: str) -> Told:
    """Refused: ``Unknown`` when there is no such record, ``paper-not-ready``."""
    return GATHERERS[kind](desk, about)


def family_card(desk: Desk, household: str) -> Told:
    """Of everybody in the household who is not forgotten."""
    state = desk.ledger.load(household_decider, household).state
    home = state.residence
    if home is None:
        raise Unknown("unknown-household")
    if not state.active:
        raise Rejected("paper-not-ready", kind=PaperKind.FAMILY_CARD.value)
    people = [(m, desk.ledger.load(resident_decider, m.resident).state) for m in state.members]
    known = [(m, r) for m, r in people if r.person is not None]
    head = next((r.person.name for m, r in known if m.resident == state.head and r.person), "")
    card = FamilyCard(
        home.kk,
        head,
        place_of(desk, state.village, home.address, home.rt, home.rw),
        tuple(_member(desk, m.resident, r) for m, r in known),
    )
    subjects = (household, *(m.resident for m, _ in known))
    return Told(card, subjects, any(r.synthetic for _, r in known))


def _member(desk: Desk, id_: str, resident: Resident) -> FamilyMember:
    p = person_of(resident)
    return FamilyMember(
        name=p.name,
        nik=resident.nik or "",
        sex=word(desk, p, "sex"),
        birth_place=p.birth_place,
        birth_date=p.birth_date,
        religion=word(desk, p, "religion"),
        education=word(desk, p, "education"),
        occupation=word(desk, p, "occupation"),
        blood=word(desk, p, "blood"),
        marital=word(desk, p, "marital"),
        relation=word(desk, p, "relation"),
        citizenship=word(desk, p, "citizenship"),
        father=p.father,
        mother=p.mother,
        married_on=married_since(desk, id_, resident),
    )


def ktp_sheet(desk: Desk, case: str) -> Told:
    """What the card of the resident in this case will say."""
    state = _case(desk, case)
    if state.document is not Document.KTP:
        raise Rejected("paper-not-ready", kind=PaperKind.KTP_SHEET.value)
    resident = _living_here(desk, state.resident, PaperKind.KTP_SHEET)
    p = person_of(resident)
    sheet = KtpSheet(
        nik=resident.nik or "",
        kk=resident.residence.kk if resident.residence else "",
        name=p.name,
        birth_place=p.birth_place,
        birth_date=p.birth_date,
        sex=word(desk, p, "sex"),
        blood=word(desk, p, "blood"),
        home=home_of(desk, resident),
        religion=word(desk, p, "religion"),
        marital=word(desk, p, "marital"),
        occupation=word(desk, p, "occupation"),
        citizenship=word(desk, p, "citizenship"),
        state=resident.ktp(desk.today).value,
    )
    return Told(sheet, (state.resident, resident.household), resident.synthetic)


def certificate(desk: Desk, case: str) -> Told:
    """For a resident whose data are recorded and whose card is not handed over yet."""
    state = _case(desk, case)
    if state.document is not Document.KTP or state.step not in (Step.RECORDED, Step.PRINTED):
        raise Rejected("paper-not-ready", kind=PaperKind.CERTIFICATE.value)
    resident = _living_here(desk, state.resident, PaperKind.CERTIFICATE)
    p = person_of(resident)
    until = desk.reference.paper_terms.last_day(PaperKind.CERTIFICATE, desk.today)
    if until is None:
        raise Rejected("paper-not-ready", kind=PaperKind.CERTIFICATE.value)
    certificate = TemporaryCertificate(
        nik=resident.nik or "",
        name=p.name,
        birth_place=p.birth_place,
        birth_date=p.birth_date,
        sex=word(desk, p, "sex"),
        blood=word(desk, p, "blood"),
        home=home_of(desk, resident),
        religion=word(desk, p, "religion"),
        marital=word(desk, p, "marital"),
        occupation=word(desk, p, "occupation"),
        citizenship=word(desk, p, "citizenship"),
        valid_until=until,
    )
    return Told(
        certificate,
        (state.resident, resident.household),
        resident.synthetic,
        until,
        number=state.suket,
        free=_free(desk, state),
    )


def _living_here(desk: Desk, id_: str, kind: PaperKind) -> Resident:
    """A card is for somebody who lives here: not for the dead, nor for who has moved away meanwhile."""
    resident = resident_of(desk, id_)
    if not resident.counted:
        raise Rejected("paper-not-ready", kind=kind.value)
    return resident


def receipt(desk: Desk, case: str) -> Told:
    """The times of the case so far, cut by whose they were."""
    state = _case(desk, case)
    resident = resident_of(desk, state.resident)
    at = times((fact.event, fact.header.recorded_at) for fact in desk.ledger.stream(case))
    now, closed = desk.clock.now(), desk.reference.opening.closed
    done = at.ended if state.step is Step.HANDED_OVER else None
    slip = CounterReceipt(
        tracking=receipt_code(case),
        document=text(f"document.{state.document.value}", "id"),
        ticket=state.ticket,
        name=person_of(resident).name,
        taken=_local(at.taken),
        called=_local(at.called),
        complete=_local(at.complete),
        ended=_local(at.ended),
        stretches=_stretches(at, now, closed) if at.ended else (),
        # A begun second counts, as on every screen.
        office_seconds=ceil(at.office_time(done, closed).total_seconds()) if done and at.complete else None,
        promise_seconds=int(KTP_PROMISE.total_seconds()),
    )
    return Told(slip, (state.resident,), resident.synthetic, free=_free(desk, state))


def _free(desk: Desk, case: Case) -> bool:
    return desk.reference.services.free(case.document.value, desk.today)


def _stretches(at: Times, now: datetime, closed: Closed) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(
            text(f"cause.{part.cause.value}", "id"),
            part.start.astimezone(JAKARTA),
            part.end.astimezone(JAKARTA),
            round(part.length.total_seconds()),
        )
        for part in at.segments(now, closed)
    )


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(JAKARTA) if moment else None


def permit(desk: Desk, application: str) -> Told:
    """A permit that is issued."""
    state = load_application(desk, application).state
    if state.status is not Status.ISSUED or state.business is None:
        raise Rejected("paper-not-ready", kind=PaperKind.PERMIT.value)
    row, business = desk.reference.catalogue.rows[state.permit], state.business
    document = Permit(
        number=state.number or "",
        title=row.name_id,
        permit=row.code,
        applicant=business.applicant,
        company=business.company,
        legal_form=business.legal_form,
        npwp=business.npwp,
        kbli=business.kbli,
        home=place_of(desk, state.village, business.address, "", ""),
        net_worth=business.net_worth,
        legal_basis=row.legal_basis,
    )
    return Told(document, (state.applicant,), state.synthetic)


GATHERERS: Mapping[PaperKind, Callable[[Desk, str], Told]] = MappingProxyType(
    {
        PaperKind.FAMILY_CARD: family_card,
        PaperKind.KTP_SHEET: ktp_sheet,
        PaperKind.CERTIFICATE: certificate,
        PaperKind.CHILD_CARD: child_card,
        PaperKind.BIRTH: birth_deed,
        PaperKind.DEATH: death_deed,
        PaperKind.MARRIAGE: marriage_deed,
        PaperKind.DIVORCE: divorce_deed,
        PaperKind.MOVE: move_letter,
        PaperKind.RECEIPT: receipt,
        PaperKind.PERMIT: permit,
    }
)
"""Every paper: of a household, of a resident, of an entry of the register, of a counter case, of an application."""


OF_EVENT: Mapping[str, PaperKind] = MappingProxyType(
    {
        "BIRTH": PaperKind.BIRTH,
        "DEATH": PaperKind.DEATH,
        "MARRIAGE": PaperKind.MARRIAGE,
        "DIVORCE": PaperKind.DIVORCE,
        "MOVE_OUT": PaperKind.MOVE,
    }
)
"""The paper that an entry of the register with this code yields."""


def ready(desk: Desk, entry: str, code: str) -> list[PaperKind]:
    """What can be printed of an entry now: none of one that is annulled, forgotten, or another office's deed."""
    kind = OF_EVENT.get(code)
    try:
        return [kind] if kind and told(desk, kind, entry) else []
    except Refused:
        return []


def _case(desk: Desk, case: str) -> Case:
    state = desk.ledger.load(case_decider, case).state
    if state == Case():
        raise Unknown("unknown-case")
    return state
