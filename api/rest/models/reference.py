"""Officers, regions and services, as REST answers them."""

from pydantic import Field

from api.rest.models.base import Answered


class Officer(Answered):
    """An officer who serves today (invented until login exists)."""

    id: str
    name: str
    role: str
    office: str


class Kecamatan(Answered):
    code: str = Field(examples=["33.14.10"])
    name: str


class Village(Answered):
    """A desa or kelurahan. Names repeat: show it with its kecamatan."""

    code: str = Field(examples=["33.14.10.1003"])
    name: str
    kind: str
    kecamatan: str
    kecamatan_name: str
    postal_code: str


class Service(Answered):
    """One row of the catalogue. ``sla_working_days`` 0 is the same visit."""

    code: str
    name_id: str
    name_en: str
    category: str
    delegated: bool
    sla_working_days: int
    fee_basis: str
    awaits_tariff: bool
    requirements: list[str]
    review_units: list[str]
    to_trade: bool
    legal_basis: str
    source: str


class Catalogue(Answered):
    """59 permits and 10 non-permits, with where the table comes from."""

    version: str
    provenance: str
    services: list[Service]
