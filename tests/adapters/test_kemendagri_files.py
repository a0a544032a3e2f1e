"""A file for the centre in the words of the Home Affairs dialect, and the check that lets it out."""

from typing import Any

import msgspec
import pytest

from adapters.kemendagri.client import Kemendagri
from domain.exchange.change import FiledEvent, FiledPerson
from domain.kernel.ports import BadRecord, Entry
from tests.projections.book import TODAY

ASKED = {"kind": "nik", "stream": "resident-9", "kecamatan": "33.14.10"}
FILE = FiledEvent(
    kind="FILED_EVENT",
    effective=TODAY,
    filing="filing-1",
    event="BIRTH",
    form="F-2.01",
    vintage="2019",
    reported=TODAY,
    office="DISDUKCAPIL",
    residents=("resident-9", "resident-1"),
    households=("household-1",),
    papers=("KK",),
    asked=(ASKED,),
    persons=1,
    deed="",
    file={"mother": "resident-1"},
    synthetic=True,
)
SHEET = FiledPerson("FILED_PERSON", TODAY, "filing-1", 1, "resident-9", {"name": "Bayu", "sex": "1"}, True)


def content(*changes: FiledEvent | FiledPerson, **instead: Any) -> list[dict[str, Any]]:
    entries = [
        Entry(seq, 40, change.kind, {**msgspec.to_builtins(change), **instead}, "0" * 64)
        for seq, change in enumerate(changes, 1)
    ]
    client = Kemendagri("http://127.0.0.1:1", user_id="sragen", password="demo", ip_user="127.0.0.1")
    sent: list[dict[str, Any]] = msgspec.json.decode(client.body(entries))["content"]
    return sent


def test_a_file_and_its_sheet_are_let_out_in_order() -> None:
    sheet, file = content(SHEET, FILE)
    assert (sheet["JENIS_PERUBAHAN"], sheet["NO_URUT"], sheet["ISI"]["name"]) == (
        "PERMOHONAN_ORANG",
        1,
        "Bayu",
    )
    assert (file["JENIS_PERUBAHAN"], file["JENIS_PERISTIWA"], file["JUMLAH_ORANG"]) == (
        *("PERMOHONAN", "BIRTH"),
        1,
    )
    assert file["NOMOR"] == [{"JENIS": "NIK", "UNTUK": "resident-9", "KODE_KEC": "33.14.10"}]
    assert file["NO_AKTA"] is None


def test_what_was_forgotten_goes_out_without_its_form() -> None:
    assert [one["ISI"] for one in content(SHEET, FILE, file=None)] == [None, None]


@pytest.mark.parametrize(
    "wrong", [{"vintage": "x"}, {"residents": []}, {"asked": [{**ASKED, "kecamatan": "10"}]}, {"persons": -1}]
)
def test_a_file_that_breaks_the_contract_is_held_back(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadRecord) as refused:
        content(FILE, **wrong)
    assert refused.value.feed_seq == 1
