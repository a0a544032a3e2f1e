"""The dictionary between our neutral population change and the words of the Home Affairs dialect.

The small lists are printed here as the dialect writes them (sources: Permendagri 109/2019, form F-1.01;
spelling of sex as in public integrations). Occupations come from the dated list that is handed in.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.kernel.ports import Entry

Occupations = Callable[[str, date], str]
"""The word for an occupation code on a day."""

SEX = {"1": "Laki-Laki", "2": "Perempuan"}
RELIGION = {
    "1": "ISLAM",
    "2": "KRISTEN",
    "3": "KATHOLIK",
    "4": "HINDU",
    "5": "BUDHA",
    "6": "KHONGHUCU",
    "7": "KEPERCAYAAN TERHADAP TUHAN YME / LAINNYA",
}
MARITAL = {"1": "BELUM KAWIN", "2": "KAWIN", "3": "CERAI HIDUP", "4": "CERAI MATI"}
BLOOD = {
    "1": "A",
    "2": "B",
    "3": "AB",
    "4": "O",
    "5": "A+",
    "6": "A-",
    "7": "B+",
    "8": "B-",
    "9": "AB+",
    "10": "AB-",
    "11": "O+",
    "12": "O-",
    "13": "TIDAK TAHU",
}
EDUCATION = {
    "1": "TIDAK/BELUM SEKOLAH",
    "2": "BELUM TAMAT SD/SEDERAJAT",
    "3": "TAMAT SD/SEDERAJAT",
    "4": "SLTP/SEDERAJAT",
    "5": "SLTA/SEDERAJAT",
    "6": "DIPLOMA I/II",
    "7": "AKADEMI/DIPLOMA III/SARJANA MUDA",
    "8": "DIPLOMA IV/STRATA I",
    "9": "STRATA II",
    "10": "STRATA III",
}
RELATION = {
    "1": "KEPALA KELUARGA",
    "2": "SUAMI",
    "3": "ISTRI",
    "4": "ANAK",
    "5": "MENANTU",
    "6": "CUCU",
    "7": "ORANGTUA",
    "8": "MERTUA",
    "9": "FAMILI LAIN",
    "10": "PEMBANTU",
    "11": "LAINNYA",
}
CITIZENSHIP = {"1": "WNI", "2": "WNA"}
PROVINCE = "JAWA TENGAH"
REGENCY = "SRAGEN"


NUMBERS = {"nik": "NIK", "kk": "NO_KK"}


def wire_record(entry: Entry, occupations: Occupations) -> dict[str, Any]:
    """One ``RECORD``, ``PERMOHONAN`` or ``PERMOHONAN_ORANG``; None for what is not known or was forgotten."""
    if entry.kind == "FILED_EVENT":
        return _filed_event(entry)
    return _filed_person(entry) if entry.kind == "FILED_PERSON" else _resident(entry, occupations)


def _filed_event(entry: Entry) -> dict[str, Any]:
    record = entry.record
    return {
        **_filed(entry, "PERMOHONAN"),
        "JENIS_PERISTIWA": record["event"],
        "FORMULIR": record["form"],
        "TAHUN_FORMULIR": record["vintage"],
        "TGL_LAPOR": record["reported"],
        "KANTOR": record["office"],
        "PENDUDUK": record["residents"],
        "KELUARGA": record["households"],
        "SYARAT": record["papers"],
        "NOMOR": [
            {"JENIS": NUMBERS[asked["kind"]], "UNTUK": asked["stream"], "KODE_KEC": asked["kecamatan"]}
            for asked in record["asked"]
        ],
        "JUMLAH_ORANG": record["persons"],
        "NO_AKTA": record["deed"] or None,
        "ISI": record["file"],
    }


def _filed_person(entry: Entry) -> dict[str, Any]:
    record = entry.record
    return {
        **_filed(entry, "PERMOHONAN_ORANG"),
        "NO_URUT": record["number"],
        "ID_PENDUDUK": record["resident"],
        "ISI": record["file"],
    }


def _filed(entry: Entry, kind: str) -> dict[str, Any]:
    return {
        "FEED_SEQ": entry.feed_seq,
        "ID_PERISTIWA": entry.position,
        "JENIS_PERUBAHAN": kind,
        "TGL_BERLAKU": entry.record["effective"],
        "ID_PERMOHONAN": entry.record["filing"],
        "SINTETIS": entry.record["synthetic"],
    }


def _resident(entry: Entry, occupations: Occupations) -> dict[str, Any]:
    """A ``PopulationChange`` as plain values. A code without a word goes as it stands: the schema check
    refuses it by name.
    """
    record = entry.record
    province, regency, kecamatan, village = map(int, record["village"].split("."))
    return {
        "FEED_SEQ": entry.feed_seq,
        "ID_PERISTIWA": entry.position,
        "JENIS_PERUBAHAN": record["kind"],
        "TGL_BERLAKU": record["effective"],
        "ID_PENDUDUK": record["resident"],
        "NIK": record["nik"],
        "NO_KK": record["kk"],
        "NAMA_LGKP": record["name"] or None,
        "JENIS_KLMIN": _word(SEX, record["sex"]),
        "TMPT_LHR": record["birth_place"] or None,
        "TGL_LHR": record["birth_date"],
        "AGAMA": _word(RELIGION, record["religion"]),
        "STATUS_KAWIN": _word(MARITAL, record["marital"]),
        "GOL_DARAH": _word(BLOOD, record["blood"]),
        "PDDK_AKH": _word(EDUCATION, record["education"]),
        "JENIS_PKRJN": _occupation(record, occupations),
        "STAT_HBKEL": _word(RELATION, record["relation"]),
        "KEWARGANEGARAAN": _word(CITIZENSHIP, record["citizenship"]),
        "NAMA_LGKP_IBU": record["mother"] or None,
        "NAMA_LGKP_AYAH": record["father"] or None,
        "ALAMAT": record["address"] or None,
        "NO_RT": record["rt"] or None,
        "NO_RW": record["rw"] or None,
        "KODE_POS": record["postal_code"] or None,
        "NO_PROP": province,
        "PROP_NAME": PROVINCE,
        "NO_KAB": regency,
        "KAB_NAME": REGENCY,
        "NO_KEC": kecamatan,
        "KEC_NAME": record["kecamatan_name"] or None,
        "NO_KEL": village,
        "KEL_NAME": record["village_name"] or None,
        "EKTP_STATUS": record["ktp"],
        "SINTETIS": record["synthetic"],
    }


def _word(words: dict[str, str], code: str | None) -> str | None:
    return None if code is None else words.get(code, code)


def _occupation(record: Any, occupations: Occupations) -> str | None:
    code = record["occupation"]
    return occupations(code, date.fromisoformat(record["effective"])) if code else None
