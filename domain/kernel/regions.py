"""The regency: 20 kecamatan, 208 villages (196 desa, 12 kelurahan), each with its dates.

Codes are text. Twelve village names occur twice: never key by name, show "desa, kecamatan".
Source: Kepmendagri 300.2.2-2138/2025, see ``villages.csv``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from domain.kernel.errors import Malformed
from domain.kernel.values import Period


@dataclass(frozen=True, slots=True)
class Kecamatan:
    code: str
    name: str
    valid: Period


@dataclass(frozen=True, slots=True)
class Village:
    """A desa or kelurahan, valid in ``valid``; ``code`` is dotted, e.g. ``33.14.10.1003``."""

    code: str
    name: str
    kind: str
    kecamatan: Kecamatan
    postal_code: str
    valid: Period

    def __str__(self) -> str:
        return f"{self.name}, {self.kecamatan.name}"


class Regions:
    """The dated table of regions."""

    regency = "33.14"

    def __init__(self, kecamatan: Iterable[Kecamatan], villages: Iterable[Village]) -> None:
        self.kecamatan: Mapping[str, Kecamatan] = MappingProxyType({k.code: k for k in kecamatan})
        self.villages: Mapping[str, Village] = MappingProxyType({v.code: v for v in villages})

    def village(self, code: str, on: date) -> Village:
        """The village with this code on that day; ``Malformed("unknown-village")`` if there is none."""
        village = self.villages.get(code)
        if village is None or on not in village.valid:
            raise Malformed("unknown-village", village=code)
        return village
