"""The mobility report of a month: who came and went in each kecamatan or village.

To an officer the month as known at its end stands beside the month as known now. It names nobody, so that no
reading is recorded.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time

from fastapi import APIRouter, Response

from api import figures as told
from api.acts.desk import JAKARTA
from api.figures import Lists
from api.pages.asof import NOW, AsOf
from api.pages.frame import APage, Page
from api.pages.regional import Asked, file_of, named, part_of, publish_of, region_of
from domain.population.figures import SEXES, Flow
from projections.mobility import Moved, mobility

routes = APIRouter()


@routes.get("/statistik/mutasi")
def report(page: APage, bulan: str = "", wilayah: str = "") -> Response:
    """The mobility report of a month: to officers as known at its end beside as known now."""
    asked, now, then = _report(page, bulan, wilayah)
    return page.render(
        "mobility.html",
        region=region_of(page, asked.region),
        month=f"{asked.start:%Y-%m}",
        rows=list(_moved(page, asked, now)),
        total=_total(asked, now),
        before=_total(asked, then) if then is not None else None,
        by_sex={sex: _total(asked, [r for r in now if r.sex == sex]) for sex in SEXES},
        kinds=list(Flow),
        rule=page.hub.desk.reference.disclosure.on(asked.end),
        closed=told.after(asked.start, 1),
        on=asked.end,
    )


@routes.get("/statistik/mutasi.csv")
def report_file(page: APage, bulan: str = "", wilayah: str = "") -> Response:
    """The mobility report as known now, as a table."""
    asked, now, _ = _report(page, bulan, wilayah)
    with page.shown("residents") as view:
        position = view.position
    lists = Lists(page.hub.desk.reference, asked.end)
    return file_of(told.mobility_csv(lists, now, position, asked.publish), f"mutasi-{asked.start:%Y-%m}")


def _report(page: Page, month: str, region: str) -> tuple[Asked, list[Moved], list[Moved] | None]:
    """A month as known now, and to an officer as known when it was over."""
    today = page.hub.desk.today
    start = told.first_of(month) if month else told.after(today, -1)
    end = told.end_of(start)
    asked = Asked(told.region_of(page.hub.desk, region), end, start, end, publish_of(page, end))
    if page.visitor is None:
        key = ("report", asked.region, start)
        return (
            asked,
            page.frame.counted.get(key, page.hub.clock.now(), lambda: _moves(page, NOW, asked)),
            None,
        )
    closed = datetime.combine(told.after(start, 1), time(), JAKARTA)
    then = None
    if closed <= page.hub.clock.now():
        then = _moves(page, AsOf(at=closed.isoformat()), asked)
    return asked, _moves(page, NOW, asked), then


def _moves(page: Page, asof: AsOf, asked: Asked) -> list[Moved]:
    with page.shown("residents", asof=asof) as view:
        return mobility(view, asked.start, asked.end, asked.region)


def _moved(page: Page, asked: Asked, rows: Iterable[Moved]) -> Iterator[tuple[str, str, dict[Flow, int]]]:
    """Each part of the region with every kind."""
    found: dict[str, list[Moved]] = {}
    for row in rows:
        found.setdefault(part_of(asked, row.village), []).append(row)
    for name, part in sorted((named(page, asked, part), part) for part in found):
        counts = _total(asked, found[part])
        if any(counts.values()):  # a row of zeros would tell that there was something to round away
            yield part, name, counts


def _total(asked: Asked, rows: Iterable[Moved]) -> dict[Flow, int]:
    exact = dict.fromkeys(Flow, 0)
    for row in rows:
        exact[Flow(row.kind)] += row.number
    return {kind: asked.publish(number) for kind, number in exact.items()}
