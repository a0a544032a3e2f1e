"""The semester aggregate: residents of each village by dimension, category and sex, as they stood on a day.

What does not change with the calendar is kept as cells (``population_figures.py``). Ages and the duty to have
a card do: they are counted when they are asked for, in one pass over the rows of residents.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, String, case, cast, func, literal, not_, or_, select

from domain.population.codes import Marital, Relation
from domain.population.figures import OLDEST, UNKNOWN, YEARS, Dimension, Kia, age_groups
from domain.population.resident import KtpState
from domain.population.resident.person import COUNTED, KTP_AGE, StayKind
from projections.population_figures import cells
from projections.readmodel import View
from projections.residents import people


class Figure(NamedTuple):
    """How many residents of one sex in a village have this category of the dimension."""

    village: str
    dimension: str
    category: str
    sex: str
    number: int


def semester(view: View, on: date, region: str = "") -> list[Figure]:
    """Every figure that is not zero; of the villages whose code begins with ``region``, or of all.

    ``on`` is the day of the ages: that of the view.
    """
    kept = select(cells)
    aged = _by_age(on)
    if region:
        kept, aged = kept.where(within(cells.c.village, region)), aged.where(within(_c.village, region))
    found = [Figure(*row) for row in view.connection.execute(kept)]
    found += _heads(found)
    found += _by_day(view.connection.execute(aged))
    return found


def within(village: ColumnElement[str], region: str) -> ColumnElement[bool]:
    """Whether a village is this region or lies in it."""
    # A range of the index: codes are digits and points, and ~ follows both.
    return or_(village == region, village.between(f"{region}.", f"{region}.~"))


def _heads(figures: Iterable[Figure]) -> Iterator[Figure]:
    """Heads of households are a relation that is asked for by itself."""
    for figure in figures:
        if figure.dimension == Dimension.RELATION and figure.category == Relation.HEAD:
            yield figure._replace(dimension=Dimension.HEADS.value, category="all")


_c = people.c
_CARDS = tuple(
    state.value for state in (KtpState.NOT_OBLIGED, KtpState.NOT_RECORDED, KtpState.READY, KtpState.ISSUED)
)
_CHILD_CARDS = tuple(state.value for state in (Kia.NOT_A_CHILD, Kia.MISSING, Kia.ISSUED))
_AGES = (UNKNOWN, *age_groups())
_KEYS = tuple(product(_AGES, _CARDS, _CHILD_CARDS))


def _by_age(on: date) -> Select[tuple[str, str, int, int]]:
    """Residents by village, sex and a number in ``_KEYS``: sorting by one number takes half as long as by three."""
    key = (_group(on) * len(_CARDS) + _ktp(on)) * len(_CHILD_CARDS) + _kia(on)
    keys = (_c.village, _c.sex, key.label("key"))
    return select(*keys, func.count()).where(_c.standing.in_([*COUNTED])).group_by(*keys)


def _group(on: date) -> ColumnElement[int]:
    """The age group by number; completed years, as ``resident.person.age`` tells them."""
    birthday_to_come = cast(func.substr(_c.birth_date, 6) > f"{on:%m-%d}", Integer)
    years = on.year - cast(func.substr(_c.birth_date, 1, 4), Integer) - birthday_to_come
    return func.coalesce(func.max(func.min(years, OLDEST), 0) // YEARS + 1, _AGES.index(UNKNOWN))


def _obliged(on: date) -> ColumnElement[bool]:
    """As ``must_have_ktp``: seventeen or ever married. Text compares as dates do."""
    latest = literal(f"{on.year - KTP_AGE:04}-{on:%m-%d}", String)
    return or_(_c.marital != Marital.NEVER_MARRIED.value, _c.birth_date <= latest)


def _ktp(on: date) -> ColumnElement[int]:
    """As ``ResidentRow.ktp``, by number."""
    nothing_known = or_(_c.birth_date.is_(None), _c.marital.is_(None))
    none = _CARDS.index(KtpState.NOT_OBLIGED)
    return case(
        (_c.ktp_issued_on.is_not(None), _CARDS.index(KtpState.ISSUED)),
        (or_(nothing_known, _c.stay == StayKind.LIMITED.value), none),
        (not_(_obliged(on)), none),
        (_c.ktp_cards > 0, _CARDS.index(KtpState.READY)),
        else_=_CARDS.index(KtpState.NOT_RECORDED),
    )


def _kia(on: date) -> ColumnElement[int]:
    grown = or_(_c.birth_date.is_(None), _obliged(on))
    return case(
        (grown, _CHILD_CARDS.index(Kia.NOT_A_CHILD)),
        (_c.kia_on.is_not(None), _CHILD_CARDS.index(Kia.ISSUED)),
        else_=_CHILD_CARDS.index(Kia.MISSING),
    )


def _by_day(rows: Iterable[Sequence[Any]]) -> Iterator[Figure]:
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for village, sex, key, count in rows:
        age, ktp, kia = _KEYS[key]
        for dimension, category in ((Dimension.AGE, age), (Dimension.KTP, ktp), (Dimension.KIA, kia)):
            counted[village, dimension.value, category, sex or UNKNOWN] += count
    return (Figure(*key, count) for key, count in counted.items())
