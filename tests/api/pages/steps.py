"""What a clerk does on the pages, step by step, with forms only."""

from tests.acts.people import SRAGEN_TENGAH, SRI_NIK
from tests.api.pages.browser import Browser, Screen

ADDRESS = {"village": SRAGEN_TENGAH, "address": "Jl. Raya Sukowati 12", "rt": "1", "rw": "2"}
SRI = {
    "m0-name": "Sri Wahyuni",
    "m0-sex": "2",
    "m0-birth_date": "1990-08-17",
    "m0-marital": "1",
    "m0-occupation": "1",
    "m0-nik": SRI_NIK,
}
BUDI = {
    "m1-name": "Budi Santosa",
    "m1-sex": "1",
    "m1-birth_date": "2015-03-02",
    "m1-marital": "1",
    "m1-occupation": "1",
    "m1-relation": "4",
}
NEW = "/keluarga/baru"


def register(browser: Browser, **changes: str) -> Screen:
    """Register Sri and her son Budi."""
    form = browser.get(NEW).form(NEW)
    return browser.send(form, "register", ADDRESS | SRI | BUDI | changes)


def find(browser: Browser, nik: str = SRI_NIK) -> Screen:
    """The page of the resident with this NIK."""
    form = browser.get("/penduduk").form("/penduduk/cari")
    return browser.send(form, values={"nik": nik})


def take_ticket(browser: Browser, nik: str = SRI_NIK) -> Screen:
    """A ticket for her KTP: the page of the case."""
    resident = find(browser, nik)
    return browser.send(resident.form(f"{resident.address}/tiket"))


def step(browser: Browser, case: Screen, button: str, **values: str) -> Screen:
    return browser.send(case.form(case.address, button), button, values)


SHOP = {
    "permit": "SIUP-KECIL",
    "nik": SRI_NIK,
    "company": "Toko Batik Sri",
    "kbli": "47711",
    "net_worth": "Rp75.000.000",
    "address": "Jl. Raya Sukowati 14",
    "village": SRAGEN_TENGAH,
}


def apply(browser: Browser, **changes: str) -> Screen:
    """Ask for a small trade licence: the page of the file."""
    form = browser.get("/izin/ajukan?permit=SIUP-KECIL").form("/izin/ajukan")
    return browser.send(form, values=SHOP | changes)
