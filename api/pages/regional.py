"""A region of which figures are shown: the regency, a kecamatan or a village, and what its reader may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fastapi import Response
from fastapi.responses import StreamingResponse

from api import figures as told
from api.figures import Publish
from api.pages.frame import Page

SHOWN_MONTHS = 12
KECAMATAN = len("33.14.10")
"""Characters of the code of a kecamatan, with which those of its villages begin."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One region on one day; ``publish`` makes of a count what this reader may see."""

    region: str
    on: date
    start: date
    end: date
    publish: Publish

    @property
    def months(self) -> list[str]:
        return [f"{told.after(self.start, n):%Y-%m}" for n in range(SHOWN_MONTHS)]


def publish_of(page: Page, on: date) -> Publish:
    return page.hub.desk.reference.disclosure.on(on) if page.visitor is None else told.exactly


@dataclass(frozen=True, slots=True)
class Region:
    """Where the reader is: the regency, a kecamatan or a village, and what it lies in."""

    code: str
    name: str
    above: tuple[tuple[str, str], ...]


def region_of(page: Page, code: str) -> Region:
    names, regency = page.names, ("", page.t("frame.regency"))
    if not code:
        return Region("", regency[1], ())
    kecamatan = (code[:KECAMATAN], f"{page.t('label.kecamatan')} {names.kecamatan(code[:KECAMATAN])}")
    if len(code) == KECAMATAN:
        return Region(code, kecamatan[1], (regency,))
    return Region(code, names.village(code), (regency, kecamatan))


def part_of(asked: Asked, village: str) -> str:
    """What of a table's rows a village belongs to: a kecamatan of the regency, or itself."""
    return village if asked.region else village[:KECAMATAN]


def named(page: Page, asked: Asked, part: str) -> str:
    if not asked.region:
        return page.names.kecamatan(part)
    return page.names.village(part).partition(",")[0]


def file_of(lines: Iterator[str], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, headers=headers, media_type="text/csv")
