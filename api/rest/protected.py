"""Protected elements over REST: opened for a purpose, each opening a reading of its own."""

from fastapi import APIRouter, Response

from api.acts import protected
from api.acts.protected import NewDisability
from api.rest import models
from api.rest.answering import ACTS, acted
from api.rest.asking import ACommandId, AHub, ALook, AnActor
from domain.access.reading import Seen

routes = APIRouter(tags=["privacy"])


@routes.post("/residents/{resident}/protected", responses=ACTS)
def open_(hub: AHub, look: ALook, resident: str, asked: models.Opening) -> models.ProtectedElements:
    """What is protected by law (UU 24/2013 art. 84), to whoever says what for. It stands in no other answer."""
    purpose = protected.opening(hub.desk, resident, asked.purpose)
    look.at(Seen.PROTECTED, [resident], resident, stated=purpose)
    found = protected.disability(hub.desk, resident)
    return models.ProtectedElements(
        resident=resident,
        purpose=purpose,
        disability=models.DisabilityCode(code=found.code, vintage=found.vintage) if found else None,
    )


@routes.post("/residents/{resident}/disability", response_model=models.ProtectedActed, responses=ACTS)
def record(
    hub: AHub, by: AnActor, command_id: ACommandId, resident: str, new: models.NewDisability
) -> Response:
    """Record a disability as she declared it; an empty code says that she has none."""
    asked = NewDisability(resident, new.code)
    receipt = protected.record_disability(hub.desk, asked, by=by, command_id=command_id)
    positions = models.Positions(first=receipt.first, last=receipt.last)
    made = models.ProtectedActed(resident=resident, positions=positions)
    return acted(hub, receipt, made, 200, f"protected-{resident}")
