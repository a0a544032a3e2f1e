"""The page of an entry of the civil register: what was reported, whom it touched, and the papers it yields."""

from fastapi.testclient import TestClient

from tests.adapters.papers.samples import text
from tests.api.pages.browser import Browser, Screen
from tests.api.pages.steps import find, register
from tests.api.pages.test_civil_events import couple, send, single


def entry_of(clerk: Browser, resident: str) -> Screen:
    """The page of the latest entry about her, as her own page leads to it."""
    page = clerk.get(f"/penduduk/{resident}")
    return clerk.get(next(link for link in page.links if link.startswith("/entri/")))


def born(clerk: Browser, ids: dict[str, str], **more: str | list[str]) -> Screen:
    send(clerk, "BIRTH", ids["sri"], **{"newborn-name": "Bayu", "newborn-sex": "1"}, **more)
    card = clerk.get(ids["card"])
    return clerk.get(next(link for link in card.links if link.startswith("/entri/")))


def buttons(screen: Screen) -> list[str]:
    return [value for form in screen.forms if form.action == "/dokumen" for _, value in form.buttons]


def test_an_entry_tells_what_was_reported_and_whom_it_touched(clerk: Browser) -> None:
    ids = couple(clerk)
    entry = born(clerk, ids, papers=["SURAT-KELAHIRAN", "KK"], helper="Bidan Yati")
    for told in ("Kelahiran", "F-2.01", "3314-LAHIR-2026-000001", "20 November 2026", "Bidan Yati"):
        assert told in entry.text
    assert "Petugas registrasi Dewi Lestari" in entry.text
    assert "berkas belum lengkap" in entry.text
    assert "KTP-el dua saksi tidak ada" in entry.text
    assert "Kartu Keluarga diperlihatkan" in entry.text
    assert {f"/penduduk/{ids['sri']}", f"/penduduk/{ids['joko']}", ids["card"]} <= set(entry.links)
    assert "Penduduk terdaftar" in entry.text, "what it did to the child"


def test_a_deed_is_printed_from_its_entry_and_leads_back_to_it(clerk: Browser, client: TestClient) -> None:
    entry = born(clerk, couple(clerk))
    assert buttons(entry) == ["AKTA-LAHIR"]
    paper = clerk.send(entry.form("/dokumen", "AKTA-LAHIR"), "AKTA-LAHIR")
    assert entry.address in paper.links
    assert "BAYU" in text(client.get(f"{paper.address}/pdf").content)
    again = clerk.send(paper.form(paper.address, "reprint"), "reprint", {"reason": "lost"})
    assert "Lembar dicetak 2" in again.text
    assert paper.address in clerk.get(entry.address).links


def test_a_letter_of_move_is_printed_from_its_entry(clerk: Browser, client: TestClient) -> None:
    ids = couple(clerk)
    values: dict[str, str | list[str]] = {"level": "between-provinces", "destination": "Jakarta"}
    send(clerk, "MOVE_OUT", ids["sri"], residents=[ids["sri"]], **values)
    entry = entry_of(clerk, ids["sri"])
    assert "antarprovinsi" in entry.text
    paper = clerk.send(entry.form("/dokumen", "PINDAH"), "PINDAH")
    assert "JAKARTA" in text(client.get(f"{paper.address}/pdf").content)


def test_another_offices_deed_is_not_printed_here(clerk: Browser) -> None:
    tono = single(clerk, "Tono", "1")
    values = {"spouse_name": "Yanti", "place": "Sragen"}
    send(clerk, "MARRIAGE", tono, authority="KUA", deed="123/45/XI/2026", **values)
    assert buttons(entry_of(clerk, tono)) == []
    other = single(clerk, "Agus", "1")
    send(clerk, "MARRIAGE", other, authority="DISDUKCAPIL", **values)
    assert buttons(entry_of(clerk, other)) == ["AKTA-KAWIN"], "control: our own deed is"


def test_an_annulled_deed_says_so_and_is_printed_no_more(clerk: Browser) -> None:
    tono = single(clerk, "Tono", "1")
    send(clerk, "DEATH", tono)
    entry = entry_of(clerk, tono)
    assert buttons(entry) == ["AKTA-MATI"]
    form = clerk.get(f"/peristiwa/CORRECTION?penduduk={tono}").form("/peristiwa/CORRECTION")
    clerk.send(form, "record", {"entry": entry.address.split("/")[-1], "reason": "orang lain"})
    asked = clerk.get(entry.address)
    assert "Permintaan pembatalan akta dimohon" in asked.text
    clerk.sign_in("ratna")
    form = next(f for f in clerk.get("/pembetulan").forms if f.action.startswith("/pembetulan/"))
    home = {"home-village": "33.14.10.1003", "home-address": "Jl. Veteran 3", "home-rt": "3", "home-rw": "1"}
    clerk.send(form, "approve", home | {"relation": "1"})
    annulled = clerk.get(entry.address)
    assert "akta dibatalkan pada 24 November 2026" in annulled.text
    assert buttons(annulled) == []
    carried = entry_of(clerk, tono)
    assert "Pembetulan yang dijalankan disetujui" in carried.text
    assert entry.address in carried.links


def test_an_entry_of_somebody_who_is_forgotten_keeps_only_what_is_not_hers(clerk: Browser) -> None:
    register(clerk)
    sri = find(clerk).address.split("/")[2]
    send(clerk, "MISSING", sri, place="Waduk Kedungombo")
    entry = entry_of(clerk, sri)
    assert "Waduk Kedungombo" in entry.text
    asked = clerk.send(find(clerk).form("/penghapusan"), values={"letter": "470/12/2026"})
    (erasure,) = {link.removeprefix("/riwayat/") for link in asked.links if "erasure-" in link}
    clerk.sign_in("bagus")
    clerk.send(clerk.get("/penghapusan").form(f"/penghapusan/{erasure}", "approve"), "approve")
    gone = clerk.get(entry.address)
    assert (gone.status, "(dilupakan)" in gone.text) == (200, True)
    assert "Waduk" not in gone.text


def test_only_an_officer_opens_an_entry_that_there_is(clerk: Browser, client: TestClient) -> None:
    entry = born(clerk, couple(clerk))
    missing = clerk.get("/entri/entry-0000000000000000000000000000dead")
    assert (missing.status, missing.codes()) == (404, ["unknown-entry"])
    client.cookies.clear()
    assert clerk.get(entry.address).address == "/masuk"
