"""How the rows of *who lives here* follow the facts of residents and households: a row and a fact, a row.

A row is a mapping of columns. What is forgotten stays empty: a later fact brings no value back.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from domain.population.household import events as home
from domain.population.resident import events as life
from domain.population.resident.person import COUNTED, Standing

Row = dict[str, Any]

RESIDENT_FACTS: tuple[type, ...] = (
    *(life.KtpRequested, life.KtpRequestWithdrawn, life.KtpIssued, life.KtpVoided, life.KtpReprintDue),
    *(life.KiaIssued, life.NikGiven, life.ResidentPlaced, life.Died, life.DeathReversed, life.MovedAway),
    *(life.Returned, life.WentMissing, life.Found, life.RecordVoided, life.Married, life.MarriageEnded),
    *(life.MarriageRestored, life.ParentsLinked, life.ElementsChanged, life.StayGranted),
    life.FiliationReversed,
    *(life.DepartureAnnounced, life.ChildRecorded, life.ChildReversed, life.CivilEventNoted),
)
HOUSEHOLD_FACTS: tuple[type, ...] = (
    *(home.MemberJoined, home.MemberLeft, home.RelationsChanged, home.KkRenumbered),
    *(home.HouseholdMoved, home.HouseholdClosed, home.KkPrintDue, home.KkIssued),
)


def resident_changed(row: Row, event: Any) -> None:
    """The row of a resident after ``event``."""
    match event:
        case life.KtpRequested(case):
            row["open_case"] = case
        case life.KtpRequestWithdrawn():
            row["open_case"] = None
        case life.KtpIssued(_, on):
            row |= {"open_case": None, "ktp_issued_on": _text(on), "ktp_due": False}
            row["ktp_cards"] += 1
        case life.KtpVoided():
            row |= {"ktp_issued_on": None, "ktp_due": False}
        case life.KtpReprintDue():
            row["ktp_due"] = True
        case life.KiaIssued(on):
            row["kia_on"] = _text(on)
        case life.NikGiven(nik=nik):
            row["nik"] = nik.value
        case life.ResidentPlaced(household, village, relation):
            row |= {"household": household, "village": village, "departing": ""}
            _personal(row, relation=relation)
        case life.DepartureAnnounced(level):
            row["departing"] = level
        case life.Married() | life.MarriageEnded() | life.MarriageRestored():
            rest = [spouse for spouse in row["spouses"].split() if spouse != event.spouse]
            over = isinstance(event, life.MarriageEnded)
            nameless = isinstance(event, life.MarriageRestored) and not event.known
            row["spouses"] = " ".join(rest if over or nameless else [*rest, event.spouse]).strip()
            _personal(row, marital=event.marital)
        case life.ParentsLinked():
            _parents(row, event)
        case life.FiliationReversed(mother=mother, father=father, names=names):
            row |= {"mother_id": mother, "father_id": father}
            if told := names.value:
                _personal(row, mother=told.mother, father=told.father)
        case life.ElementsChanged():
            _elements(row, event)
        case life.StayGranted(kind, until):
            row |= {"stay": kind, "stay_until": _text(until)}
        case _:
            _standing(row, event)


def _standing(row: Row, event: Any) -> None:
    match event:
        case life.Died(on):
            _gone(row, Standing.DEAD, on)
        case life.MovedAway(standing, on):
            _gone(row, Standing(standing), on)
        case life.RecordVoided(on=on):
            _gone(row, Standing.VOID, on)
        case life.WentMissing(on):
            row |= {"standing": Standing.MISSING.value, "standing_on": _text(on)}
        case life.DeathReversed(on=on) | life.Returned(on) | life.Found(on):
            row |= {"standing": Standing.ALIVE.value, "standing_on": _text(on)}


def _gone(row: Row, standing: Standing, on: Any) -> None:
    row |= {"standing": standing.value, "standing_on": _text(on), "household": "", "departing": ""}
    row |= {"ktp_issued_on": None, "ktp_due": False}


def _parents(row: Row, event: life.ParentsLinked) -> None:
    if event.kind == "adopted":
        return
    row["mother_id"] = event.mother or row["mother_id"]
    row["father_id"] = event.father or row["father_id"]
    if names := event.names.value:
        _personal(row, mother=names.mother or row["mother"], father=names.father or row["father"])


def _elements(row: Row, event: life.ElementsChanged) -> None:
    changes = event.changes.value or ()
    _personal(row, **{change.element: change.new for change in changes})
    if vintages := [change.vintage for change in changes if change.element == "occupation"]:
        _personal(row, codes=vintages[0])
    if any((c.element, c.new) == ("citizenship", "1") for c in changes):
        row |= {"stay": "", "stay_until": None}


def _personal(row: Row, **values: str) -> None:
    if row["name"] is not None:
        row |= values


def _text(on: Any) -> str:
    return str(on.isoformat())


def resident_counts(row: Mapping[str, Any]) -> Counter[tuple[str, str]]:
    """What this row adds to the counts, by village and column."""
    lives = row["standing"] in {standing.value for standing in COUNTED}
    return Counter(
        {
            (row["village"], "residents"): int(lives),
            (row["village"], "ktp"): int(row["ktp_issued_on"] is not None),
        }
    )


def household_changed(row: Row, event: Any) -> None:
    """The row of a household after ``event``."""
    match event:
        case home.MemberJoined(resident, relation):
            row["members"] += 1
            if relation == home.HEAD:
                row["head"] = resident
        case home.MemberLeft(resident):
            row["members"] -= 1
            if row["head"] == resident:
                row["head"] = None
        case home.RelationsChanged(members):
            heads = [m.resident for m in members if m.relation == home.HEAD]
            row["head"] = heads[0] if heads else row["head"]
        case home.KkRenumbered(_, residence):
            _lives(row, residence.value)
        case home.HouseholdMoved(village, _, residence):
            row["village"] = village
            _lives(row, residence.value)
        case home.HouseholdClosed(on):
            row["closed_on"] = _text(on)
        case home.KkPrintDue(version):
            row["print"] = version
        case home.KkIssued(version):
            row["issued"] = version


def _lives(row: Row, at: Any) -> None:
    names = ("kk", "address", "rt", "rw")
    row |= {name: getattr(at, name) if at else None for name in names}


def household_counts(row: Mapping[str, Any]) -> Counter[tuple[str, str]]:
    return Counter({(row["village"], "households"): int(row["closed_on"] is None)})
