"""Civil events as REST asks and answers them: one strict model per row of the catalogue, made from its fields."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field, create_model

from adapters.reference import reference
from api.rest.models.base import Answered, Asked, Code, Day, Digits, Id, Positions, Text
from api.rest.models.population import MOST_MEMBERS, Member
from domain.population.civil_events import CivilEvent, CivilEvents
from domain.population.civil_events import Field as Row

A_RESIDENT = "resident-7b1f0e9d8c7b5a69887766554433221f"
A_HOUSEHOLD = "household-0d6f0d5c4fbd5c3b8d1c0f7e6a5b4c3d"
AN_ENTRY = "entry-0d6f0d5c4fbd5c3b8d1c0f7e6a5b4c3d"
MOST = 20


class Home(Asked):
    """Where people go to live: an existing ``household``, or the address of a new one (then its members have one head)."""

    household: Id = Field("", description="Empty: a new household at the address below.", examples=[""])
    village: Annotated[str, Field(max_length=13)] = Field("", examples=["33.14.10.1003"])
    address: Text = Field("", examples=["Jl. Raya Sukowati 12"])
    rt: Annotated[str, Field(max_length=3)] = Field("", examples=["001"])
    rw: Annotated[str, Field(max_length=3)] = Field("", examples=["002"])
    kk: Digits | None = Field(
        None, description="Absent: the regency gives a number where one is needed.", examples=[None]
    )


class Related(Asked):
    """A resident and what she is to the head of the household."""

    resident: Id = Field(examples=[A_RESIDENT])
    relation: Code = Field(examples=["1"])


class Successor(Asked):
    """The new head of the household that she is in, when its head leaves; the card gets a new number."""

    head: Id = Field(examples=[A_RESIDENT])
    relations: list[Related] = Field(
        default=[],
        max_length=MOST_MEMBERS,
        description="Of whom the relation changes with the head.",
        examples=[[]],
    )
    kk: Digits | None = Field(None, description="Absent: the regency gives a number.", examples=[None])


class Newborn(Asked):
    """A child on the day of its birth."""

    nik: Digits | None = Field(None, description="Absent: the regency gives one.", examples=[None])
    name: Text = Field(examples=["Bayu Pratama"])
    sex: Code = Field(description="1 man, 2 woman.", examples=["1"])
    birth_place: Text = Field(examples=["Sragen"])
    religion: Code = Field(examples=["1"])
    blood: Code = Field(examples=["13"])
    relation: Code = Field(description="To the head: 4 child, 6 grandchild, 9 other family.", examples=["4"])
    citizenship: Code = Field(examples=["1"])


class ElementValue(Asked):
    """An element of a record (``name``, ``occupation``, ...) and what it shall be; a date as ``yyyy-mm-dd``."""

    element: Annotated[str, Field(max_length=40)] = Field(examples=["occupation"])
    value: Text = Field(examples=["9"])


KINDS: Mapping[str, tuple[Any, object]] = {
    "resident": (Id, A_RESIDENT),
    "residents": (Annotated[list[Id], Field(min_length=1, max_length=MOST_MEMBERS)], [A_RESIDENT]),
    "household": (Id, A_HOUSEHOLD),
    "entry": (Id, AN_ENTRY),
    "text": (Text, "Sragen"),
    "choice": (Annotated[str, Field(max_length=40)], None),
    "code": (Code, "1"),
    "day": (Day, "2027-11-24"),
    "home": (Home, None),
    "members": (
        Annotated[list[Related], Field(max_length=MOST_MEMBERS)],
        [{"resident": A_RESIDENT, "relation": "1"}],
    ),
    "persons": (Annotated[list[Member], Field(max_length=MOST_MEMBERS)], None),
    "person": (Member, None),
    "newborn": (Newborn, None),
    "changes": (
        Annotated[list[ElementValue], Field(min_length=1, max_length=MOST)],
        [{"element": "occupation", "value": "9"}],
    ),
    "successors": (Annotated[list[Successor], Field(max_length=MOST)], None),
}
"""The type and an example of each kind of field in the catalogue."""


def _field(row: Row) -> tuple[Any, Any]:
    kind, example = KINDS[row.kind]
    more: dict[str, Any] = {"description": f"{row.indonesia} / {row.english}"}
    if row.kind == "choice":
        more["json_schema_extra"] = {"enum": [*row.options, *([] if row.required else [None])]}
        example = row.options[0]
    if example is not None:
        more["examples"] = [example]
    return (kind, Field(**more)) if row.required else (kind | None, Field(None, **more))


def _common(row: CivilEvent) -> dict[str, Any]:
    papers = [paper.code for paper in (*row.papers, *row.late_papers)]
    return {
        "on": (Day, Field(description="The day on which it happened.", examples=["2026-11-20"])),
        "reported": (
            Day | None,
            Field(None, description="The day on which it was reported; absent: today.", examples=[None]),
        ),
        "papers": (
            Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=MOST)],
            Field(default=[], description="The papers that were shown.", examples=[papers]),
        ),
        "deed": (
            Annotated[str, Field(max_length=60)],
            Field(
                "", description="The number of another office's deed; empty: the regency's.", examples=[""]
            ),
        ),
        "case": (
            Id,
            Field(
                "",
                description="In companion mode: the counter case whose clock waits for the centre; else not looked at.",
                examples=[""],
            ),
        ),
    }


def _model(row: CivilEvent) -> type[Asked]:
    name = "".join(word.capitalize() for word in row.code.split("_"))
    common = {} if row.code == "CORRECTION" else _common(row)
    fields: dict[str, Any] = {field.name: _field(field) for field in row.fields} | common
    made: type[Asked] = create_model(
        f"Report{name}",
        __base__=Asked,
        __doc__=f"{row.indonesia} / {row.english}.",
        **fields,
    )
    return made


def bodies(events: CivilEvents) -> Mapping[str, type[Asked]]:
    """The body of each row of the catalogue, by its code."""
    return {code: _model(row) for code, row in events.rows.items()}


BODIES = bodies(reference().civil_events)


class CivilEventField(Answered):
    """One thing that a form asks. ``kind`` tells how; ``options`` are its choices, or the name of its code list."""

    name: str
    kind: str
    required: bool
    indonesia: str
    english: str
    options: list[str]


class CivilEventForm(Answered):
    """A form; the same code of another vintage is another form."""

    code: str = Field(examples=["F-2.01"])
    vintage: str = Field(examples=["2019"])


class CivilEventPaper(Answered):
    """Something to be shown. What is missing is a flag, not a refusal."""

    code: str
    indonesia: str
    english: str


class CivilEventRow(Answered):
    """One row of the catalogue: what a form and a counter need to know of a civil event.

    ``within``: days to report, null without limit. ``ktp``: ``none``, ``first``, ``due``, ``replace``, ``void``;
    ``kk``: ``none``, ``print``, ``number`` (where the head changes), ``new``. ``feed``: the Ministry of Home Affairs is
    told; ``centre``: in companion mode it decides. ``decided_by``: ``office`` or ``centre``, here and now.
    """

    code: str
    indonesia: str
    english: str
    group: str
    form: CivilEventForm
    forms: list[CivilEventForm]
    within: int | None
    papers: list[CivilEventPaper]
    late_papers: list[CivilEventPaper]
    documents: list[str]
    number: str
    fields: list[CivilEventField]
    ktp: str
    kk: str
    feed: bool
    centre: bool
    source: str
    decided_by: str = Field(examples=["office"])
    post: str = Field(examples=["/api/v1/civil-events/DEATH"])


class CivilEventTable(Answered):
    """The catalogue and its version."""

    version: str
    events: list[CivilEventRow]


class CivilEventDone(Answered):
    """A recorded event: its entry, whom it names, what is odd, and the number of the deed if it yields one."""

    entry: str = Field(examples=[AN_ENTRY])
    code: str
    residents: list[str]
    households: list[str]
    flags: list[str] = Field(examples=[["late-report"]])
    deed: str | None
    positions: Positions


class EntryDetail(Answered):
    name: str
    value: str


class RegisterEntry(Answered):
    """An entry of the register. Deed and details are null once the resident is forgotten.

    ``annulled_by`` is the entry that annuls its deed.
    """

    entry: str
    code: str
    form: str
    vintage: str
    on: date
    reported_on: date
    residents: list[str]
    households: list[str]
    papers: list[str]
    flags: list[str]
    deed: str | None
    details: list[EntryDetail] | None
    annulled_on: date | None
    annulled_by: str | None


class CorrectionActed(Answered):
    """A correction after an act; ``entry``: what carried it out, once it is approved."""

    correction: str
    entry: str
    positions: Positions


class CorrectionChange(Answered):
    """An element before and after."""

    element: str
    old: str
    new: str


class CorrectionRow(Answered):
    """A correction with its difference; ``changes`` and ``reason`` are null once the resident is forgotten."""

    correction: str
    resident: str
    entry: str
    stage: str
    asked_on: date
    asked_by: str
    decided_on: date | None
    decided_by: str | None
    rejected_because: str | None
    changes: list[CorrectionChange] | None
    reason: str | None
    version: int


class CorrectionPage(Answered):
    items: list[CorrectionRow]


class CorrectionDecision(Asked):
    """``approve`` (for an annulled death with the ``home`` and ``relation`` of who lives), or ``reject`` with a reason."""

    decision: Annotated[str, Field(max_length=10)] = Field(examples=["approve"])
    reason: Text = Field("", examples=[""])
    home: Home | None = Field(None, examples=[None])
    relation: Code = Field("", examples=[""])
