"""A resident as the Ministry of Home Affairs holds her, read from the words of its dialect.

The record is that of a push without what only a delivery has (``DATA_PENDUDUK`` in ``contracts/``). What is null
is not said.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import fastjsonschema

from adapters.kemendagri import mapping
from adapters.kemendagri.client import CONTRACT
from adapters.reference import reference
from domain.kernel.errors import Malformed
from domain.population.comparison import HeldRecord

TEXTS = {
    "NO_KK": "kk",
    "NAMA_LGKP": "name",
    "TMPT_LHR": "birth_place",
    "TGL_LHR": "birth_date",
    "NAMA_LGKP_IBU": "mother",
    "NAMA_LGKP_AYAH": "father",
    "ALAMAT": "address",
    "NO_RT": "rt",
    "NO_RW": "rw",
}
WORDS = {
    "JENIS_KLMIN": ("sex", mapping.SEX),
    "AGAMA": ("religion", mapping.RELIGION),
    "STATUS_KAWIN": ("marital", mapping.MARITAL),
    "GOL_DARAH": ("blood", mapping.BLOOD),
    "PDDK_AKH": ("education", mapping.EDUCATION),
    "STAT_HBKEL": ("relation", mapping.RELATION),
    "KEWARGANEGARAAN": ("citizenship", mapping.CITIZENSHIP),
}


def held_record(record: Mapping[str, Any]) -> HeldRecord:
    """``Malformed("record-not-to-contract")`` with the path of the first misfit; its value is told to nobody."""
    try:
        _check()(record)
    except fastjsonschema.JsonSchemaValueException as misfit:
        path = ".".join(str(step) for step in misfit.path[1:])
        raise Malformed("record-not-to-contract", path=path) from None
    on = _day(record, "TGL_BERLAKU")
    village = "{NO_PROP:02d}.{NO_KAB:02d}.{NO_KEC:02d}.{NO_KEL:04d}".format_map(record)
    told = {ours: record[theirs] for theirs, ours in TEXTS.items() if record.get(theirs)}
    for theirs, (ours, words) in WORDS.items():
        if word := record.get(theirs):
            told[ours] = _codes(words)[word]
    if record.get("TGL_LHR"):
        _day(record, "TGL_LHR")
    vintage = reference().codes.vintage("occupation", on)
    if work := record.get("JENIS_PKRJN"):
        # A word that no list has stands as it is: an officer shall see it.
        told["occupation"] = _occupations(vintage).get(work.casefold(), work)
    return HeldRecord(record["NIK"], on, village, vintage, record["SINTETIS"], {**told, "village": village})


@cache
def _check() -> Any:
    contract = json.loads(CONTRACT.read_text("utf-8"))
    root = {**contract, "$ref": "#/definitions/DATA_PENDUDUK"}
    return fastjsonschema.compile(root, detailed_exceptions=True)


def _codes(words: Mapping[str, str]) -> Mapping[str, str]:
    return {word: code for code, word in words.items()}


@cache
def _occupations(vintage: str) -> Mapping[str, str]:
    rows = reference().codes.lists["occupation"][vintage].values()
    return {row.name.casefold(): row.code for row in rows}


def _day(record: Mapping[str, Any], field: str) -> date:
    try:
        return date.fromisoformat(record[field])
    except ValueError:
        raise Malformed("record-not-to-contract", path=field) from None
