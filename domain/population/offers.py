"""What a clerk offers somebody on her page: the likeliest events and cards, and none that its rule would question."""

from dataclasses import dataclass
from datetime import date

from domain.population.ages import MARRIAGE, PARENT, Ages
from domain.population.resident.person import KtpState, Standing, must_have_ktp

LIKELY = {
    Standing.ALIVE: ("BIRTH", "MARRIAGE", "MOVE_OUT", "DEATH", "CORRECTION"),
    Standing.MISSING: ("FOUND", "DEATH"),
    Standing.MOVED_OUT: ("MOVE_IN",),
    Standing.ABROAD: ("ABROAD_RETURN",),
    Standing.DEAD: ("CORRECTION",),
}
"""What is recorded most for somebody who stands so; the catalogue has the rest."""
OF_AGE = {"MARRIAGE": MARRIAGE, "BIRTH": PARENT}
"""Events whose rule looks at an age."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom the page is about, as far as offers go."""

    standing: Standing
    sex: str
    born: date
    marital: str
    ktp: KtpState


def events(whom: Whom, on: date, ages: Ages) -> tuple[str, ...]:
    """Civil events to be offered for her on that day."""
    return tuple(
        code
        for code in LIKELY.get(whom.standing, ())
        if code not in OF_AGE or not ages.too_young(OF_AGE[code], whom.sex, whom.born, on)
    )


def ktp(whom: Whom) -> bool:
    """Whether a ticket for a KTP may be taken: she must have one and has none."""
    return whom.ktp in {KtpState.NOT_RECORDED, KtpState.READY}


def kia(whom: Whom, on: date) -> bool:
    """Whether a child card may be given."""
    return not must_have_ktp(whom.born, whom.marital, on)
