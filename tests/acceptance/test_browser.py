"""One family in a real browser: married, a child born, a card of their own, moved, widowed; and the ministry knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from adapters.clock import SystemClock
from adapters.reference import JAKARTA
from tests.acceptance.chromium import NARROW, WIDE, Camera, Clerk, browser, needs_chromium
from tests.acceptance.node import Node, running, until

pytestmark = needs_chromium
KRIKILAN, KARANGWARU, SIDODADI = "33.14.01.2005", "33.14.02.2001", "33.14.03.2001"
PARENTS = {
    "village": KRIKILAN,
    "address": "Dusun Sangiran",
    "rt": "2",
    "rw": "1",
    "m0-name": "Sutrisno",
    "m0-birth_date": "1967-03-14",
    "m0-marital": "2",
    "m0-occupation": "9",
    "m1-name": "Sumini",
    "m1-birth_date": "1971-07-02",
    "m1-marital": "2",
    "m1-occupation": "2",
    "m1-sex": "2",
    "m1-relation": "3",
    "m2-name": "Wahyu Nugroho",
    "m2-birth_date": "1997-05-21",
    "m2-marital": "1",
    "m2-occupation": "84",
    "m2-sex": "1",
    "m2-relation": "4",
    "m2-mother": "Sumini",
    "m2-father": "Sutrisno",
}
BRIDE = {
    "village": KARANGWARU,
    "address": "Dusun Karangwaru",
    "rt": "1",
    "rw": "3",
    "m0-name": "Siti Rahmawati",
    "m0-birth_date": "1999-02-08",
    "m0-marital": "1",
    "m0-occupation": "65",
    "m0-sex": "2",
    "m0-mother": "Suyatmi",
    "m0-father": "Parmin",
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One node and its ministries for all that is looked at here."""
    with running(tmp_path_factory.mktemp("office")) as node:
        yield node


@dataclass
class Family:
    """The streams of the three, and the household that the couple makes."""

    wahyu: str = ""
    rahma: str = ""
    kirana: str = ""
    home: str = ""


@dataclass
class Story:
    """A registrar records what happens to one family, on the pages alone."""

    clerk: Clerk
    node: Node
    camera: Camera
    family: Family

    def records(self, kind: str) -> dict[str, dict[str, Any]]:
        """The latest records of a kind in the ministry's store, by resident, once there are any."""

        def found() -> dict[str, dict[str, Any]]:
            kept = (entry["record"] for entry in self.node.ministries["kemendagri"].records())
            return {r["ID_PENDUDUK"]: r for r in kept if r["JENIS_PERUBAHAN"] == kind}

        there: dict[str, dict[str, Any]] = until(found, f"{kind} at the ministry")
        return there

    def register(self) -> None:
        clerk, page = self.clerk, self.clerk.page
        clerk.open("/keluarga/baru")
        page.locator("[data-add]").click()
        clerk.fill(PARENTS)
        self.camera.take(page, "household-new")
        clerk.press("register")
        expect(page.locator("tbody tr")).to_have_count(3)
        self.family.wahyu = self.linked("Wahyu Nugroho")
        clerk.open("/keluarga/baru")
        page.locator(".member").nth(1).locator(".remove").click()
        clerk.fill(BRIDE)
        clerk.press("register")
        expect(page.locator("tbody tr")).to_have_count(1)
        self.family.rahma = self.linked("Siti Rahmawati")

    def linked(self, name: str) -> str:
        """The resident whose page the link with this name leads to."""
        address = self.clerk.page.locator("main").get_by_role("link", name=name, exact=True).first
        return (address.get_attribute("href") or "").rsplit("/", 1)[-1]

    def marry(self) -> None:
        clerk, family = self.clerk, self.family
        clerk.open(f"/penduduk/{family.rahma}")
        nik = clerk.nik()
        clerk.open(f"/penduduk/{family.wahyu}")
        clerk.page.locator(".actions").get_by_role("link", name="Perkawinan").click()
        self.on(-40)
        clerk.fill({"wife-nik": nik, "authority": "KUA", "place": "Plupuh"})
        for paper in ("AKTA-KAWIN", "KK", "KTP"):
            clerk.tick("papers", paper)
        clerk.press("record")
        clerk.sees("nomor")
        expect(clerk.page.locator("#deed-wrong")).to_be_visible()
        clerk.fill({"deed": "0123/045/X/2026"})
        self.camera.take(clerk.page, "marriage")
        clerk.press("record")
        clerk.sees("0123/045/X/2026")
        told = self.records("MARRIAGE")
        assert {told[one]["STATUS_KAWIN"] for one in (family.wahyu, family.rahma)} == {"KAWIN"}
        assert told[family.rahma]["NIK"] == nik

    def bear(self) -> None:
        clerk, family = self.clerk, self.family
        clerk.open(f"/penduduk/{family.rahma}")
        clerk.page.locator(".actions").get_by_role("link", name="Kelahiran").click()
        self.on(-10)
        clerk.fill({"newborn-name": "Kirana Ayu Nugroho", "newborn-sex": "2", "helper": "Bidan Yatmi"})
        for paper in ("SURAT-KELAHIRAN", "KK", "KTP-SAKSI"):
            clerk.tick("papers", paper)
        self.camera.take(clerk.page, "birth")
        clerk.press("record")
        expect(clerk.page.locator("h1")).to_have_text("Kirana Ayu Nugroho")
        family.kirana = clerk.at().rsplit("/", 1)[-1]
        told = self.records("BIRTH")[family.kirana]
        assert (told["NAMA_LGKP_IBU"], told["NAMA_LGKP_AYAH"]) == ("Siti Rahmawati", "Wahyu Nugroho")
        assert told["NIK"] == clerk.nik()

    def split(self) -> None:
        """The couple and their child leave both cards for one of their own."""
        clerk, family = self.clerk, self.family
        clerk.open(f"/peristiwa/KK_NEW?penduduk={family.wahyu}")
        self.on(-5)
        clerk.fill(
            {
                f"members-of-{family.wahyu}": "1",
                f"members-of-{family.rahma}": "3",
                f"members-of-{family.kirana}": "4",
                "home-village": KARANGWARU,
                "home-address": "Dusun Karangwaru",
                "home-rt": "4",
                "home-rw": "3",
            }
        )
        for paper in ("KK", "AKTA-KAWIN"):
            clerk.tick("papers", paper)
        clerk.press("record")
        clerk.sees("Peristiwa tercatat")
        told = self.records("KK_NEW")
        card = {told[one]["NO_KK"] for one in (family.wahyu, family.rahma, family.kirana)}
        assert len(card) == 1, "one card for the three"
        assert told[family.wahyu]["STAT_HBKEL"] == "KEPALA KELUARGA"
        assert {self.kk()} == card

    def kk(self) -> str:
        """The number on the page of Rahma's household."""
        self.clerk.open(f"/penduduk/{self.family.rahma}")
        self.clerk.page.locator('main a[href^="/keluarga/"]').first.click()
        self.family.home = self.clerk.at().rsplit("/", 1)[-1]
        return self.clerk.page.locator("dd .mono").first.inner_text().replace(" ", "")

    def move(self) -> None:
        """With a letter of move to another kecamatan, and in again there."""
        clerk, family = self.clerk, self.family
        clerk.open(f"/peristiwa/MOVE_OUT?penduduk={family.wahyu}")
        self.on(-3)
        for one in (family.rahma, family.kirana):
            clerk.tick("residents", one)
        clerk.fill({"level": "between-kecamatan", "destination": "Masaran", "reason": "pekerjaan"})
        for paper in ("KK", "KTP"):
            clerk.tick("papers", paper)
        clerk.press("record")
        clerk.sees("SKPWNI")
        letter = clerk.page.locator(".done b").inner_text()
        clerk.open(f"/peristiwa/MOVE_IN?penduduk={family.wahyu}")
        self.on(-2)
        clerk.fill({f"members-of-{family.wahyu}": "1", f"members-of-{family.rahma}": "3"})
        clerk.fill({f"members-of-{family.kirana}": "4", "origin": "Karangwaru, Plupuh", "letter": letter})
        clerk.fill({"home-village": SIDODADI, "home-address": "Dusun Sidodadi", "home-rt": "1"})
        clerk.fill({"home-rw": "2"})
        clerk.tick("papers", "SKPWNI")
        clerk.press("record")
        clerk.sees("Dusun Sidodadi")
        told = self.records("MOVE_IN")
        assert {told[one]["KEC_NAME"] for one in (family.wahyu, family.rahma, family.kirana)} == {"Masaran"}
        assert told[family.rahma]["NO_KK"] == self.kk()

    def die(self) -> None:
        """He dies as head: the same page asks who follows him."""
        clerk, family = self.clerk, self.family
        clerk.open(f"/penduduk/{family.wahyu}")
        clerk.page.locator(".actions").get_by_role("link", name="Kematian").click()
        self.on(-1)
        clerk.fill({"place": "RSUD Sragen", "cause": "sakit"})
        for paper in ("SURAT-KEMATIAN", "KK"):
            clerk.tick("papers", paper)
        clerk.press("record")
        expect(clerk.page.locator("#successors")).to_have_attribute("open", "")
        self.camera.take(clerk.page, "new-head-needed")
        clerk.fill({f"successors-head-{family.home}": family.rahma})
        clerk.press("record")
        clerk.sees("meninggal")
        self.camera.take(clerk.page, "person")
        self.camera.take(clerk.page, "person-narrow", NARROW)
        told = self.records("DEATH")
        assert told[family.wahyu]["NIK"] == clerk.nik()
        assert told[family.rahma]["STATUS_KAWIN"] == "CERAI MATI"
        assert told[family.rahma]["STAT_HBKEL"] == "KEPALA KELUARGA"
        assert told[family.rahma]["NO_KK"] == self.kk(), "a new head, a new number"
        self.camera.take(clerk.page, "household")

    def print_the_deed(self) -> None:
        clerk, page = self.clerk, self.clerk.page
        clerk.open(f"/penduduk/{self.family.wahyu}")
        page.locator('a[href^="/entri/"]').first.click()
        clerk.sees("F-2.01")
        expect(page.get_by_role("link", name="Siti Rahmawati")).to_be_visible()
        self.camera.take(page, "entry")
        self.camera.take(page, "entry-narrow", NARROW)
        clerk.press("AKTA-MATI")
        expect(page.locator("h1")).to_have_text("Kutipan akta kematian")
        self.camera.take(page, "paper")
        clerk.press("reprint")
        expect(page.locator("dl")).to_contain_text("Lembar dicetak")

    def on(self, days: int) -> None:
        """The day of the event, so many days from today."""
        today = SystemClock().now().astimezone(JAKARTA).date()
        self.clerk.fill({"on": (today + timedelta(days=days)).isoformat()})


def test_one_family_from_marriage_to_death_on_the_pages_and_at_the_ministry(
    chromium: Browser, office: Node, camera: Camera
) -> None:
    page = chromium.new_page(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="id-ID")
    clerk = Clerk(page, office.url)
    story = Story(clerk, office, camera, Family())
    clerk.sign_in("dewi")
    story.register()
    story.marry()
    story.bear()
    story.split()
    story.move()
    story.die()
    story.print_the_deed()
    assert clerk.complaints == []
    page.close()
