"""Every sentence that a person reads, Indonesian first, English beside it.

``id.toml`` and ``en.toml`` hold the same keys, here for errors and terms and in ``api/pages`` for the
screens; a test fails when one is missing. Placeholders are those of ``str.format``.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Literal

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """All sentences of a language by dotted key, e.g. ``error.malformed-nik``."""
    sentences: dict[str, str] = {}
    # By folder, not by package: a sentence for the CLI must not load the pages and their web stack.
    for folder in ("messages", "pages"):
        with resources.files("api").joinpath(folder, f"{language}.toml").open("rb") as file:
            sentences.update(_flat(tomllib.load(file)))
    return sentences


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


class _Missing(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def text(key: str, language: Language, /, **parameters: object) -> str:
    """The sentence ``key``; ``KeyError`` when nobody wrote it: a test finds it before a reader."""
    return catalogue(language)[key].format_map(_Missing(parameters))
