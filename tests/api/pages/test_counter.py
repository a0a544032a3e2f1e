"""Calling, waiting for blanks, and taking the times home: on pages and with forms only."""

from datetime import timedelta

from api.wiring import Hub
from tests.acts.people import StandingClock
from tests.api.pages.browser import Browser, Screen
from tests.api.pages.steps import find, register, step, take_ticket

OWN = "/blangko/DISDUKCAPIL"
BEFORE_PRINTING = ("call", "complete-file", "record-biometrics")


def line(browser: Browser, movement: str, count: str, **more: str) -> Screen:
    page = browser.get(OWN)
    forms = [form for form in page.forms if ("movement", movement) in form.fields]
    return browser.send(forms[0], values={"count": count, **more})


def ready(browser: Browser) -> Screen:
    case = take_ticket(browser)
    for button in BEFORE_PRINTING:
        case = step(browser, case, button)
    return case


def other_ticket(browser: Browser, document: str) -> Screen:
    resident = find(browser)
    forms = [f for f in resident.forms if any(name == "document" for name, _ in f.fields)]
    return browser.send(forms[0], values={"document": document})


def test_the_next_ticket_is_called_to_the_officers_window(clerk: Browser) -> None:
    register(clerk)
    take_ticket(clerk)
    case = clerk.send(clerk.get("/loket").form("/loket/panggil"), values={"loket": "4"})
    assert case.address.startswith("/loket/case-")
    assert "Dipanggil" in case.text
    queue = clerk.get("/loket")
    assert "di loket 4" in queue.text
    nobody = clerk.send(queue.form("/loket/panggil"), values={"loket": "4"})
    assert (nobody.status, nobody.codes()) == (422, ["nobody-waits"])


def test_the_queue_shows_one_service_or_all(clerk: Browser) -> None:
    register(clerk)
    take_ticket(clerk)
    assert "Kartu Identitas Anak" in other_ticket(clerk, "KIA").text
    queue = clerk.get("/loket")
    assert "Kartu Tanda Penduduk 1" in queue.text
    assert "Kartu Identitas Anak 1" in queue.text
    kia = clerk.get("/loket?loket=2&layanan=KIA")
    assert sum("/loket/case-" in link for link in kia.links) == 1
    called = clerk.send(kia.form("/loket/panggil"))
    assert "Kartu Identitas Anak" in called.text


def test_the_display_names_windows_and_tickets_and_nobody(clerk: Browser, browser: Browser) -> None:
    register(clerk)
    take_ticket(clerk)
    assert "Belum ada yang dipanggil" in browser.get("/antrean/DISDUKCAPIL").text
    clerk.send(clerk.get("/loket").form("/loket/panggil"), values={"loket": "3"})
    shown = browser.get("/antrean/DISDUKCAPIL")
    assert "Tiket 1 ke loket 3" in shown.text
    assert "Wahyuni" not in shown.html
    assert "<b>1</b>" in browser.get("/antrean/DISDUKCAPIL/langsung").html
    assert "Dinas Kependudukan" in browser.get("/antrean").text
    assert browser.get("/antrean/KEC-99").status == 422


def test_the_display_draws_itself_anew_without_javascript(browser: Browser) -> None:
    html = browser.get("/antrean/DISDUKCAPIL").html
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in html.partition("</head>")[0]
    assert 'data-live="/antrean/DISDUKCAPIL/langsung"' in html


def test_who_does_not_come_leaves_the_queue_and_may_take_a_new_ticket(clerk: Browser) -> None:
    register(clerk)
    case = step(clerk, take_ticket(clerk), "call")
    again = step(clerk, case, "call-again")
    assert "Dipanggil lagi" in again.text
    gone = step(clerk, again, "no-show")
    assert "Tidak datang" in gone.text
    assert "Tidak ada yang menunggu" in clerk.get("/loket").text
    assert "Tiket 2" in take_ticket(clerk).text


def test_an_office_without_a_stock_book_prints_and_says_so(clerk: Browser) -> None:
    register(clerk)
    assert "belum mencatat stok" in clerk.get(OWN).text
    assert "Tercetak" in step(clerk, ready(clerk), "print-card").text


def test_without_a_blank_the_button_gives_a_suket_and_the_stock_ends_the_wait(
    clerk: Browser, clock: StandingClock
) -> None:
    register(clerk)
    case = ready(clerk)
    assert "1" in line(clerk, "receive", "1").text
    line(clerk, "spoil", "1", reason="damaged")
    case = clerk.get(case.address)
    assert "Beri suket (blangko habis)" in case.text
    case = step(clerk, case, "print-card")
    assert "0001/SUKET/DISDUKCAPIL/2026" in case.text
    assert "Menunggu blangko" in case.text
    assert not [f for f in case.forms if ("step", "end-wait") in f.buttons], "the stock ends this wait"
    clock.time += timedelta(minutes=25)
    book = clerk.get(OWN)
    assert "Sri Wahyuni" in book.text
    assert "25:00" in book.text
    assert "blangko siap" in line(clerk, "receive", "2", letter="470/9").text
    case = clerk.get(case.address)
    assert "Cetak" in case.text
    assert "Tercetak" in step(clerk, case, "print-card").text
    assert "Tidak ada yang menunggu blangko" in clerk.get(OWN).text


def test_a_count_that_differs_is_a_line_of_its_own(clerk: Browser) -> None:
    line(clerk, "receive", "1.500")
    counted = line(clerk, "count", "1498")
    assert "Selisih -2" in counted.text
    assert "1.498" in counted.text
    assert "1.498" in clerk.get("/blangko").text


def test_a_wrong_line_is_told_beside_its_field(clerk: Browser, hub: Hub) -> None:
    head = hub.ledger.head()
    for written, code in (("", "field-missing"), ("sepuluh", "malformed-count"), ("0", "malformed-count")):
        refused = line(clerk, "receive", written)
        assert (refused.status, refused.codes()) == (422, [code]), written
    assert hub.ledger.head() == head


def test_a_stock_book_is_written_by_its_own_office(clerk: Browser) -> None:
    line(clerk, "receive", "5")
    clerk.sign_in("ratna")
    there = clerk.get(OWN)
    assert "Hanya petugas kantor ini" in there.text
    assert not [form for form in there.forms if form.action == "/blangko"]


def test_the_receipt_tells_the_times_to_whoever_has_the_code(
    clerk: Browser, browser: Browser, clock: StandingClock, hub: Hub
) -> None:
    register(clerk)
    case = step(clerk, step(clerk, take_ticket(clerk), "call"), "complete-file")
    clock.time += timedelta(minutes=3)
    for button in ("record-biometrics", "print-card", "hand-over"):
        case = step(clerk, case, button)
    link = next(link for link in case.links if link.startswith("/tanda-terima/"))
    browser.send(clerk.get("/").form("/keluar"))
    receipt = browser.get(link)
    code = link.removeprefix("/tanda-terima/")
    assert "3:00" in receipt.text
    assert f"simpul clock recompute BUNDLE {code}" in receipt.text
    assert "tidak dipungut biaya" in receipt.text
    assert "Wahyuni" not in receipt.html
    typed = browser.send(
        browser.get("/tanda-terima").form("/tanda-terima"), values={"kode": code.lower().replace("-", "")}
    )
    assert typed.address == link
    assert browser.get("/tanda-terima/AAAA-BBBB-CCCC").status == 404
    assert browser.send(browser.get("/tanda-terima").form("/tanda-terima")).status == 404


def test_the_share_under_five_minutes_is_drawn_and_tabled(clerk: Browser, clock: StandingClock) -> None:
    assert "Belum ada yang diserahkan" in clerk.get("/lima-menit").text
    register(clerk)
    case = step(clerk, step(clerk, take_ticket(clerk), "call"), "complete-file")
    case = step(clerk, case, "start-wait", cause="central-system")
    clock.time += timedelta(minutes=20)
    case = step(clerk, case, "end-wait")
    for button in ("record-biometrics", "print-card", "hand-over"):
        clock.time += timedelta(minutes=1)
        case = step(clerk, case, button)
    page = clerk.get("/lima-menit")
    assert "100%" in page.text.replace("\xa0", "")
    assert 'class="cause-central-system"' in page.html
    assert "20:00" in page.text
    assert "Belum ada yang diserahkan" in clerk.get("/lima-menit?layanan=KK").text
    assert "Belum ada yang diserahkan" in clerk.get("/lima-menit?kantor=KEC-10").text
    assert "Belum ada yang diserahkan" in clerk.get("/lima-menit?dari=2026-11-01&sampai=2026-11-02").text
    assert "100%" in clerk.get("/lima-menit?dari=kemarin").text.replace("\xa0", "")
