"""Every page that links lead to, in a real browser: usable by everybody, on a telephone and on a desk's screen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.acceptance.chromium import NARROW, NARROWEST, WIDE, Camera, Clerk, browser, needs_chromium
from tests.acceptance.week import Week, played

pytestmark = needs_chromium
CODE = re.compile(r"/(?:[a-z]+-[0-9a-f]{32}|[A-Z0-9][A-Z0-9_-]+)(?=/|$)")
"""Parts of an address in which pages of one kind differ: ids, and codes in capitals."""
STARTS = ("/", "/penduduk", "/peristiwa", "/pembetulan", "/loket", "/peristiwa/KK_NEW", "/peristiwa/MOVE_IN")
ASIDE = re.compile(r"/(static|feeds|api/v1|openapi|kontrak|verify/|dokumen/[^/]+/pdf|[^?]+\.csv)")
"""What is no page."""
PICTURES = {
    "/peristiwa": "civil-events",
    "/pembetulan": "corrections",
    "/loket": "counter",
    "/blangko/DISDUKCAPIL": "blank-stock",
    "/kiriman": "deliveries",
}


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    with played(tmp_path_factory.mktemp("week")) as week:
        yield week


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as chromium:
        yield chromium


@dataclass
class Walk:
    """A walk over the pages of a hub, one of each kind, and what is wrong with them."""

    page: Page
    url: str
    wrong: list[str] = field(default_factory=list)

    def pages(self, *starts: str) -> Iterator[str]:
        """These, and of every kind that they lead to the first."""
        waiting, met = list(starts), set[str]()
        while waiting:
            path = waiting.pop(0)
            kind = path if path in starts else CODE.sub("/*", path.partition("?")[0])
            if kind not in met:
                met.add(kind)
                self.page.goto(self.url + path)
                links = self.page.locator("a[href^='/']").evaluate_all(
                    "all => all.map(a => a.getAttribute('href'))"
                )
                waiting += [link.partition("#")[0] for link in links if not ASIDE.match(link)]
                yield path

    def must_fit(self, path: str) -> None:
        """Nothing is scrolled sideways on the smallest telephone."""
        for width, height in (NARROWEST, WIDE):
            self.page.set_viewport_size({"width": width, "height": height})
            whole = self.page.locator("html").evaluate("html => html.scrollWidth")
            if whole > width:
                self.wrong.append(f"{path} is {whole} wide on {width}")

    def must_be_usable(self, path: str, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
        """By everybody: all rules of axe."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme)
        found: dict[str, Any] = Axe().run(self.page).response
        for rule in found["violations"]:
            where = rule["nodes"][0]["target"]
            self.wrong.append(f"{path} {scheme}: {rule['id']} at {where}, {len(rule['nodes'])} times")
        self.page.emulate_media(color_scheme="light")


def test_every_page_can_be_used_by_everybody(chromium: Browser, week: Week, camera: Camera) -> None:
    # The pages forbid scripts that are not theirs, and axe is one; the story in test_browser.py keeps the policy.
    page = chromium.new_page(bypass_csp=True, locale="id-ID")
    clerk = Clerk(page, week.url)
    clerk.sign_in("dewi")
    walk, starts = Walk(page, week.url), (*STARTS, *week.entries.values())
    looked_at = 0
    for path in walk.pages(*starts):
        walk.must_fit(path)
        walk.must_be_usable(path, NARROW, "light")
        if path in STARTS:  # every component is on one of them
            walk.must_be_usable(path, WIDE, "dark")
        if path in PICTURES:
            camera.take(page, PICTURES[path])
        looked_at += 1
    assert walk.wrong == []
    assert looked_at > len(starts) + 20
    page.close()


def test_a_page_that_somebody_cannot_use_is_found(chromium: Browser) -> None:
    """Control: a picture without words, a line wider than a telephone, and an error that only the browser sees."""
    page = chromium.new_page()
    clerk, walk = Clerk(page, ""), Walk(page, "")
    page.set_content(
        "<img src='data:,'><div style='width: 900px'>x</div><script>console.error('no')</script>"
    )
    walk.must_fit("planted")
    walk.must_be_usable("planted", NARROW, "light")
    assert any("image-alt" in wrong for wrong in walk.wrong)
    assert any("wide on 320" in wrong for wrong in walk.wrong)
    assert clerk.complaints == ["no"]
    page.close()
