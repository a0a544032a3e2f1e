"""The tables that law and decrees gave the regency, read once from beside the code they belong to."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from domain.access.alarms import Alarm, AlarmLimit, AlarmLimits
from domain.access.purposes import PurposeRow, Purposes
from domain.kernel.offices import Office, Offices
from domain.kernel.opening import Hours, Opening
from domain.kernel.regions import Kecamatan, Regions, Village
from domain.kernel.values import Period
from domain.kernel.working_days import Calendar
from domain.licensing.catalogue import Catalogue, PermitType
from domain.licensing.siup import SiupClasses, Threshold
from domain.papers.paper import PaperKind
from domain.papers.terms import PaperTerms, Title, Validity
from domain.population.ages import Ages, LeastAge
from domain.population.case import Document
from domain.population.civil_events import CivilEvent, CivilEvents, Field, Form, Paper
from domain.population.codes import Code, Codes
from domain.population.figures import Disclosure, Rounding
from domain.population.services import Service, Services

Row = Mapping[str, str]
JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything dated that a rule may be built from."""

    regions: Regions
    calendar: Calendar
    opening: Opening
    offices: Offices
    codes: Codes
    services: Services
    ages: Ages
    catalogue: Catalogue
    siup: SiupClasses
    civil_events: CivilEvents
    paper_terms: PaperTerms
    disclosure: Disclosure
    purposes: Purposes
    alarms: AlarmLimits


@cache
def reference() -> Reference:
    """The tables of this release. Read on the first call, the same object ever after."""
    calendar = _calendar()
    return Reference(
        regions=_regions(),
        calendar=calendar,
        opening=_opening(calendar),
        offices=_offices(),
        codes=_codes(),
        services=_services(),
        ages=_ages(),
        catalogue=_catalogue(),
        siup=_siup(),
        civil_events=_civil_events(),
        paper_terms=_paper_terms(),
        disclosure=_disclosure(),
        purposes=_purposes(),
        alarms=_alarms(),
    )


def rows(package: str, name: str) -> Iterator[Row]:
    """The rows of a table: UTF-8, comma, header row. Codes stay text."""
    with files(package).joinpath(name).open(encoding="utf-8") as table:
        yield from csv.DictReader(table)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _valid(row: Row) -> Period:
    return Period(_day(row["valid_from"]), _day(row["valid_to"]))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _regions() -> Regions:
    kecamatan = {
        r["code"]: Kecamatan(r["code"], r["name"], _valid(r)) for r in rows("domain.kernel", "kecamatan.csv")
    }
    villages = [
        Village(r["code"], r["name"], r["kind"], kecamatan[r["kecamatan"]], r["postal_code"], _valid(r))
        for r in rows("domain.kernel", "villages.csv")
    ]
    return Regions(kecamatan.values(), villages)


def _calendar() -> Calendar:
    days = rows("domain.kernel", "holidays.csv")
    return Calendar(MappingProxyType({date.fromisoformat(r["date"]): r["name_id"] for r in days}))


def _opening(calendar: Calendar) -> Opening:
    hours = (
        Hours(int(r["weekday"]), time.fromisoformat(r["opens"]), time.fromisoformat(r["closes"]), _valid(r))
        for r in rows("domain.kernel", "opening_hours.csv")
    )
    return Opening(tuple(hours), calendar, JAKARTA)


def _services() -> Services:
    return Services(map(_service, rows("domain.population", "services.csv")))


def _service(r: Row) -> Service:
    promise = timedelta(minutes=int(r["promise_minutes"])) if r["promise_minutes"] else None
    document = Document(r["document"])
    names = (r["name_id"], r["name_en"])
    return Service(document, *names, r["form"], promise, r["fee_basis"] == "none", _valid(r), r["source"])


def _ages() -> Ages:
    return Ages(
        LeastAge(r["rule"], r["sex"], int(r["age"]), _valid(r), r["source"])
        for r in rows("domain.population", "ages.csv")
    )


def _disclosure() -> Disclosure:
    return Disclosure(
        Rounding(int(r["base"]), _valid(r), r["source"]) for r in rows("domain.population", "disclosure.csv")
    )


def _offices() -> Offices:
    return Offices(
        Office(r["code"], r["name"], r["kecamatan"] or None, _valid(r))
        for r in rows("domain.kernel", "offices.csv")
    )


def _purposes() -> Purposes:
    return Purposes(
        PurposeRow(
            r["code"],
            r["name_id"],
            r["name_en"],
            r["stated"] == "1",
            r["opens"] == "1",
            _valid(r),
            r["source"],
        )
        for r in rows("domain.access", "purposes.csv")
    )


def _alarms() -> AlarmLimits:
    return AlarmLimits(
        AlarmLimit(
            Alarm(r["alarm"]),
            int(r["at_least"]),
            timedelta(minutes=int(r["margin_minutes"])),
            _valid(r),
            r["source"],
        )
        for r in rows("domain.access", "alarms.csv")
    )


def _codes() -> Codes:
    return Codes(
        Code(r["list"], r["vintage"], r["code"], r["name_id"], r["law"])
        for r in rows("domain.population", "codes.csv")
    )


def _catalogue() -> Catalogue:
    about = tomllib.loads(files("domain.licensing").joinpath("permit_types.toml").read_text("utf-8"))
    permits = map(_permit, rows("domain.licensing", "permit_types.csv"))
    return Catalogue(about["version"], about["provenance"].strip(), permits)


def _permit(r: Row) -> PermitType:
    return PermitType(
        code=r["code"],
        name_id=r["name_id"],
        name_en=r["name_en"],
        category=r["category"],
        delegated=r["delegated_to_kecamatan"] == "1",
        delegated_since=int(r["delegated_since"]) if r["delegated_since"] else None,
        sla_working_days=int(r["sla_working_days"]),
        fee_basis=r["fee_basis"],
        requirements=_split(r["requirements"]),
        review_units=_split(r["review_units"]),
        to_trade=r["sends_to_ministry_of_trade"] == "1",
        legal_basis=r["legal_basis"],
        source=r["source"],
        valid=_valid(r),
    )


def _siup() -> SiupClasses:
    return SiupClasses(
        Threshold(r["vintage"], _valid(r), r["permit"], int(r["over"]), int(r["upto"]) if r["upto"] else None)
        for r in rows("domain.licensing", "siup_thresholds.csv")
    )


def _paper_terms() -> PaperTerms:
    validity = (
        Validity(PaperKind(r["kind"]), timedelta(days=int(r["days"])), _valid(r), r["source"])
        for r in rows("domain.papers", "validity.csv")
    )
    titles = (
        Title(r["role"], r["title"], _valid(r), r["source"]) for r in rows("domain.papers", "titles.csv")
    )
    return PaperTerms(validity, titles)


def _civil_events() -> CivilEvents:
    table = tomllib.loads(files("domain.population").joinpath("civil_events.toml").read_text("utf-8"))
    papers = {code: Paper(code, *names) for code, names in table["papers"].items()}
    rows = (_civil_event(row, papers, table["fields"]) for row in table["event"])
    return CivilEvents(table["version"], rows)


def _civil_event(
    row: Mapping[str, Any], papers: Mapping[str, Paper], fields: Mapping[str, list[str]]
) -> CivilEvent:
    return CivilEvent(
        code=row["code"],
        indonesia=row["name"][0],
        english=row["name"][1],
        group=row["group"],
        forms=tuple(Form(code, vintage) for vintage, code in row["forms"].items()),
        within=row.get("within"),
        papers=tuple(papers[code] for code in row["papers"]),
        late_papers=tuple(papers[code] for code in row.get("late_papers", ())),
        documents=tuple(row["documents"]),
        number=row.get("number", ""),
        fields=tuple(_field(name, fields) for name in row["fields"]),
        ktp=row["ktp"],
        kk=row["kk"],
        feed=row.get("feed", True),
        centre=row.get("centre", True),
        source=row["source"],
    )


def _field(name: str, fields: Mapping[str, list[str]]) -> Field:
    bare = name.removesuffix("?")
    kind, indonesia, english, *options = fields[bare]
    return Field(bare, kind, bare == name, indonesia, english, tuple(options))
