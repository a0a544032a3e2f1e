"""What everybody may read: officers on duty, regions, the catalogue of services."""

from fastapi import APIRouter

from api.rest import models
from api.rest.answering import refused_answers
from api.rest.asking import AHub
from domain.kernel.errors import Unknown
from domain.licensing.catalogue import PermitType

routes = APIRouter(tags=["reference"])


@routes.get("/officers")
def officers(hub: AHub) -> list[models.Officer]:
    """Who serves today. Until login exists, `demo-<id>` is the bearer token."""
    return [models.Officer.model_validate(officer) for officer in hub.officers.on(hub.desk.today)]


@routes.get("/purposes")
def purposes(hub: AHub) -> list[models.PurposeStated]:
    """What personal data may be looked at for today: codes of the header `Reading-Purpose`."""
    desk = hub.desk
    return [models.PurposeStated.model_validate(row) for row in desk.reference.purposes.on(desk.today)]


@routes.get("/regions/kecamatan")
def kecamatan(hub: AHub) -> list[models.Kecamatan]:
    """The 20 kecamatan of today."""
    today = hub.desk.today
    found = hub.desk.reference.regions.kecamatan.values()
    return [models.Kecamatan.model_validate(k) for k in found if today in k.valid]


@routes.get("/regions/villages")
def villages(hub: AHub, kecamatan: str | None = None) -> list[models.Village]:
    """The 208 villages of today, or those of one kecamatan."""
    today = hub.desk.today
    return [
        models.Village(
            code=v.code,
            name=v.name,
            kind=v.kind,
            kecamatan=v.kecamatan.code,
            kecamatan_name=v.kecamatan.name,
            postal_code=v.postal_code,
        )
        for v in hub.desk.reference.regions.villages.values()
        if today in v.valid and kecamatan in (None, v.kecamatan.code)
    ]


@routes.get("/catalogue")
def catalogue(hub: AHub) -> models.Catalogue:
    """All services of today, and where the table comes from."""
    table, today = hub.desk.reference.catalogue, hub.desk.today
    services = [_service(row) for row in table.rows.values() if today in row.valid]
    return models.Catalogue(version=table.version, provenance=table.provenance, services=services)


@routes.get("/catalogue/{code}", responses=refused_answers(404))
def service(hub: AHub, code: str) -> models.Service:
    """One service with its requirements."""
    row = hub.desk.reference.catalogue.rows.get(code)
    if row is None or hub.desk.today not in row.valid:
        raise Unknown("unknown-permit", permit=code)
    return _service(row)


def _service(row: PermitType) -> models.Service:
    return models.Service(
        code=row.code,
        name_id=row.name_id,
        name_en=row.name_en,
        category=row.category,
        delegated=row.delegated,
        sla_working_days=row.sla_working_days,
        fee_basis=row.fee_basis,
        awaits_tariff=row.awaits_tariff,
        requirements=list(row.requirements),
        review_units=list(row.review_units),
        to_trade=row.to_trade,
        legal_basis=row.legal_basis,
        source=row.source,
    )
