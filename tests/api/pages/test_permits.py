"""A SIUP from the wish to its number, and what the public may see of it."""

import pytest

from tests.api.pages.browser import Browser, Screen
from tests.api.pages.steps import apply, register


@pytest.fixture
def officer(clerk: Browser) -> Browser:
    """A browser at the one-stop office; Sri is registered."""
    register(clerk)
    clerk.sign_in("yuni")
    return clerk


def verify(browser: Browser, file: Screen, *, all_but: int = 0) -> Screen:
    row = browser.get("/izin/layanan/SIUP-KECIL")
    documents = [d for d in DOCUMENTS if d in row.text]
    assert documents == DOCUMENTS
    form = file.form(file.address, "verify")
    return browser.send(form, "verify", {"document": documents[all_but:]})


DOCUMENTS = [
    "Fotokopi KTP pemohon",
    "Fotokopi NPWP",
    "Fotokopi akta pendirian dan pengesahan (badan usaha)",
    "Fotokopi izin gangguan/SITU",
    "Neraca perusahaan",
    "Pas foto 4x6",
]


def test_a_siup_goes_from_application_to_number(officer: Browser) -> None:
    file = verify(officer, apply(officer))
    assert "Berkas lengkap" in file.text
    file = officer.send(file.form(file.address, "approve"), "approve")
    file = officer.send(file.form(file.address, "issue"), "issue")
    assert "0001/SIUP-KECIL/BPT/2026" in file.text
    assert "0001/SIUP-KECIL/BPT/2026" in officer.get("/izin/berkas?status=issued").text


def test_a_missing_document_keeps_the_ticks(officer: Browser) -> None:
    file = verify(officer, apply(officer), all_but=1)
    assert file.status == 422
    assert file.codes() == ["requirement-missing"]
    assert file.html.count(" checked") == len(DOCUMENTS) - 1
    assert DOCUMENTS[0] in file.text


def test_the_wrong_siup_class_is_one_click_from_the_right_one(officer: Browser) -> None:
    again = apply(officer, net_worth="900.000.000")
    assert again.status == 422
    assert again.codes() == ["net-worth-does-not-fit-class"]
    form = again.form("/izin/ajukan")
    assert dict(form.fields)["company"] == "Toko Batik Sri"
    file = officer.send(form, "SIUP-MENENGAH")
    assert file.status == 200
    assert "SIUP Menengah" in file.text


def test_an_unknown_applicant_is_named_at_the_field(officer: Browser) -> None:
    again = apply(officer, nik="3314105708909999")
    assert again.status == 404
    assert again.codes() == ["unknown-resident"]
    assert "#nik" in again.links


def test_a_malformed_nik_keeps_everything_else(officer: Browser) -> None:
    again = apply(officer, nik="33")
    assert again.status == 422
    assert again.codes() == ["malformed-nik"]
    assert dict(again.form("/izin/ajukan").fields)["address"] == "Jl. Raya Sukowati 14"


def test_empty_fields_are_all_named_at_once(officer: Browser) -> None:
    again = apply(officer, company="", address="", village="")
    assert again.codes() == ["field-missing"] * 3
    assert {"#company", "#address", "#village"} <= set(again.links)


def test_a_permit_with_a_fee_awaits_its_tariff(officer: Browser) -> None:
    file = apply(officer, permit="HO-UMUM", net_worth="")
    row = officer.get("/izin/layanan/HO-UMUM")
    needed = [line for line in row.html.split("<li>")[1:] if "</li>" in line]
    documents = [line.split("</li>")[0] for line in needed if not line.startswith("<a")]
    file = officer.send(file.form(file.address, "verify"), "verify", {"document": documents})
    file = officer.send(file.form(file.address, "approve"), "approve")
    assert "Disetujui, menunggu tarif" in file.text
    with pytest.raises(AssertionError, match="no form"):
        file.form(file.address, "issue")


def test_a_refusal_needs_a_reason(officer: Browser) -> None:
    file = verify(officer, apply(officer))
    again = officer.send(file.form(file.address, "refuse"), "refuse")
    assert again.codes() == ["reason-missing"]
    file = officer.send(again.form(again.address, "refuse"), "refuse", {"reason": "Lokasi tidak sesuai"})
    assert "Ditolak" in file.text
    assert "Lokasi tidak sesuai" in file.text


def test_anybody_tracks_by_code_and_sees_no_name(officer: Browser) -> None:
    file = apply(officer)
    code = next(link for link in file.links if link.startswith("/lacak?kode="))
    officer.send(file.form("/keluar"))
    seen = officer.get(code)
    assert seen.status == 200
    assert "Diajukan" in seen.text
    assert "Sri" not in seen.text
    assert "Toko" not in seen.text
    assert officer.get(code.lower().replace("-", "")).status == 200  # however it is typed


def test_a_wrong_code_has_the_same_form(officer: Browser) -> None:
    wrong = officer.get("/lacak?kode=AAAA-BBBB-CCCC")
    assert wrong.status == 404
    assert "Kode tidak dikenal" in wrong.text
    assert dict(wrong.form("/lacak").fields)["kode"] == "AAAA-BBBB-CCCC"


def test_two_officers_on_one_file_are_told(officer: Browser) -> None:
    file = verify(officer, apply(officer))
    officer.send(file.form(file.address, "approve"), "approve")
    late = officer.send(file.form(file.address, "refuse"), "refuse", {"reason": "tidak"})
    assert late.status == 409
    assert late.codes() == ["somebody-came-first"]
    assert late.form(late.address, "issue")


def test_the_late_officer_reads_which_office_came_first_and_what_it_did(officer: Browser) -> None:
    file = verify(officer, apply(officer))
    officer.send(file.form(file.address, "approve"), "approve")
    late = officer.send(file.form(file.address, "refuse"), "refuse", {"reason": "tidak"})
    assert "Kantor BPT sudah lebih dulu" in late.text
    assert "Kantor BPT sudah lebih dulu" not in officer.get(file.address).text


def test_the_file_of_an_applicant_who_died_says_so(officer: Browser) -> None:
    file = apply(officer)
    assert "Pemohon meninggal" not in file.text
    sri = next(link for link in file.links if link.startswith("/penduduk/resident-")).split("/")[2]
    officer.sign_in("dewi")
    form = officer.get(f"/peristiwa/DEATH?penduduk={sri}").form("/peristiwa/DEATH")
    head = next((name for name, _ in form.fields if name.startswith("successors-head-")), "")
    card = officer.get(f"/penduduk/{sri}")
    people = [link.split("/")[2] for link in card.links if link.startswith("/penduduk/resident-")]
    budi = next(id_ for id_ in people if not id_.startswith(sri))
    done = officer.send(form, "record", {"on": "2026-11-20", head: budi})
    assert done.codes() == []
    officer.sign_in("yuni")
    assert "Pemohon meninggal pada 20 " in officer.get(file.address).text
