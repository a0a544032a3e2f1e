"""What a page promises is there: its links lead somewhere, and each library has its reason in the README."""

import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from tomllib import loads

import pytest

from tests.architecture.house import ROOT, text, written

LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def dead_links(page: Path) -> list[str]:
    """Relative links of a Markdown page that lead to no file."""
    targets = (match[1] for match in LINK.finditer(text(page) or ""))
    here = (target for target in targets if not re.match(r"[a-z]+:|/", target))
    return [target for target in here if not (page.parent / target).exists()]


PAGES = [path for path in written() if path.suffix == ".md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert dead_links(page) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    """Control."""
    page = tmp_path / "README.md"
    page.write_text("[a](b.md) [self](README.md#top) [web](https://example.org) ![x](no/hub.png)", "utf-8")
    assert dead_links(page) == ["b.md", "no/hub.png"]


SMALL = 150_000
"""Bytes of a picture that a reader on a village line waits for."""
PICTURES = sorted((ROOT / "docs" / "screens").glob("*.png"))


def unshown(pictures: Iterable[Path], pages: Iterable[Path]) -> list[str]:
    """Pictures that no page shows."""
    shown = {(page.parent / link[1]).resolve() for page in pages for link in LINK.finditer(text(page) or "")}
    return [picture.name for picture in pictures if picture.resolve() not in shown]


def test_every_picture_of_a_screen_is_shown_by_a_page_and_is_small() -> None:
    assert len(PICTURES) > 10
    assert unshown(PICTURES, PAGES) == []
    assert [picture.name for picture in PICTURES if picture.stat().st_size >= SMALL] == []


def test_a_picture_that_nobody_shows_is_found(tmp_path: Path) -> None:
    """Control."""
    page = tmp_path / "README.md"
    page.write_text("![a](a.png)", "utf-8")
    assert unshown([tmp_path / "a.png", tmp_path / "b.png"], [page]) == ["b.png"]


def direct(requirements: Iterable[str]) -> set[str]:
    """The names in requirements such as ``uvicorn[standard]>=0.54``."""
    return {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in requirements}


def untold(names: Iterable[str], readme: str) -> list[str]:
    reasons = readme.partition("## Why these libraries")[2].casefold()
    return sorted(set(names) - set(re.findall(r"[a-z0-9][a-z0-9-]*", reasons)))


def test_the_readme_says_why_each_library_was_chosen() -> None:
    project = loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    assert untold(direct(chain.from_iterable(groups)), (ROOT / "README.md").read_text("utf-8")) == []


def test_a_library_without_a_reason_is_found() -> None:
    """Control."""
    readme = "numpy\n## Why these libraries\n| FastAPI, uvicorn | the web |"
    assert untold(direct(["fastapi>=1", "uvicorn[standard]", "numpy"]), readme) == ["numpy"]
