"""What holds for every page: language, officer, origin, safety, weight."""

import re
from base64 import b64encode
from gzip import compress
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.wiring import Hub
from tests.acts.people import SRI_NIK, StandingClock
from tests.api.pages.browser import Browser, Screen
from tests.api.pages.steps import ADDRESS, BUDI, NEW, SRI, apply, register, step, take_ticket

PUBLIC = [
    *("/", "/masuk", "/izin", "/izin/layanan/SIUP-KECIL", "/lacak", "/verify", "/kiriman", "/proyeksi"),
    *("/api", "/errors", "/tentang", "/langsung", "/kiriman/langsung"),
]
OFFICERS = [
    *("/penduduk", "/penduduk?kecamatan=33.14.10", "/keluarga/baru", "/loket", "/izin/ajukan"),
    *("/izin/berkas", "/peristiwa", "/peristiwa?cari=pindah", "/peristiwa/BIRTH", "/pembetulan"),
]
INLINE = re.compile(r"<(?:style|script(?![^>]* (?:src|type)=))[^>]*>(.*?)</", re.DOTALL)
"""What stands in a page itself and is obeyed: allowed by its hash, on the one page that is saved to a disk."""
FIRST_VIEW = 50_000


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_needs_nobody(reader: TestClient, address: str, language: str) -> None:
    browser = Browser(reader)
    screen = browser.get(f"{address}?lang={language}")
    assert screen.status == 200
    assert screen.address == address


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("address", OFFICERS)
def test_an_officer_opens_every_page(reader: TestClient, address: str, language: str) -> None:
    clerk = Browser(reader)
    clerk.sign_in("dewi")
    joint = "&" if "?" in address else "?"
    assert clerk.get(f"{address}{joint}lang={language}").status == 200


@pytest.mark.parametrize("address", OFFICERS)
def test_a_stranger_is_asked_who_he_is(reader: TestClient, address: str) -> None:
    browser = Browser(reader)
    screen = browser.get(address)
    assert screen.address == "/masuk"
    assert "Siapa yang bertugas" in screen.text


def test_signing_in_leads_back(reader: TestClient) -> None:
    browser = Browser(reader)
    choose = browser.get("/loket")
    counter = browser.send(choose.form("/masuk"))
    assert counter.address == "/loket"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_never_leads_elsewhere(reader: TestClient, elsewhere: str) -> None:
    answer = reader.post("/masuk", data={"officer": "dewi", "kembali": elsewhere}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_an_invented_cookie_is_nobody(reader: TestClient) -> None:
    reader.cookies.set("simpul-officer", "WyJkZXdpIiwiMjAyNi0xMS0yNCJd.invented")
    assert reader.get("/loket", follow_redirects=False).status_code == 303


def test_an_officer_signs_in_anew_each_day(clerk: Browser, clock: StandingClock) -> None:
    assert clerk.get("/loket").address == "/loket"
    clock.time = clock.time.replace(day=25)
    assert clerk.get("/loket").address == "/masuk"


def test_the_language_is_kept(reader: TestClient) -> None:
    browser = Browser(reader)
    assert "At a glance" in browser.get("/?lang=en").html
    assert "Catalogue of services" in browser.get("/izin").html
    assert "Daftar layanan" in browser.get("/izin?lang=id").html


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
def test_a_form_of_another_site_does_nothing(reader: TestClient, headers: dict[str, str]) -> None:
    answer = reader.post("/masuk", data={"officer": "dewi"}, headers=headers)
    assert answer.status_code == 400
    assert "simpul-officer" not in reader.cookies
    own = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
    assert reader.post("/masuk", data={"officer": "dewi"}, headers=own).status_code == 200


def test_a_body_that_is_too_large_is_refused_on_a_page(reader: TestClient) -> None:
    screen = Screen(reader.post("/masuk", data={"officer": "x" * 1_100_000}))
    assert screen.status == 413
    assert screen.codes() == ["body-too-large"]


def test_a_form_of_nobody_does_nothing(browser: Browser, hub: Hub) -> None:
    browser.sign_in("dewi")
    form = browser.get(NEW).form(NEW)
    browser.send(browser.get("/").form("/keluar"))
    late = browser.send(form, "register", ADDRESS | SRI | BUDI)
    assert late.status == 401
    assert late.codes() == ["not-signed-in"]
    assert hub.ledger.head() == 0


def test_pages_carry_a_strict_policy_and_obey_it(clerk: Browser) -> None:
    register(clerk)
    for screen in clerk.crawl("/"):
        if "text/html" not in screen.response.headers["content-type"]:
            continue
        policy = screen.response.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "style" not in screen.attributes
        assert not [a for a in screen.attributes if a.startswith("on")]
        for inline in INLINE.findall(screen.html):
            digest = b64encode(sha256(inline.encode()).digest()).decode()
            assert (screen.address, f"'sha256-{digest}'" in policy) == ("/verify", True)


def test_no_nik_and_no_name_stands_in_an_address(clerk: Browser) -> None:
    register(clerk)
    take_ticket(clerk)
    apply(clerk)
    links: list[str] = []
    for screen in clerk.crawl("/"):
        assert screen.status == 200, screen.address
        links += screen.links
    addresses = [*links, *clerk.asked]
    assert any("/penduduk/resident-" in address for address in addresses)
    assert not [a for a in addresses if re.search(r"(?<![0-9a-f])\d{16}(?![0-9a-f])", a)]
    assert not [a for a in addresses if SRI_NIK in a or "sri" in a.lower()]


def test_invented_people_are_marked_on_every_screen(clerk: Browser, hub: Hub) -> None:
    register(clerk)
    for screen in clerk.crawl("/"):
        if "</body>" in screen.html:
            assert "DATA SINTETIS" in screen.text
    hub.settings = Settings(data=hub.settings.data)
    assert "DATA SINTETIS" not in clerk.get("/").text


def test_the_first_view_weighs_little(reader: TestClient) -> None:
    page = reader.get("/")
    whole = len(compress(page.content)) if page.headers.get("content-encoding") else len(page.content)
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        whole += len(reader.get(address).content)
    assert whole <= FIRST_VIEW


def test_a_static_file_is_cached_for_ever_under_its_own_name(reader: TestClient) -> None:
    address = re.findall(r'href="(/static/[^"]+css)"', reader.get("/").text)[0]
    assert "immutable" in reader.get(address).headers["cache-control"]
    assert reader.get("/static/000000000000/simpul.css").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        *("/tidak-ada", "/penduduk/resident-0", "/keluarga/household-0", "/loket/case-0", "/izin/layanan/X"),
        *(
            "/izin/berkas/application-0",
            "/riwayat/resident-0",
            "/penduduk/hasil/0",
            "/kontrak/kemendag/x.wsdl",
        ),
    ],
)
def test_what_is_not_there_is_a_page_too(reader: TestClient, address: str) -> None:
    clerk = Browser(reader)
    clerk.sign_in("dewi")
    screen = clerk.get(address)
    assert screen.status == 404
    assert "Ke beranda" in screen.text
    assert screen.codes()


def test_a_record_shows_its_history(clerk: Browser, clock: StandingClock) -> None:
    register(clerk)
    case = take_ticket(clerk)
    clock.time = clock.time.replace(hour=6)
    case = step(clerk, case, "call")
    history = next(link for link in case.links if link.startswith("/riwayat/case-"))
    now = clerk.get(history)
    assert "Dipanggil ke loket" in now.text
    then = clerk.get(f"{history}?at=2026-11-24T12:30")  # WIB: the ticket was taken, nobody called
    assert "Tiket diambil" in then.text
    assert "Dipanggil ke loket" not in then.text
    assert "belum ada" in clerk.get(f"{history}?at=2026-11-23").text
    assert clerk.get(f"{history}?at=kemarin").status == 400


def test_contracts_can_be_fetched(reader: TestClient) -> None:
    browser = Browser(reader)
    contracts = [link for link in browser.get("/api").links if link.startswith("/kontrak/")]
    assert any(link.endswith(".wsdl") for link in contracts)
    assert all(browser.get(link).status == 200 for link in contracts)
