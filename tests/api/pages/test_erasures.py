"""The page of erasures: empty at first, a request from a resident's page, a decision by another officer."""

from tests.api.pages.browser import Browser, Screen
from tests.api.pages.steps import find, register

PAGE = "/penghapusan"


def asked(clerk: Browser) -> tuple[Screen, Screen]:
    """Sri's page, and the list after her request."""
    register(clerk)
    sri = find(clerk)
    return sri, clerk.send(sri.form(PAGE), values={"letter": "470/12/2026"})


def test_the_page_is_empty_at_first_and_says_how_to_begin(clerk: Browser) -> None:
    screen = clerk.get(PAGE)
    assert "Belum ada permohonan" in screen.text
    assert "/penduduk" in screen.links


def test_who_records_a_request_finds_no_button_to_decide_it(clerk: Browser) -> None:
    _, screen = asked(clerk)
    assert (screen.status, screen.address) == (200, PAGE)
    assert "Diputuskan petugas lain" in screen.text
    assert not [form for form in screen.forms if form.action.startswith(f"{PAGE}/")]


def test_another_officer_decides_and_every_page_shows_the_forgotten_form(clerk: Browser) -> None:
    sri, screen = asked(clerk)
    (erasure,) = {link.removeprefix("/riwayat/") for link in screen.links if "erasure-" in link}
    clerk.sign_in("bagus")
    done = clerk.send(clerk.get(PAGE).form(f"{PAGE}/{erasure}", "approve"), "approve")
    assert "dilupakan" in done.text
    resident = sri.address.removeprefix("/penduduk/")
    for address in (sri.address, f"/riwayat/{resident}", f"/riwayat/{erasure}", PAGE):
        page = clerk.get(address)
        assert page.status == 200, address
        assert "Sri Wahyuni" not in page.text
        assert "None" not in page.text, address
    gone = clerk.get(sri.address)
    assert gone.text.count("(dilupakan)") >= 2, "in the heading and among her family"
    assert not [form for form in gone.forms if form.action.endswith("/tiket")], "nothing is recorded of her"


def test_a_refusal_stands_above_the_list(clerk: Browser) -> None:
    register(clerk)
    screen = clerk.send(find(clerk).form(PAGE), values={"letter": ""})
    assert (screen.status, screen.codes()) == (422, ["letter-missing-or-too-long"])
