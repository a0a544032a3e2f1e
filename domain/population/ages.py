"""From which age a resident marries or has a child, by law or good sense. Rows are data; younger is flagged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.kernel.values import Period
from domain.population.resident.person import age

MARRIAGE, PARENT = "marriage", "parent"


@dataclass(frozen=True, slots=True)
class LeastAge:
    """Completed years that somebody of this sex must have on a day within ``valid``."""

    rule: str
    sex: str
    years: int
    valid: Period
    source: str


class Ages:
    """The dated table."""

    def __init__(self, rows: Iterable[LeastAge]) -> None:
        self.all = tuple(rows)

    def too_young(self, rule: str, sex: str, born: date, on: date) -> bool:
        """Whether she is younger than the rule of that day asks; without a row nobody is."""
        return any(
            age(born, on) < row.years
            for row in self.all
            if (row.rule, row.sex) == (rule, sex) and on in row.valid
        )
