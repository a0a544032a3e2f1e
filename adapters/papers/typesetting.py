"""Papers as PDF/A: one template for each, all from the same parts. Equal data give equal bytes.

Conforms to PDF/A-2a (ISO 19005-2): fonts inside, text that can be read out and searched, no network, no script.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from threading import Lock
from types import MappingProxyType

import typst

from adapters.papers.qr import svg
from domain.papers.code import plain
from domain.papers.contents import (
    BirthDeed,
    ChildCard,
    Contents,
    CounterReceipt,
    DeathDeed,
    DivorceDeed,
    FamilyCard,
    Issue,
    KtpSheet,
    MarriageDeed,
    MoveLetter,
    Permit,
    TemporaryCertificate,
)

VERSION = 1
"""Of the templates: raised when a paper changes its look."""
STANDARD: "typst.PDFStandard" = "a-2a"
TEMPLATES: Mapping[type, str] = MappingProxyType(
    {
        FamilyCard: "kk",
        KtpSheet: "ktp",
        ChildCard: "kia",
        BirthDeed: "birth",
        DeathDeed: "death",
        MarriageDeed: "marriage",
        DivorceDeed: "divorce",
        MoveLetter: "move",
        TemporaryCertificate: "suket",
        CounterReceipt: "receipt",
        Permit: "permit",
    }
)


@dataclass(frozen=True, slots=True)
class Copy:
    """Everything that is printed: what stands on the paper ``paper``, who gives it out, and its code.

    ``address`` is printed before the code, so that any telephone finds the page that checks it; may be empty.
    """

    paper: str
    contents: Contents
    issue: Issue
    code: str
    address: str = ""


class Typesetter:
    """Safe for many threads: each template is compiled by one at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._compilers: dict[str, typst.Compiler] = {}

    def pdf(self, copy: Copy) -> bytes:
        """The paper as PDF/A."""
        (made,) = self._compile(copy, "pdf")
        return made

    def pictures(self, copy: Copy, ppi: float = 110) -> list[bytes]:
        """The pages as PNG, for the eye."""
        return self._compile(copy, "png", ppi)

    def _compile(self, copy: Copy, form: "typst.OutputFormat", ppi: float | None = None) -> list[bytes]:
        with self._lock:
            made = self._compiler(TEMPLATES[type(copy.contents)]).compile(
                format=form,
                ppi=ppi,
                sys_inputs={"paper": _data(copy)},
                pdf_standards=[STANDARD] if form == "pdf" else None,
            )
        assert made is not None
        return made if isinstance(made, list) else [made]

    def _compiler(self, template: str) -> typst.Compiler:
        # Making one reads the fonts; the next paper finds template and fonts ready.
        if template not in self._compilers:
            self._compilers[template] = typst.Compiler(
                self._folder / f"{template}.typ",
                root=self._folder,
                font_paths=self._fonts,
                ignore_system_fonts=True,
            )
        return self._compilers[template]

    @cached_property
    def _folder(self) -> Path:
        return Path(str(files("adapters.papers").joinpath("templates")))

    @cached_property
    def _fonts(self) -> typst.Fonts:
        # Those that come with the library, and no other: a paper looks the same on every machine.
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _data(copy: Copy) -> str:
    return json.dumps(
        {
            "paper": copy.paper,
            "contents": plain(copy.contents),
            "issue": plain(copy.issue),
            "code": copy.code,
            "qr": svg(copy.code, copy.address),
        }
    )
