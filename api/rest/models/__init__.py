"""The shapes of REST: strict in what is asked, stable in what is answered.

A model checks shape alone: types, lengths, unknown fields. Meaning (is this a village? a NIK?) is
checked once, by the domain, with the same code on every face.
"""

from api.rest.models.base import Positions, Problem
from api.rest.models.inside import Delivery, History, HistoryStep, Projection
from api.rest.models.licensing import (
    Application,
    ApplicationPage,
    Decision,
    Documents,
    Filed,
    Issue,
    NetWorth,
    NewApplication,
    SiupClass,
    StatusStep,
    Tracked,
)
from api.rest.models.population import (
    Case,
    CasePage,
    Household,
    Member,
    NewHousehold,
    NewTicket,
    NextStep,
    Registered,
    Resident,
    ResidentListed,
    ResidentPage,
    Search,
    Served,
    Wait,
)
from api.rest.models.privacy import Erasure, ErasureActed, ErasureDecision, ErasurePage, NewErasure
from api.rest.models.reference import Catalogue, Kecamatan, Officer, Service, Village

__all__ = [
    "Application",
    "ApplicationPage",
    "Case",
    "CasePage",
    "Catalogue",
    "Decision",
    "Delivery",
    "Documents",
    "Erasure",
    "ErasureActed",
    "ErasureDecision",
    "ErasurePage",
    "Filed",
    "History",
    "HistoryStep",
    "Household",
    "Issue",
    "Kecamatan",
    "Member",
    "NetWorth",
    "NewApplication",
    "NewErasure",
    "NewHousehold",
    "NewTicket",
    "NextStep",
    "Officer",
    "Positions",
    "Problem",
    "Projection",
    "Registered",
    "Resident",
    "ResidentListed",
    "ResidentPage",
    "Search",
    "Served",
    "Service",
    "SiupClass",
    "StatusStep",
    "Tracked",
    "Village",
    "Wait",
]
