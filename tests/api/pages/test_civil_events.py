"""A registrar records civil events on the pages, with forms only."""

import pytest
from fastapi.testclient import TestClient

from adapters.reference import reference
from api.wiring import Hub
from tests.acts.people import SRAGEN_TENGAH, SRI_NIK
from tests.api.pages.browser import Browser, Screen
from tests.api.pages.steps import NEW, find, register

CODES = tuple(reference().civil_events.rows)
FRIDAY = "2026-11-20"
COUPLE = {
    "m0-sex": "1",
    "m0-name": "Joko",
    "m0-birth_date": "1988-01-01",
    "m0-marital": "2",
    "m1-sex": "2",
    "m1-name": "Sri",
    "m1-birth_date": "1990-08-17",
    "m1-marital": "2",
    "m1-relation": "3",
    "m0-nik": "",
}


def couple(clerk: Browser) -> dict[str, str]:
    """Joko and his wife Sri: the pages of both, and their card."""
    card = register(clerk, **COUPLE)
    joko, sri = (link for link in card.links if link.startswith("/penduduk/resident-"))
    return {"joko": joko.split("/")[2], "sri": sri.split("/")[2], "card": card.address}


def single(clerk: Browser, name: str, sex: str) -> str:
    """Somebody who lives alone."""
    form = clerk.get(NEW).form(NEW)
    form.fields = [(n, v) for n, v in form.fields if not n.startswith("m1-") and (n, v) != ("row", "1")]
    values = {
        "village": SRAGEN_TENGAH,
        "address": "Jl. Melati 4",
        "rt": "1",
        "rw": "1",
        "m0-name": name,
        "m0-sex": sex,
        "m0-birth_date": "1995-05-05",
        "m0-marital": "1",
        "m0-occupation": "1",
    }
    card = clerk.send(form, "register", values)
    return next(link for link in card.links if link.startswith("/penduduk/resident-")).split("/")[2]


def send(clerk: Browser, code: str, resident: str, **values: str | list[str]) -> Screen:
    """Fill the form of an event for this resident, as her page leads to it."""
    form = clerk.get(f"/peristiwa/{code}?penduduk={resident}").form(f"/peristiwa/{code}")
    return clerk.send(form, "record", {"on": FRIDAY} | values if code != "CORRECTION" else values)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_row_of_the_catalogue_has_a_form_that_asks_its_fields(
    reader: TestClient, code: str, language: str
) -> None:
    clerk = Browser(reader)
    clerk.sign_in("dewi")
    screen = clerk.get(f"/peristiwa/{code}?lang={language}")
    row = reference().civil_events.event(code)
    assert (row.english if language == "en" else row.indonesia) in screen.text
    for field in row.fields:
        assert f'id="{field.name}"' in screen.html
        assert (field.english if language == "en" else field.indonesia) in screen.text
    again = clerk.send(screen.form(f"/peristiwa/{code}"), "record")
    assert again.status == 422
    assert "field-missing" in again.codes() or again.codes() == ["correction-changes-nothing"]


def test_the_catalogue_is_searched_and_leads_to_every_form(reader: TestClient) -> None:
    clerk = Browser(reader)
    clerk.sign_in("dewi")
    assert {link for link in clerk.get("/peristiwa").links if link.startswith("/peristiwa/")} == {
        f"/peristiwa/{code}" for code in CODES
    }
    found = clerk.get("/peristiwa?cari=kematian")
    assert "/peristiwa/DEATH" in found.links
    assert "/peristiwa/MARRIAGE" not in found.links


def test_who_dies_as_head_is_followed_by_a_new_head_named_on_the_same_page(clerk: Browser) -> None:
    ids = couple(clerk)
    asked = send(clerk, "DEATH", ids["joko"], cause="sakit")
    assert (asked.status, asked.codes()) == (422, ["new-head-needed"])
    form = asked.form("/peristiwa/DEATH")
    assert dict(form.fields)["cause"] == "sakit"
    assert 'id="successors" open' in asked.html
    head = next(name for name, _ in form.fields if name.startswith("successors-head-"))
    done = clerk.send(form, "record", {head: ids["sri"]})
    assert done.address == f"/penduduk/{ids['joko']}"
    assert "meninggal" in done.text
    assert "3314-MATI-2026-000001" in done.text
    assert "berkas belum lengkap" in done.text
    assert "Kepala keluarga" in clerk.get(ids["card"]).text


def test_a_marriage_at_the_kua_asks_the_number_of_its_book(clerk: Browser) -> None:
    tono, yanti = single(clerk, "Tono", "1"), single(clerk, "Yanti", "2")
    nik = "".join(clerk.get(f"/penduduk/{yanti}").html.split('<dd class="mono">')[1].split("<")[0].split())
    values: dict[str, str | list[str]] = {"authority": "KUA", "wife-nik": nik}
    asked = send(clerk, "MARRIAGE", tono, **values)
    assert asked.codes() == ["deed-number-needed"]
    assert "#deed" in asked.links
    done = clerk.send(asked.form("/peristiwa/MARRIAGE"), "record", {"deed": "123/45/XI/2026"})
    assert done.status == 200
    page = clerk.get(f"/penduduk/{tono}")
    assert f"/penduduk/{yanti}" in page.links
    assert "123/45/XI/2026" in page.text


def test_a_birth_brings_a_child_onto_the_card_of_its_mother(clerk: Browser) -> None:
    ids = couple(clerk)
    values: dict[str, str | list[str]] = {"newborn-name": "Bayu", "newborn-sex": "1"}
    papers = ["SURAT-KELAHIRAN", "KK", "KTP-SAKSI"]
    child = send(clerk, "BIRTH", ids["sri"], papers=papers, **values)
    assert "Bayu" in child.text
    assert f"/penduduk/{ids['joko']}" in child.links
    assert f"/penduduk/{ids['sri']}" in child.links
    assert "berkas belum lengkap" not in child.text
    assert "Bayu" in clerk.get(ids["card"]).text


def test_who_moves_out_leaves_the_card_and_keeps_the_record(clerk: Browser) -> None:
    ids = couple(clerk)
    values: dict[str, str | list[str]] = {"level": "between-provinces", "destination": "Jakarta"}
    gone = send(clerk, "MOVE_OUT", ids["sri"], residents=[ids["sri"]], **values)
    assert gone.address == f"/penduduk/{ids['sri']}"
    assert "pindah" in gone.text
    assert f"/penduduk/{ids['sri']}" not in clerk.get(ids["card"]).links


def test_a_divorce_asks_who_leaves_and_where_to(clerk: Browser) -> None:
    ids = couple(clerk)
    asked = send(clerk, "DIVORCE", ids["sri"], decision="1/2026")
    assert asked.codes() == ["leaving-spouse-needed"]
    form = asked.form("/peristiwa/DIVORCE")
    asked = clerk.send(form, "record", {f"members-of-{ids['sri']}": "1"})
    assert asked.codes() == ["home-needed"]
    assert 'id="home" open' in asked.html
    home = {"home-village": SRAGEN_TENGAH, "home-address": "Jl. Veteran 3", "home-rt": "3", "home-rw": "1"}
    done = clerk.send(asked.form("/peristiwa/DIVORCE"), "record", home)
    assert done.status == 200
    assert "Jl. Veteran 3" in clerk.get(f"/penduduk/{ids['sri']}").text


def test_a_form_names_somebody_by_nik_and_shows_her_household(clerk: Browser) -> None:
    register(clerk)
    form = clerk.get("/peristiwa/DEATH").form("/peristiwa/DEATH")
    screen = clerk.send(form, "look", {"resident-nik": SRI_NIK})
    assert screen.status == 200
    assert "Sri Wahyuni" in screen.text
    wrong = clerk.send(form, "record", {"on": FRIDAY, "resident-nik": "33"})
    assert wrong.codes() == ["malformed-nik"]
    assert "#resident-nik" in wrong.links


def test_an_event_before_the_birth_is_told_at_its_day(clerk: Browser) -> None:
    ids = couple(clerk)
    form = clerk.get(f"/peristiwa/MISSING?penduduk={ids['sri']}").form("/peristiwa/MISSING")
    asked = clerk.send(form, "record", {"on": "1980-01-01", "place": "Pasar"})
    assert asked.codes() == ["before-birth"]
    assert "#on" in asked.links
    assert dict(asked.form("/peristiwa/MISSING").fields)["place"] == "Pasar"


def test_a_stale_form_says_who_came_first(clerk: Browser) -> None:
    ids = couple(clerk)
    stale = clerk.get(f"/peristiwa/MISSING?penduduk={ids['sri']}").form("/peristiwa/MISSING")
    send(clerk, "NAME_CHANGE", ids["sri"], name="Sri Rahayu", decision="5/2026")
    conflict = clerk.send(stale, "record", {"on": FRIDAY})
    assert (conflict.status, conflict.codes()) == (409, ["somebody-came-first"])
    done = clerk.send(conflict.form("/peristiwa/MISSING"), "record")
    assert done.address == f"/penduduk/{ids['sri']}"
    assert "hilang" in done.text


def test_a_resent_form_records_once(clerk: Browser, hub: Hub) -> None:
    ids = couple(clerk)
    form = clerk.get(f"/peristiwa/MISSING?penduduk={ids['sri']}").form("/peristiwa/MISSING")
    clerk.send(form, "record", {"on": FRIDAY})
    head = hub.ledger.head()
    assert clerk.send(form, "record", {"on": FRIDAY}).status == 200
    assert hub.ledger.head() == head


def test_the_page_of_a_person_tells_what_an_event_changed(clerk: Browser) -> None:
    register(clerk)
    sri = find(clerk).address.split("/")[2]
    page = send(clerk, "NAME_CHANGE", sri, name="Sri Rahayu", decision="5/2026")
    assert "Sri Wahyuni" in page.text
    assert "Sri Rahayu" in page.text
    assert "Petugas registrasi" in page.text


def test_a_correction_waits_for_another_officer(clerk: Browser) -> None:
    register(clerk)
    sri = find(clerk).address.split("/")[2]
    asked = send(clerk, "CORRECTION", sri, **{"changes-name": "Sri Wahyuningsih", "reason": "salah tulis"})
    assert asked.address == "/pembetulan"
    assert "Sri Wahyuningsih" in asked.text
    assert not [form for form in asked.forms if form.action.startswith("/pembetulan/")]
    clerk.sign_in("ratna")
    screen = clerk.get("/pembetulan")
    form = next(form for form in screen.forms if form.action.startswith("/pembetulan/"))
    assert "disetujui" in clerk.send(form, "approve").text
    assert "Sri Wahyuningsih" in clerk.get(f"/penduduk/{sri}").text


def test_a_rejection_says_why_and_changes_nothing(clerk: Browser) -> None:
    register(clerk)
    sri = find(clerk).address.split("/")[2]
    send(clerk, "CORRECTION", sri, **{"changes-name": "Sri Wahyuningsih", "reason": "salah tulis"})
    clerk.sign_in("ratna")
    action = next(f.action for f in clerk.get("/pembetulan").forms if f.action.startswith("/pembetulan/"))
    empty = clerk.send(clerk.get("/pembetulan").form(action, "reject"), "reject")
    assert empty.codes() == ["field-missing"]
    done = clerk.send(empty.form(action, "reject"), "reject", {"reason": "tidak terbukti"})
    assert "tidak terbukti" in done.text
    assert clerk.get(f"/penduduk/{sri}").text.count("Sri Wahyuningsih") == 0


def test_the_annulled_death_of_somebody_asks_where_she_lives(clerk: Browser) -> None:
    tono = single(clerk, "Tono", "1")
    send(clerk, "DEATH", tono)
    form = clerk.get(f"/peristiwa/CORRECTION?penduduk={tono}").form("/peristiwa/CORRECTION")
    entry = clerk.get(f"/penduduk/{tono}").html.split('id="entry-')[1].split('"')[0]
    clerk.send(form, "record", {"entry": f"entry-{entry}", "reason": "orang lain"})
    clerk.sign_in("ratna")
    screen = clerk.get("/pembetulan")
    form = next(form for form in screen.forms if form.action.startswith("/pembetulan/"))
    asked = clerk.send(form, "approve")
    assert asked.codes() == ["home-needed"]
    home = {"home-village": SRAGEN_TENGAH, "home-address": "Jl. Veteran 3", "home-rt": "3", "home-rw": "1"}
    done = clerk.send(asked.form(form.action), "approve", home | {"relation": "1"})
    assert done.codes() == []
    assert "akta dibatalkan" in clerk.get(f"/penduduk/{tono}").text


def test_a_toddler_is_offered_neither_a_ktp_nor_a_wedding_and_her_mother_both(clerk: Browser) -> None:
    card = register(clerk, **{"m1-birth_date": "2024-05-05", "m1-name": "Ayu", "m1-sex": "2"})
    sri, ayu = (link for link in card.links if link.startswith("/penduduk/resident-"))
    for link, grown in ((ayu, False), (sri, True)):
        screen = clerk.get(link)
        buttons = [form for form in screen.forms if form.action == f"{link}/tiket"]
        assert len(buttons) == 1 + grown, "of other documents, and of a KTP"
        about = link.split("/")[2]
        assert (f"/peristiwa/MARRIAGE?penduduk={about}" in screen.links) == grown
        assert (f"/peristiwa/BIRTH?penduduk={about}" in screen.links) == grown
        assert ('value="KIA"' in screen.html) != grown
        assert f"/peristiwa/DEATH?penduduk={about}" in screen.links


def test_a_stillbirth_is_annulled_by_the_number_of_its_letter(clerk: Browser) -> None:
    ids = couple(clerk)
    done = send(clerk, "STILLBIRTH", ids["sri"])
    assert "3314-LAHIR-MATI-2026-000001" in done.text, "told where it was recorded"
    form = clerk.get(f"/peristiwa/CORRECTION?penduduk={ids['sri']}").form("/peristiwa/CORRECTION")
    wrong = clerk.send(form, "record", {"entry-deed": "3314-LAHIR-MATI-2026-000009", "reason": "keliru"})
    assert (wrong.codes(), "#entry-deed" in wrong.links) == (["unknown-entry"], True)
    number = {"entry-deed": "3314-LAHIR-MATI-2026-000001", "reason": "keliru"}
    clerk.send(wrong.form("/peristiwa/CORRECTION"), "record", number)
    clerk.sign_in("ratna")
    screen = clerk.get("/pembetulan")
    form = next(form for form in screen.forms if form.action.startswith("/pembetulan/"))
    assert "disetujui" in clerk.send(form, "approve").text


def test_an_adoption_is_annulled_and_the_child_may_go_back(clerk: Browser) -> None:
    card = register(clerk)
    budi = [link for link in card.links if link.startswith("/penduduk/resident-")][1].split("/")[2]
    yanti = single(clerk, "Yanti", "2")
    nik = "".join(clerk.get(f"/penduduk/{yanti}").html.split('<dd class="mono">')[1].split("<")[0].split())
    adopted = send(clerk, "ADOPTION", budi, **{"mother-nik": nik, "mother": "", "decision": "4/2026"})
    assert adopted.address == f"/penduduk/{budi}"
    form = clerk.get(f"/peristiwa/CORRECTION?penduduk={budi}").form("/peristiwa/CORRECTION")
    entry = adopted.html.split('id="entry-')[1].split('"')[0]
    clerk.send(form, "record", {"entry": f"entry-{entry}", "reason": "keliru"})
    clerk.sign_in("ratna")
    form = next(f for f in clerk.get("/pembetulan").forms if f.action.startswith("/pembetulan/"))
    home = card.address.split("/")[2]
    clerk.send(form, "approve", {"home-household": home, "relation": "4"})
    assert f"/penduduk/{budi}" in clerk.get(f"/keluarga/{home}").links
