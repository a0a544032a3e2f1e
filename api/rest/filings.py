"""Files for the centre over REST: what waits, since when, and what was answered."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.rest import models
from api.rest.answering import READS
from api.rest.asking import AHub, ALook, AReading
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Unknown
from domain.population.clock import begun
from domain.population.filing import FilingStage
from projections import filings
from projections.filings import FilingRow

routes = APIRouter(tags=["civil events"])


@routes.get("/filings", responses=READS)
def list_filings(
    hub: AHub,
    look: ALook,
    reading: AReading,
    stage: Annotated[str, Query(examples=["waiting"])] = "",
    resident: Annotated[str, Query()] = "",
) -> models.FilingPage:
    """At most 100 files: those that wait (`stage=waiting`) from the first in line, others from the latest."""
    if stage and stage not in tuple(FilingStage):
        raise Malformed("unknown-stage", stage=stage)
    rows = reading.ask("filings", lambda view: filings.page(view, stage=stage, resident=resident))
    look.at(Seen.LIST, [resident for row in rows for resident in row.residents])
    return models.FilingPage(items=[shown(row, hub.clock.now()) for row in rows])


@routes.get("/filings/{filing}", responses=READS)
def filing(hub: AHub, look: ALook, reading: AReading, filing: str) -> models.FilingRow:
    """One file."""
    row = reading.find("filings", lambda view: filings.by_id(view, filing), Unknown("unknown-filing"))
    look.at(Seen.RECORD, row.residents, filing)
    return shown(row, hub.clock.now())


def shown(row: FilingRow, now: datetime) -> models.FilingRow:
    """With the time that was the centre's: from filed to answered, or until ``now``."""
    fields: dict[str, Any] = {
        name: getattr(row, name) for name in models.FilingRow.model_fields if name != "central_seconds"
    }
    waited = begun((row.answered_at or now) - row.filed_at)
    return models.FilingRow.model_validate(fields | {"central_seconds": waited})
