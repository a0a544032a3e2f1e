"""Whom does somebody mean? Found by a number that the ledger knows only as a keyed hash, or by a name as heard."""

from api.acts.desk import Desk
from domain.kernel.errors import Unknown
from domain.kernel.values import Kk, Nik
from domain.population.household import household_decider
from projections import name_search, residents
from projections.name_search import Asked
from projections.readmodel import View
from projections.residents import ResidentRow

MODELS = ("residents", "name_index")


def named(view: View, asked: Asked, limit: int) -> list[ResidentRow]:
    """Who bears such a name, the likeliest first."""
    hits = [hit.resident for hit in name_search.search(view, asked, limit)]
    rows = residents.by_ids(view, hits)
    return [rows[hit] for hit in hits if hit in rows]


def with_nik(desk: Desk, nik: str) -> str:
    """The stream that holds this NIK, also of somebody who is forgotten; ``Unknown("unknown-resident")``."""
    holder = desk.ledger.holder("nik", Nik(nik).number)
    if holder is None:
        raise Unknown("unknown-resident")
    return holder


def household_with_kk(desk: Desk, kk: str) -> str:
    """The stream of the household that has this number; ``Unknown("unknown-household")``."""
    holder = desk.ledger.holder("kk", Kk(kk).number)
    if holder is None or desk.ledger.load(household_decider, holder).state.residence is None:
        raise Unknown("unknown-household")
    return holder
