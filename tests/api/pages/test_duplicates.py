"""On the pages: whoever may be registered already is shown before, and pairs are decided side by side."""

import pytest
from fastapi.testclient import TestClient

from tests.acts.people import SRI_NIK
from tests.api.pages.browser import Browser, Screen
from tests.api.pages.steps import ADDRESS, NEW, find, register

MAY_BE = "Mungkin sudah terdaftar"
SRI = {
    "m0-name": "Sri Wahjoeni",
    "m0-sex": "2",
    "m0-birth_date": "1990-08-17",
    "m0-marital": "1",
    "m0-occupation": "1",
    "m0-mother": "Sumini",
}


def alone(clerk: Browser, **changes: str) -> Screen:
    """Ask to register Sri, spelt as long ago, in a household of her own."""
    form = clerk.get(NEW).form(NEW)
    form.fields = [(n, v) for n, v in form.fields if not n.startswith("m1-") and (n, v) != ("row", "1")]
    return clerk.send(form, "register", ADDRESS | SRI | changes)


def shown(clerk: Browser) -> list[str]:
    return [link for link in clerk.get("/kembar?kecamatan=").links if link.startswith("/kembar/resident-")]


@pytest.fixture
def twice(clerk: Browser) -> str:
    """Sri is registered twice: her second birth date was corrected after."""
    register(clerk, **{"m0-mother": "Sumini"})
    second = alone(clerk, **{"m0-birth_date": "1970-01-01"})
    resident = next(link for link in second.links if link.startswith("/penduduk/resident-")).split("/")[2]
    at = f"/peristiwa/CORRECTION?penduduk={resident}"
    values = {"changes-birth_date": "1990-08-17", "reason": "salah tulis"}
    asked = clerk.send(clerk.get(at).form("/peristiwa/CORRECTION"), "record", values)
    clerk.sign_in("bagus")
    correction = next(form for form in clerk.get(asked.address).forms if "/pembetulan/" in form.action)
    clerk.send(correction, "approve")
    (address,) = shown(clerk)
    return address


def test_a_form_shows_who_may_be_registered_already_and_a_tick_tells_them_apart(clerk: Browser) -> None:
    register(clerk, **{"m0-mother": "Sumini"})
    asked = alone(clerk)
    assert asked.status == 200
    assert MAY_BE in asked.text
    assert "Sri Wahyuni" in asked.text
    (mark,) = [v.split('"')[0] for v in asked.html.split('name="unlike" value="')[1:]]
    again = clerk.send(asked.form(NEW), "register")
    assert MAY_BE in again.text, "whoever does not tick has not looked"
    done = clerk.send(again.form(NEW), "register", {"unlike": [mark]})
    assert done.address.startswith("/keluarga/household-")
    assert shown(clerk) == []


def test_a_newborn_who_is_registered_already_is_shown(clerk: Browser) -> None:
    card = register(clerk)
    sri = next(link for link in card.links if link.startswith("/penduduk/resident-")).split("/")[2]
    child = {"newborn-name": "Bayu Pratama", "newborn-sex": "1", "on": "2026-11-20"}
    address = f"/peristiwa/BIRTH?penduduk={sri}"
    clerk.send(clerk.get(address).form("/peristiwa/BIRTH"), "record", child)
    again = clerk.send(
        clerk.get(address).form("/peristiwa/BIRTH"), "record", child | {"newborn-name": "Baju Pratama"}
    )
    assert MAY_BE in again.text
    (mark,) = [v.split('"')[0] for v in again.html.split('name="unlike" value="')[1:]]
    done = clerk.send(again.form("/peristiwa/BIRTH"), "record", {"unlike": [mark]})
    assert done.address.startswith("/penduduk/resident-")


def test_the_page_of_a_person_leads_to_her_pair_until_it_is_decided(clerk: Browser, twice: str) -> None:
    her = f"/penduduk/{twice.split('/')[2]}"
    assert twice in clerk.get(her).links
    assert f"{her}/pembacaan" in clerk.get(her).links
    pair = clerk.get(twice)
    clerk.send(pair.form(twice, "different"), "different")
    assert twice not in clerk.get(her).links


def test_a_list_without_pairs_says_so(clerk: Browser) -> None:
    assert "tidak ada dua data" in clerk.get("/kembar").text


def test_two_records_stand_side_by_side_with_what_differs_marked(clerk: Browser, twice: str) -> None:
    page = clerk.get(twice)
    assert "Sri Wahyuni" in page.text
    assert "Sri Wahjoeni" in page.text
    marked = [row.split(">")[2].split("<")[0] for row in page.html.split('<tr class="changed">')[1:]]
    assert "Nama lengkap" in page.html.split('class="changed"', 1)[1]
    assert marked


def test_who_was_told_apart_leaves_the_list_and_the_second_officer_sees_who(
    clerk: Browser, twice: str
) -> None:
    mine, other = clerk.get(twice), clerk.get(twice)
    done = clerk.send(mine.form(twice, "different"), "different")
    assert done.address == "/kembar"
    assert shown(clerk) == []
    values = {"survivor": twice.split("/")[2], "reason": "sama"}
    late = clerk.send(other.form(twice, "same"), "same", values)
    assert late.codes() == ["pair-already-decided"]
    assert "bagus" in late.text


def test_of_one_person_the_chosen_record_stays(clerk: Browser, twice: str) -> None:
    one, other = twice.split("/")[2:]
    unfinished = clerk.send(clerk.get(twice).form(twice, "same"), "same", {"reason": "sama"})
    assert unfinished.codes() == ["field-missing"]
    void = other if f"/penduduk/{one}" == find(clerk, SRI_NIK).address else one
    keep = one if void == other else other
    done = clerk.send(unfinished.form(twice, "same"), "same", {"survivor": keep})
    head = [name for name, _ in unfinished.form(twice, "same").fields if name == "head"]
    assert head, "somebody lives with her"
    assert done.address == f"/penduduk/{keep}"
    assert "batal" in clerk.get(f"/penduduk/{void}").text
    assert "satu orang oleh Bagus Prakoso" in clerk.get(twice).text


def test_nobody_sees_a_pair_without_signing_in(reader: TestClient) -> None:
    assert Browser(reader).get("/kembar").address.startswith("/masuk")
