"""A resident (penduduk), known for life by one NIK."""

from collections.abc import Sequence
from typing import assert_never

from domain.kernel.decider import Claim, Decider
from domain.population.resident.cards import (
    IssueKia,
    IssueKtp,
    OfCards,
    RequestKtp,
    VoidKtp,
    WithdrawKtpRequest,
    decide_cards,
)
from domain.population.resident.elements import (
    ChangeElements,
    GrantStay,
    NewValue,
    OfElements,
    decide_elements,
)
from domain.population.resident.events import (
    PUBLISHED,
    CivilEventNoted,
    Event,
    KtpIssued,
    KtpRequested,
    KtpRequestWithdrawn,
    NikGiven,
    ResidentRegistered,
)
from domain.population.resident.family import (
    EndMarriage,
    LinkParents,
    Marry,
    OfFamily,
    RecordChild,
    RestoreMarriage,
    ReverseChild,
    ReverseFiliation,
    decide_family,
)
from domain.population.resident.person import (
    KTP_AGE,
    MAX_NAME,
    KtpState,
    NikSource,
    Person,
    Residence,
    Standing,
    age,
    must_have_ktp,
)
from domain.population.resident.registration import (
    Entering,
    GiveNik,
    NoteEvent,
    RegisterResident,
    decide_entering,
)
from domain.population.resident.standing import (
    AnnounceDeparture,
    MoveAway,
    OfStanding,
    PlaceResident,
    RecordDeath,
    ReportFound,
    ReportMissing,
    ReturnResident,
    ReverseDeath,
    VoidRecord,
    decide_standing,
)
from domain.population.resident.state import Resident, evolve

__all__ = [
    "EVENTS",
    "KTP_AGE",
    "MAX_NAME",
    "AnnounceDeparture",
    "ChangeElements",
    "CivilEventNoted",
    "Command",
    "EndMarriage",
    "Event",
    "GiveNik",
    "GrantStay",
    "IssueKia",
    "IssueKtp",
    "KtpIssued",
    "KtpRequestWithdrawn",
    "KtpRequested",
    "KtpState",
    "LinkParents",
    "Marry",
    "MoveAway",
    "NewValue",
    "NikSource",
    "NoteEvent",
    "Person",
    "PlaceResident",
    "RecordChild",
    "RecordDeath",
    "RegisterResident",
    "ReportFound",
    "ReportMissing",
    "RequestKtp",
    "Residence",
    "Resident",
    "ResidentRegistered",
    "RestoreMarriage",
    "ReturnResident",
    "ReverseChild",
    "ReverseDeath",
    "ReverseFiliation",
    "Standing",
    "VoidKtp",
    "VoidRecord",
    "WithdrawKtpRequest",
    "age",
    "decide",
    "evolve",
    "must_have_ktp",
    "resident_decider",
]

EVENTS = PUBLISHED
Command = Entering | OfCards | OfStanding | OfFamily | OfElements


def decide(resident: Resident, command: Command) -> Sequence[Event]:
    match command:
        case RegisterResident() | GiveNik() | NoteEvent():
            return decide_entering(resident, command)
        case RequestKtp() | WithdrawKtpRequest() | IssueKtp() | VoidKtp() | IssueKia():
            return decide_cards(resident, command)
        case (
            Marry()
            | EndMarriage()
            | RestoreMarriage()
            | LinkParents()
            | ReverseFiliation()
            | RecordChild()
            | ReverseChild()
        ):
            return decide_family(resident, command)
        case ChangeElements() | GrantStay():
            return decide_elements(resident, command)
        case (
            PlaceResident()
            | RecordDeath()
            | ReverseDeath()
            | AnnounceDeparture()
            | MoveAway()
            | ReturnResident()
            | ReportMissing()
            | ReportFound()
            | VoidRecord()
        ):
            return decide_standing(resident, command)
    assert_never(command)


def claims(event: Event) -> Sequence[Claim]:
    if isinstance(event, (ResidentRegistered, NikGiven)) and event.nik.value is not None:
        return (Claim("nik", event.nik.value, secret=True),)
    return ()


resident_decider = Decider(Resident(), decide, evolve, claims)
