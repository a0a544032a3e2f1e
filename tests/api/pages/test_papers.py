"""Papers on the pages: a button where the record is, a page for each paper, and the same button twice."""

from fastapi.testclient import TestClient

from tests.adapters.papers.samples import text
from tests.api.pages.browser import Browser, Screen
from tests.api.pages.steps import apply, find, register, step, take_ticket


def printed(browser: Browser, screen: Screen, kind: str) -> Screen:
    return browser.send(screen.form("/dokumen", kind), kind)


def pdf(client: TestClient, paper: Screen) -> str:
    answer = client.get(f"{paper.address}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    return text(answer.content)


def test_a_family_card_is_printed_from_the_page_of_the_household(clerk: Browser, client: TestClient) -> None:
    home = register(clerk)
    paper = printed(clerk, home, "KK")
    assert (paper.status, "Berlaku" in paper.text) == (200, True)
    assert f"{paper.address}/pdf" in paper.links
    assert "SRI WAHYUNI" in pdf(client, paper)
    assert paper.address in clerk.get(home.address).links
    assert paper.address in find(clerk).links, "the page of a resident lists it too"


def test_the_same_button_again_leads_to_the_paper_that_holds(clerk: Browser) -> None:
    home = register(clerk)
    first = printed(clerk, home, "KK")
    second = printed(clerk, clerk.get(home.address), "KK")
    assert second.address == first.address
    assert "isinya tidak berubah" in second.text


def test_a_reprint_needs_a_reason_and_is_counted(clerk: Browser) -> None:
    paper = printed(clerk, register(clerk), "KK")
    again = clerk.send(paper.form(paper.address, "reprint"), "reprint", {"reason": "damaged"})
    assert "Lembar dicetak 2" in again.text
    stale = clerk.send(paper.form(paper.address, "reprint"), "reprint", {"reason": "lost"})
    assert "Lembar dicetak 2" in stale.text, "the button of the old page is one act, and was pressed twice"


def test_a_revoked_paper_has_no_more_buttons(clerk: Browser) -> None:
    paper = printed(clerk, register(clerk), "KK")
    revoked = clerk.send(paper.form(paper.address, "revoke"), "revoke", {"reason": "court-order"})
    assert "putusan pengadilan" in revoked.text
    assert [form for form in revoked.forms if form.action == paper.address] == []


def test_a_case_offers_what_can_be_printed_now(clerk: Browser, client: TestClient) -> None:
    register(clerk)
    case = take_ticket(clerk)

    def offered(screen: Screen) -> list[str]:
        return [value for form in screen.forms if form.action == "/dokumen" for _, value in form.buttons]

    assert offered(case) == ["RESI", "KTP"]
    for button in ("call", "complete-file", "record-biometrics"):
        case = step(clerk, case, button)
    assert offered(case) == ["RESI", "KTP", "SUKET"]
    assert "sudah" not in pdf(client, printed(clerk, case, "RESI"))
    assert "SEUMUR HIDUP" in pdf(client, printed(clerk, case, "KTP"))
    assert "0001/SUKET/DISDUKCAPIL/2026" in pdf(client, printed(clerk, case, "SUKET"))


def test_a_permit_is_printed_from_its_file(clerk: Browser, client: TestClient) -> None:
    register(clerk)
    clerk.sign_in("yuni")
    file = apply(clerk)
    assert [form for form in file.forms if form.action == "/dokumen"] == []
    needed = file.html.split('name="document" value="')[1:]
    file = clerk.send(
        file.form(file.address, "verify"), "verify", {"document": [v.partition('"')[0] for v in needed]}
    )
    for button in ("approve", "issue"):
        file = clerk.send(file.form(file.address, button), button)
    assert "TOKO BATIK SRI" in pdf(client, printed(clerk, file, "IZIN"))


def test_a_stranger_opens_no_paper(clerk: Browser, client: TestClient) -> None:
    paper = printed(clerk, register(clerk), "KK")
    client.cookies.clear()
    for address in (paper.address, f"{paper.address}/pdf"):
        assert clerk.get(address).address == "/masuk"


def test_a_paper_of_somebody_who_is_forgotten_says_so(clerk: Browser, client: TestClient) -> None:
    register(clerk)
    case = take_ticket(clerk)
    paper = printed(clerk, case, "RESI")
    asked = clerk.send(find(clerk).form("/penghapusan"), values={"letter": "470/12/2026"})
    (erasure,) = {link.removeprefix("/riwayat/") for link in asked.links if "erasure-" in link}
    clerk.sign_in("bagus")
    clerk.send(clerk.get("/penghapusan").form(f"/penghapusan/{erasure}", "approve"), "approve")
    gone = clerk.get(paper.address)
    assert "tidak dapat dibuka lagi" in gone.text
    assert f"{paper.address}/pdf" not in gone.links
    refused = clerk.get(f"{paper.address}/pdf")
    assert (refused.status, "paper-forgotten" in refused.html) == (410, True)
    listed = clerk.get(case.address)
    assert paper.address in listed.links
    assert [form for form in listed.forms if form.action == "/dokumen"] == [], "nothing is printed of her"


def test_a_child_card_has_its_button_once_the_card_was_given(clerk: Browser, client: TestClient) -> None:
    home = register(clerk)
    page = next(link for link in home.links[::-1] if link.startswith("/penduduk/resident-"))

    def button(screen: Screen) -> bool:
        return any(
            value == "KIA" for form in screen.forms if form.action == "/dokumen" for _, value in form.buttons
        )

    assert not button(clerk.get(page))
    form = clerk.get(f"/peristiwa/KIA?penduduk={page.split('/')[2]}").form("/peristiwa/KIA")
    clerk.send(form, "record", {"on": "2026-11-20"})
    given = clerk.get(page)
    assert button(given)
    assert "BUDI" in pdf(client, printed(clerk, given, "KIA")).upper()
