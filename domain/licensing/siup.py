"""The trade licence (SIUP): its class follows from net worth and date, by dated thresholds.

Net worth is that of the enterprise without land and buildings (Permendag 36/2007 jo 46/2009;
Kepmenperindag 289/2001 before). Integers of rupiah, never floats.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.kernel.errors import Rejected
from domain.kernel.values import Period, Rupiah

PREFIX = "SIUP-"
ALCOHOL = "SIUP-MB"
"""Named like a class, but a licence of its own (Permendag 43/2009)."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Net worth ``over`` < n <= ``upto`` (None: no upper bound) is ``permit``, while ``valid``."""

    vintage: str
    valid: Period
    permit: str
    over: int
    upto: int | None

    def covers(self, net_worth: Rupiah, on: date) -> bool:
        amount = net_worth.amount
        return on in self.valid and self.over < amount and (self.upto is None or amount <= self.upto)


class SiupClasses:
    """The dated table of thresholds."""

    def __init__(self, thresholds: Iterable[Threshold]) -> None:
        self.thresholds = tuple(thresholds)

    def of(self, net_worth: Rupiah, on: date) -> Threshold:
        """The class of this net worth on that day."""
        for threshold in self.thresholds:
            if threshold.covers(net_worth, on):
                return threshold
        raise Rejected("no-siup-class-on-this-day", on=on)

    def is_class(self, permit: str) -> bool:
        return permit.startswith(PREFIX) and permit != ALCOHOL
