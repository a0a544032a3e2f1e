"""What people of an age and a sex do and have learnt. Codes of Permendagri 109/2019, F-1.01.

Shares are assumed, but for the livelihoods: 55 % farming, 15 % employees and entrepreneurs, 30 % other.
"""

from random import Random

from adapters.people.weighted import Weighted
from domain.kernel.values import Sex
from domain.population.codes import Marital

NO_WORK, HOUSEWORK, STUDENT, PENSIONER, DAY_LABOUR = "1", "2", "3", "4", "19"
FARMING = (("9", 0.38), ("20", 0.15), ("10", 0.02))
"""Petani/pekebun, buruh tani/perkebunan, peternak."""
EMPLOYED = (("15", 0.07), ("88", 0.035), ("5", 0.025), ("65", 0.012), ("85", 0.008))
"""Karyawan swasta, wiraswasta, PNS, guru, perangkat desa."""
OTHER = (
    ("19", 0.10),
    ("84", 0.07),
    ("26", 0.03),
    ("27", 0.02),
    ("81", 0.02),
    ("30", 0.015),
    ("13", 0.015),
    ("35", 0.01),
    ("12", 0.01),
    ("23", 0.01),
)
"""Buruh harian lepas, pedagang, tukang batu, tukang kayu, sopir, tukang jahit, konstruksi, mekanik,
industri, pembantu rumah tangga."""
WORK = Weighted((*FARMING, *EMPLOYED, *OTHER))
LEARNED = {"5": 5, "65": 8, "85": 5}
"""Least education of a civil servant, a teacher, a village official."""
LEARNED_FROM = 23
"""Years: nobody has finished learning for them before (assumed)."""

RELIGION = Weighted((("1", 0.97), ("2", 0.017), ("3", 0.01), ("5", 0.001), ("4", 0.001), ("7", 0.001)))
BLOOD = Weighted((("13", 0.60), ("4", 0.16), ("2", 0.11), ("1", 0.10), ("3", 0.03)))
BIRTH_PLACE = Weighted(
    (
        ("Sragen", 0.90),
        ("Karanganyar", 0.02),
        ("Surakarta", 0.02),
        ("Ngawi", 0.015),
        ("Boyolali", 0.015),
        ("Grobogan", 0.01),
        ("Wonogiri", 0.01),
        ("Jakarta", 0.01),
    )
)

_SCHOOL = (
    (1945, Weighted(((1, 0.40), (2, 0.22), (3, 0.30), (4, 0.05), (5, 0.03)))),
    (1965, Weighted(((1, 0.14), (2, 0.18), (3, 0.44), (4, 0.11), (5, 0.10), (8, 0.03)))),
    (1985, Weighted(((1, 0.03), (2, 0.05), (3, 0.37), (4, 0.25), (5, 0.22), (7, 0.03), (8, 0.05)))),
    (9999, Weighted(((2, 0.02), (3, 0.12), (4, 0.27), (5, 0.46), (6, 0.02), (7, 0.04), (8, 0.07)))),
)
"""Completed education by the year of birth before which a row holds."""


def occupation(rng: Random, sex: Sex, age: int, marital: Marital) -> str:
    if age < 7:
        return NO_WORK
    if marital is Marital.NEVER_MARRIED and (age < 19 or (age < 23 and rng.random() < 0.3)):
        return STUDENT
    if rng.random() < _working(sex, age):
        work = WORK.at(rng.random())
        return work if age >= LEARNED_FROM or work not in LEARNED else DAY_LABOUR
    if age >= 60:
        return PENSIONER if rng.random() < 0.1 else NO_WORK
    return HOUSEWORK if sex is Sex.FEMALE else NO_WORK


def _working(sex: Sex, age: int) -> float:
    if age >= 65:
        return 0.55 if sex is Sex.MALE else 0.25
    return 0.95 if sex is Sex.MALE else 0.55


def education(rng: Random, born: int, age: int, occupation: str) -> str:
    if age < 19:
        return str(1 + (age >= 7) + (age >= 13) + (age >= 16))
    reached = next(table for before, table in _SCHOOL if born < before).at(rng.random())
    least = 5 if occupation == STUDENT else LEARNED.get(occupation, 1)
    return str(max(reached, least))
