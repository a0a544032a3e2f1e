"""Where the synthetic households live: every village by its weight, with hamlet, RT and RW."""

from datetime import date
from random import Random
from typing import NamedTuple

from adapters.people.weighted import Weighted
from adapters.reference import rows
from domain.kernel.regions import Regions, Village

KELURAHAN = 1.5
"""A kelurahan has half as many people again as a desa of its kecamatan (ours)."""
ELSEWHERE = 0.12
"""Share of adults whose NIK was first issued in another kecamatan (assumed)."""
GOLDEN = 0.6180339887498949
"""Steps of this length fill 0..1 evenly, however many are made: few households reach every village."""

HAMLETS = (
    "Sidomulyo", "Sidorejo", "Sukorejo", "Karangasem", "Ngrejo", "Gunungsari", "Tegalrejo", "Bulurejo",
    "Mojorejo", "Jatirejo", "Kedungdowo", "Pucangan", "Ringinanom", "Sambirejo", "Wonosari", "Kalangan",
    "Ngasem", "Tempel", "Dukuhan", "Sumberejo", "Bendungan", "Plosorejo", "Randusari", "Trobayan",
)  # fmt: skip
STREETS = (
    "Sukowati",
    "Ahmad Yani",
    "Diponegoro",
    "Veteran",
    "Pemuda",
    "Kartini",
    "Cempaka",
    "Anggrek",
    "Melati",
)
"""Common names of hamlets and streets, not the register of any one village."""


class Address(NamedTuple):
    text: str
    rt: str
    rw: str


class Places:
    """The villages that exist on a day, drawn evenly."""

    def __init__(self, rng: Random, regions: Regions, today: date) -> None:
        shares = {r["code"]: float(r["share"]) for r in rows("adapters.people", "kecamatan_weights.csv")}
        villages = [v for v in regions.villages.values() if today in v.valid]
        self._villages = Weighted(_weights(villages, shares))
        self._kecamatan = Weighted(shares.items())
        self._at = rng.random()
        self.kecamatan = tuple(shares)

    def village(self) -> Village:
        self._at = (self._at + GOLDEN) % 1.0
        return self._villages.at(self._at)

    def first_registered(self, rng: Random, village: Village, age: int) -> str:
        """The kecamatan in a NIK: where the person was first registered, mostly where she lives."""
        if age >= 17 and rng.random() < ELSEWHERE:
            return self._kecamatan.at(rng.random())
        return village.kecamatan.code


def _weights(villages: list[Village], shares: dict[str, float]) -> list[tuple[Village, float]]:
    total: dict[str, float] = {}
    for village in villages:
        code = village.kecamatan.code
        total[code] = total.get(code, 0.0) + _size(village)
    return [(v, shares[v.kecamatan.code] * _size(v) / total[v.kecamatan.code]) for v in villages]


def _size(village: Village) -> float:
    return KELURAHAN if village.kind == "kelurahan" else 1.0


def address(rng: Random, village: Village) -> Address:
    """About 26 RT to a village (5,480 in 2020), five to an RW."""
    rt = 1 + int(rng.random() * 26)
    if village.kind == "kelurahan":
        text = f"Jl. {rng.choice(STREETS)} No. {1 + int(rng.random() * 150)}"
    else:
        text = f"Dk. {rng.choice(HAMLETS)}"
    return Address(text, f"{rt:03d}", f"{1 + (rt - 1) // 5:03d}")
