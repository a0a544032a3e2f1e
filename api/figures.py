"""Figures as the faces tell them: in the words and the code lists of a day, as rows and as CSV."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from io import StringIO

from adapters.reference import JAKARTA, Reference
from api.acts.desk import Desk
from domain.kernel.errors import Malformed
from domain.kernel.ports import Reader
from domain.population.figures import CODED, UNKNOWN, Dimension
from projections.mobility import Moved
from projections.semester import Figure

SEMESTER_COLUMNS = (
    *("on", "position", "kecamatan", "kecamatan_name", "village", "village_name"),
    *("dimension", "category", "name", "sex", "count"),
)
MOBILITY_COLUMNS = (
    *("month", "position", "kecamatan", "kecamatan_name", "village", "village_name"),
    *("kind", "sex", "count"),
)
AT_ONCE = 1000
"""Lines of a file that are sent together."""
YEARS = range(1900, 3000)
"""Years of which a month may be asked."""
Publish = Callable[[int], int]
"""What becomes of a count before it is told."""


def exactly(count: int) -> int:
    """As it was counted: for officers."""
    return count


def day_of(reader: Reader, position: int | None, moment: datetime | None, today: date) -> date:
    """The day of what was known at a position or a moment: today when neither is asked."""
    if moment is not None:
        return min(moment.astimezone(JAKARTA).date(), today)
    facts = reader.after(position - 1, 1) if position else ()
    return facts[0].committed_at.astimezone(JAKARTA).date() if facts else today


def first_of(month: str) -> date:
    """The first day of ``2026-11``; ``Malformed("malformed-month")``."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Malformed("malformed-month") from None
    if first.year not in YEARS:
        raise Malformed("malformed-month")
    return first


def end_of(start: date, months: int = 1) -> date:
    """The last day of the ``months`` that begin on ``start``."""
    return after(start, months) - timedelta(days=1)


def after(start: date, months: int) -> date:
    """The first day of the month so many months after that of ``start``."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, 1)


def region_of(desk: Desk, code: str) -> str:
    """A kecamatan or a village that is asked for; empty is the regency. ``Malformed("unknown-region")``."""
    regions = desk.reference.regions
    if code and code not in regions.kecamatan and code not in regions.villages:
        raise Malformed("unknown-region", region=code)
    return code


@dataclass(frozen=True)
class Lists:
    """The code lists of a day: every figure is told in them, in whatever list it was recorded."""

    reference: Reference
    on: date

    def settled(self, figures: Iterable[Figure]) -> list[Figure]:
        """Occupations of older lists by the code that the same word has now; by village, in the order of codes."""
        counted: Counter[tuple[str, str, str, str]] = Counter()
        for village, dimension, category, sex, count in figures:
            counted[village, dimension, self._now(dimension, category), sex] += count
        return [Figure(*key, counted[key]) for key in sorted(counted)]

    def _now(self, dimension: str, category: str) -> str:
        return self._occupations(category) if dimension == Dimension.OCCUPATION and category else category

    def _occupations(self, category: str) -> str:
        if category not in self._known:
            code, _, vintage = category.partition("/")
            word = self.reference.codes.name(Dimension.OCCUPATION.value, code, vintage)
            self._known[category] = self._current.get(word, category)
        return self._known[category]

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    @cached_property
    def _current(self) -> dict[str, str]:
        return {code.name: code.code for code in self.reference.codes.of("occupation", self.on)}

    def word(self, dimension: str, category: str) -> str:
        """The printed word of a category of a code list; any other category is its own word."""
        if category == UNKNOWN or dimension not in CODED:
            return category
        code, _, vintage = category.partition("/")
        return self.reference.codes.name(dimension, code, vintage or str(self.on.year))

    def told(self, dimension: str, category: str) -> tuple[str, str, str]:
        """Dimension, category and the word for it."""
        return dimension, category, self.word(dimension, category)

    def place(self, village: str) -> tuple[str, str, str, str]:
        """Code and name of the kecamatan, then of the village: twelve village names occur twice."""
        found = self.reference.regions.villages.get(village)
        if found is None:
            return village[:8], "", village, ""
        return found.kecamatan.code, found.kecamatan.name, village, found.name


def semester_csv(
    lists: Lists, figures: Iterable[Figure], position: int, publish: Publish = exactly
) -> Iterator[str]:
    """One long table, quoted as RFC 4180 says. What is published as zero is left out, as is what was zero."""
    on = lists.on.isoformat()
    return _table(
        SEMESTER_COLUMNS,
        (
            (on, position, *lists.place(f.village), *lists.told(f.dimension, f.category), f.sex, number)
            for f in figures
            if (number := publish(f.number))
        ),
    )


def mobility_csv(
    lists: Lists, rows: Iterable[Moved], position: int, publish: Publish = exactly
) -> Iterator[str]:
    """One long table, as that of the semester."""
    return _table(
        MOBILITY_COLUMNS,
        (
            (row.month, position, *lists.place(row.village), row.kind, row.sex, number)
            for row in rows
            if (number := publish(row.number))
        ),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    text = StringIO()
    write = csv.writer(text)
    write.writerow(columns)
    for number, row in enumerate(rows, 1):
        write.writerow(row)
        if number % AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


Sexes = dict[str, int]
"""How many of each sex; of unknown sex under the empty text."""


def by_category(figures: Iterable[Figure], dimension: Dimension) -> dict[str, Sexes]:
    """One dimension, villages added up."""
    found: dict[str, Sexes] = {}
    for figure in figures:
        if figure.dimension == dimension:
            sexes = found.setdefault(figure.category, {})
            sexes[figure.sex] = sexes.get(figure.sex, 0) + figure.number
    return found


def total(figures: Iterable[Figure], dimension: Dimension) -> Sexes:
    """All categories of one dimension."""
    found: Sexes = {}
    for sexes in by_category(figures, dimension).values():
        for sex, count in sexes.items():
            found[sex] = found.get(sex, 0) + count
    return found


def rounded(sexes: Sexes, publish: Publish) -> tuple[int, int, int]:
    """All, men, women: each published by itself."""
    return publish(sum(sexes.values())), publish(sexes.get("1", 0)), publish(sexes.get("2", 0))
