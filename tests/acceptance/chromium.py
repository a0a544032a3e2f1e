"""A real Chromium, and somebody who sits at it: fills forms, presses buttons, follows links, takes pictures."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(
    PROGRAM is None, reason="Chromium is not installed (on Debian: apt install chromium)"
)
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
WIDE, NARROW, NARROWEST = (1100, 760), (360, 740), (320, 640)
"""Width and height of a desk's screen, a telephone, and the smallest telephone."""
PATIENCE = 20_000
"""Milliseconds until something that must show counts as not showing."""


@contextmanager
def browser() -> Iterator[Browser]:
    """The installed Chromium without a window."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Camera:
    """Takes pictures for the guides, when somebody asked for them; otherwise it is a camera without film."""

    folder: Path | None

    def take(self, page: Page, name: str, size: tuple[int, int] = WIDE, at: str = "") -> None:
        """What a screen of this size shows, from the element ``at`` on."""
        if self.folder is None:
            return
        before = page.viewport_size
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.locator(at or ".synthetic").first.scroll_into_view_if_needed()
        page.screenshot(path=self.folder / f"{name}.png", animations="disabled", caret="hide")
        if before:
            page.set_viewport_size(before)


@dataclass
class Clerk:
    """An officer at a page of the hub at ``url``. ``complaints``: what the browser itself objected to."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _said(self, message: ConsoleMessage) -> None:
        # A refused form is answered with 422, and Chromium says so in red.
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, officer: str) -> None:
        self.open("/masuk")
        self.page.locator(f'form:has(input[value="{officer}"]) button').click()
        expect(self.page.locator(".officer")).to_be_visible()

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def fill(self, values: Mapping[str, str]) -> None:
        """Fields by id: what is typed, the value that is chosen; what is folded away is unfolded first."""
        for name, value in values.items():
            element = self.page.locator(f'[id="{name}"]')
            self._unfold(name)
            if self.page.locator(f'select[id="{name}"]').count():
                element.select_option(value)
            else:
                element.fill(value)

    def _unfold(self, name: str) -> None:
        folded = self.page.locator(f'details:not([open]):has([id="{name}"]) > summary')
        if folded.count():
            folded.click()

    def tick(self, name: str, value: str) -> None:
        self.page.locator(f'input[name="{name}"][value="{value}"]').check()

    def press(self, value: str) -> None:
        """The visible button with this value."""
        self.page.locator(f'button[value="{value}"]:not(.first)').first.click()

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def at(self) -> str:
        """The path of the page."""
        return self.page.url.removeprefix(self.url).partition("?")[0]

    def nik(self) -> str:
        """The NIK on the page of a resident."""
        return self.page.locator("dd.mono").first.inner_text().replace(" ", "")[:16]
