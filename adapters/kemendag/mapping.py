"""The dictionary between our neutral licence change and the words of the trade contract."""

from collections.abc import Mapping
from typing import Any

from domain.kernel.ports import Entry

CHANGES = {"NEW": "BARU"}
"""Our kinds of change and the contract's; the contract has words for more than happens yet."""

SIUP_CLASSES = {
    "SIUP-MIKRO": "MIKRO",
    "SIUP-KECIL": "KECIL",
    "SIUP-MENENGAH": "MENENGAH",
    "SIUP-BESAR": "BESAR",
}


def wire_record(entry: Entry) -> dict[str, str | None]:
    """One ``PerubahanIzin``, every element by name; None leaves an element out.

    ``entry.record`` is a ``LicenceChange`` as plain values. What the applicant left empty, and what a
    forgotten applicant took along, is left out. A code without a word goes as it stands: the schema
    check refuses it by name.
    """
    record = entry.record
    kind, siup_class = record["kind"], record["siup_class"]
    return {
        "feedSeq": str(entry.feed_seq),
        "idPeristiwa": str(entry.position),
        "jenisPerubahan": CHANGES.get(kind, kind),
        "tanggalBerlaku": record["effective"],
        "idPermohonan": record["application"],
        "jenisIzin": record["permit"],
        "versiKatalog": record["catalogue"],
        "nomorIzin": record["number"],
        "kelasSiup": SIUP_CLASSES.get(siup_class, siup_class),
        "tahunAmbang": record["threshold_vintage"],
        "namaPerusahaan": record["company"] or None,
        "bentukPerusahaan": record["legal_form"] or None,
        "npwp": record["npwp"] or None,
        "kbli": record["kbli"] or None,
        "tahunKbli": record["kbli_vintage"] or None,
        "kekayaanBersih": _amount(record),
        "kodeDesa": record["village"],
        # A village that has ended is in no table of today; its code still names its kecamatan.
        "kodeKecamatan": record["kecamatan"] or record["village"].rpartition(".")[0],
        "kantor": record["office"],
        "berlakuSampai": record["valid_until"],
        "dasar": record["decree"] or None,
        "sintetis": "true" if record["synthetic"] else "false",
    }


def _amount(record: Mapping[str, Any]) -> str | None:
    amount = record["net_worth"]
    return None if amount is None else str(amount)
