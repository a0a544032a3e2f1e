"""An entry of the civil register on the screen: what was reported and shown, by whom, and everybody it touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from api.acts import civil
from api.acts.civil.annulling import annulled_with
from api.acts.paper_contents import ready
from api.pages.frame import APage
from api.pages.words import Words
from api.wiring import Hub
from domain.access.reading import Seen
from domain.kernel.errors import Unknown
from domain.population.civil_events import CivilEvent, Paper
from domain.population.entry import CivilEventAnnulled, CivilEventRecorded
from domain.population.resident.events import CivilEventNoted
from projections import corrections, papers, residents
from projections.corrections import CorrectionRow

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper that the form asks for, and whether it was shown."""

    paper: Paper
    there: bool


@routes.get("/entri/{entry}")
def entry(page: APage, entry: str) -> Response:
    """One civil event as it was reported, with the papers that can be printed of it."""
    _ = page.officer
    hub, facts = page.hub, list(page.hub.ledger.stream(entry))
    if not facts or not isinstance(facts[0].event, CivilEventRecorded):
        raise Unknown("unknown-entry")
    recorded, header = facts[0].event, facts[0].header
    with page.shown("residents", "papers", "corrections") as view:
        people = residents.by_ids(view, recorded.residents)
        homes = {id_: residents.household(view, id_) for id_ in recorded.households}
        printed = papers.of_record(view, entry)
        asked = corrections.page(view, resident=recorded.residents[0])
    page.looks(Seen.RECORD, [*recorded.residents, *(s for p in printed for s in p.subjects)], entry)
    row = hub.desk.reference.civil_events.rows.get(recorded.code)
    return page.render(
        "entry.html",
        entry=entry,
        recorded=recorded,
        header=header,
        annulled=next((f.event for f in facts if isinstance(f.event, CivilEventAnnulled)), None),
        annuls=annulled_with(hub.desk, entry, recorded.residents),
        shown=_shown(row, recorded),
        details=_details(page.words, row, recorded),
        people=people,
        homes=homes,
        changed={
            id_: _changed(hub, id_, header.command_id) for id_ in (*recorded.residents, *recorded.households)
        },
        corrections=_corrections(hub, entry, recorded, header.command_id, asked),
        papers=printed,
        kinds=[kind.value for kind in ready(hub.desk, entry, recorded.code)],
    )


def _shown(row: CivilEvent | None, recorded: CivilEventRecorded) -> list[Shown]:
    """What the form asks to be shown; what only a late report must show, when it was."""
    if row is None:
        return []
    late = row.late_papers if row.late(recorded.on, recorded.reported_on) else ()
    return [Shown(paper, paper.code in recorded.papers) for paper in (*row.papers, *late)]


def _details(
    words: Words, row: CivilEvent | None, recorded: CivilEventRecorded
) -> list[tuple[str, str]] | None:
    """What was said, each under the words of the form; None once it is forgotten."""
    if recorded.details.value is None:
        return None
    fields = {f.name: f for f in row.fields} if row else {}
    told: list[tuple[str, str]] = []
    for detail in recorded.details.value:
        f, value = fields.get(detail.name), detail.value
        if f and f.kind == "choice":
            value = words.term("choice", value)
        elif f and f.kind == "day":
            value = words.day(date.fromisoformat(value))
        told.append(((f.english if words.language == "en" else f.indonesia) if f else detail.name, value))
    return told


def _changed(hub: Hub, record: str, command: UUID) -> list[str]:
    """What the event did to one record: the names of its facts, each once."""
    done = (
        fact.header.event
        for fact in hub.ledger.stream(record)
        if fact.header.command_id == command and not isinstance(fact.event, CivilEventNoted)
    )
    return list(dict.fromkeys(done))


def _corrections(
    hub: Hub, entry: str, recorded: CivilEventRecorded, command: UUID, asked: Sequence[CorrectionRow]
) -> list[CorrectionRow]:
    """The requests to annul this deed; of the entry of a correction, the request that it carries out."""
    if recorded.code != civil.CORRECTION:
        return [row for row in asked if row.entry == entry]
    return [
        row for row in asked if command in {f.header.command_id for f in hub.ledger.stream(row.correction)}
    ]
