"""Statistics: residents of the regency, a kecamatan or a village in figures and drawings, and as files.

Everybody may look, and sees rounded figures of the last minute; an officer sees what was counted, also as of
a day and as known at a moment. No page of these names anybody, so that no reading is recorded.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from api import figures as told
from api.figures import Lists
from api.pages.asof import AnAsOf, AsOf
from api.pages.charts import by_month, pyramid
from api.pages.frame import APage, Page
from api.pages.names import printed
from api.pages.regional import KECAMATAN, SHOWN_MONTHS, Asked, file_of, named, part_of, publish_of, region_of
from domain.population.case import Document
from domain.population.figures import SEXES, UNKNOWN, Dimension, Flow, age_groups
from projections import five_minutes
from projections.mobility import Moved, mobility
from projections.readmodel import View
from projections.semester import Figure, semester

routes = APIRouter()
PAIRS = (
    ("lives", (Flow.BORN, Flow.DIED)),
    ("moves", (Flow.ARRIVED, Flow.LEFT)),
    ("inside", (Flow.MOVED_IN, Flow.MOVED_OUT)),
    ("unions", (Flow.MARRIED, Flow.DIVORCED)),
)
"""What is drawn together, month by month."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found for one question: at which position of the ledger."""

    position: int
    parked: int
    figures: Sequence[Figure]
    flows: Sequence[Moved]
    shares: Sequence[five_minutes.Share]


@routes.get("/statistik")
def statistics(page: APage, asof: AnAsOf, wilayah: str = "", rincian: str = "") -> Response:
    """The figures of one region: how many, of which age, what changed, and by one dimension."""
    asked = _asked(page, asof, wilayah)
    counted = _counted(page, asof, asked)
    dimension = rincian if rincian in tuple(Dimension) else Dimension.EDUCATION.value
    publish = asked.publish
    ages = told.by_category(counted.figures, Dimension.AGE)
    men, women = ({group: publish(count.get(sex, 0)) for group, count in ages.items()} for sex in SEXES)
    return page.render(
        "statistics.html",
        region=region_of(page, asked.region),
        population=told.rounded(told.total(counted.figures, Dimension.AGE), publish),
        heads=told.rounded(told.total(counted.figures, Dimension.HEADS), publish),
        cards=told.rounded(told.by_category(counted.figures, Dimension.KTP).get("CARD ISSUED", {}), publish),
        groups=age_groups(),
        pyramid=pyramid(age_groups(), men, women),
        unknown_age=publish(sum(ages.get(UNKNOWN, {}).values())),
        dimension=dimension,
        dimensions=[d.value for d in Dimension if d is not Dimension.HEADS],
        categories=_categories(page, asked, counted.figures, dimension),
        parts=_parts(page, asked, counted.figures),
        months=asked.months,
        charts=list(_charts(asked, counted.flows)),
        shares=_shares(asked, counted.shares),
        rule=page.hub.desk.reference.disclosure.on(asked.on),
        position=counted.position,
        asof=asof,
        on=asked.on,
        keep=_query(asked, asof),
        incomplete=counted.parked,
    )


@routes.get("/statistik/semester.csv")
def semester_file(page: APage, asof: AnAsOf, wilayah: str = "") -> Response:
    """The semester aggregate as one long table."""
    asked = _asked(page, asof, wilayah)
    counted = _counted(page, asof, asked)
    lists = Lists(page.hub.desk.reference, asked.on)
    lines = told.semester_csv(lists, counted.figures, counted.position, asked.publish)
    return file_of(lines, f"semester-{asked.on}")


def _asked(page: Page, asof: AsOf, region: str) -> Asked:
    if asof.past:
        _ = page.officer  # nobody without a token has a past computed
    on = asof.on(page.hub.clock.now())
    end = told.end_of(on.replace(day=1))
    start = told.after(end, 1 - SHOWN_MONTHS)
    return Asked(told.region_of(page.hub.desk, region), on, start, end, publish_of(page, on))


def _counted(page: Page, asof: AsOf, asked: Asked) -> Counted:
    def count() -> Counted:
        with page.shown("residents", "ktp_queue", asof=asof) as view:
            return _count(page, view, asked)

    if page.visitor is not None:
        return count()
    kept: Counted = page.frame.counted.get((asked.region, asked.on), page.hub.clock.now(), count)
    return kept


def _count(page: Page, view: View, asked: Asked) -> Counted:
    office = _office(page, asked.region)
    return Counted(
        view.position,
        page.request.state.parked,
        Lists(page.hub.desk.reference, asked.on).settled(semester(view, asked.on, asked.region)),
        mobility(view, asked.start, asked.end, asked.region),
        five_minutes.shares(view, Document.KTP.value, asked.start, asked.end, office),
    )


def _office(page: Page, region: str) -> str | None:
    """The counter of the kecamatan in which the region lies; None for all."""
    kecamatan = region[:KECAMATAN]
    return next((o.code for o in page.names.counters if kecamatan and o.kecamatan == kecamatan), None)


Line = tuple[str, str, tuple[int, int, int], tuple[int, int, int]]


def _parts(page: Page, asked: Asked, figures: Iterable[Figure]) -> list[Line]:
    """The kecamatan or villages below the region: code, name, residents, heads of households."""
    if len(asked.region) > KECAMATAN:
        return []
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.dimension in {Dimension.AGE, Dimension.HEADS}:
            found.setdefault(part_of(asked, figure.village), []).append(figure)
    lines = [
        (
            part,
            named(page, asked, part),
            told.rounded(told.total(rows, Dimension.AGE), asked.publish),
            told.rounded(told.total(rows, Dimension.HEADS), asked.publish),
        )
        for part, rows in found.items()
    ]
    return sorted(lines, key=lambda line: line[1])


def _categories(
    page: Page, asked: Asked, figures: Iterable[Figure], dimension: str
) -> list[tuple[str, tuple[int, int, int]]]:
    """The categories of one dimension in words, the largest first; ages as they follow."""
    lists = Lists(page.hub.desk.reference, asked.on)
    found = told.by_category(figures, Dimension(dimension))
    rows = [
        (_word(page, dimension, category, lists), told.rounded(sexes, asked.publish))
        for category, sexes in sorted(found.items())
    ]
    # A row of zeros would tell that there was something to round away.
    rows = [row for row in rows if any(row[1])]
    return rows if dimension == Dimension.AGE else sorted(rows, key=lambda row: -row[1][0])


def _word(page: Page, dimension: str, category: str, lists: Lists) -> str:
    if category == UNKNOWN:
        return page.t("statistics.unknown")
    if dimension == Dimension.KTP:
        return page.words.term("ktp", category)
    if dimension == Dimension.KIA:
        return page.words.term("kia", category)
    return printed(lists.word(dimension, category))


def _charts(asked: Asked, flows: Iterable[Moved]) -> Iterator[dict[str, object]]:
    """What is drawn by month, with its figures."""
    counted = _by_month(asked, flows)
    for name, kinds in PAIRS:
        series = {kind.value: {m: counted.get((m, kind), 0) for m in asked.months} for kind in kinds}
        empty = not any(any(values.values()) for values in series.values())
        yield {"name": name, "series": series, "drawing": by_month(asked.months, series), "empty": empty}


def _by_month(asked: Asked, flows: Iterable[Moved]) -> dict[tuple[str, Flow], int]:
    exact: dict[tuple[str, Flow], int] = {}
    for row in flows:
        key = (row.month, Flow(row.kind))
        exact[key] = exact.get(key, 0) + row.number
    return {key: asked.publish(number) for key, number in exact.items()}


def _shares(asked: Asked, rows: Iterable[five_minutes.Share]) -> dict[str, object]:
    """The five-minute share by month: of the counter of the kecamatan, or of all."""
    days: dict[str, list[five_minutes.Share]] = {}
    for row in rows:
        days.setdefault(f"{row.on:%Y-%m}", []).append(row)
    totals = {month: five_minutes.total(shares, asked.on) for month, shares in days.items()}
    series = {"share": {month: total.share for month, total in totals.items()}}
    return {"totals": totals, "drawing": by_month(asked.months, series, top=1.0)}


def _query(asked: Asked, asof: AsOf) -> dict[str, str]:
    """What a link to the same figures of another kind must repeat."""
    return asof.query | ({"wilayah": asked.region} if asked.region else {})
