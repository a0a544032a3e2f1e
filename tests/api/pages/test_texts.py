"""Every text is written in both languages, and every text that is written is used."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import api.pages
from adapters.reference import reference
from api.facts import EVENTS
from api.messages import LANGUAGES, catalogue
from api.pages.words import Words
from domain.kernel.segments import Cause
from domain.licensing.application import Status
from domain.population.blank_stock import Spoilage
from domain.population.case import Document, Step
from domain.population.resident import KtpState, Standing

CIVIL_EVENTS = tuple(reference().civil_events.rows.values())
FOLDER = Path(api.pages.__file__).parent
LITERAL = re.compile(r"""\bt\(\s*['"]([a-z0-9.-]+)['"]\s*[,)]""")
BUILT = re.compile(r"""\b(?:t\(|term\()\s*['"]([a-z-]+)[.'"]""")
CODES = [
    *("field-missing", "malformed-date", "malformed-moment", "cross-site-request", "command-id-missing"),
    *("search-forgotten", "unknown-page"),
]


def sources() -> str:
    return "\n".join(p.read_text("utf-8") for p in FOLDER.rglob("*") if p.suffix in {".html", ".py"})


def written() -> set[str]:
    """The keys of the pages' own texts."""
    table = tomllib.loads((FOLDER / "id.toml").read_text("utf-8"))
    return {f"{section}.{key}" for section, keys in table.items() for key in keys}


def unused(keys: set[str], source: str) -> set[str]:
    literal = set(LITERAL.findall(source))
    built = set(BUILT.findall(source)) - {key.split(".")[0] for key in literal}
    built |= {"nav", "door", "about", "act", "category", "ministry", "label"}
    return {key for key in keys - literal if key.split(".")[0] not in built}


def test_every_text_is_in_both_languages() -> None:
    assert set(catalogue("id")) == set(catalogue("en"))


def test_both_languages_ask_for_the_same_parameters() -> None:
    for key, sentence in catalogue("id").items():
        places = {language: sorted(re.findall(r"{(\w+)", catalogue(language)[key])) for language in LANGUAGES}
        assert places["id"] == places["en"], f"{key}: {sentence}"


def test_every_text_that_a_page_asks_for_is_written() -> None:
    assert set(LITERAL.findall(sources())) - set(catalogue("id")) == set()


def test_every_text_that_is_written_is_used() -> None:
    own = {key for key in written() if not key.startswith("error.")}
    assert unused(own, sources()) == set()
    assert unused({*own, "home.nobody-uses-this"}, sources()) == {"home.nobody-uses-this"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_word(language: str) -> None:
    words = Words("id" if language == "id" else "en")
    for prefix, codes in (
        ("event", [event.name for event in EVENTS]),
        ("status", list(Status)),
        ("step", list(Step)),
        ("cause", list(Cause)),
        ("cause-short", list(Cause)),
        ("document", list(Document)),
        ("ktp", list(KtpState)),
        ("standing", list(Standing)),
        ("event-group", [row.group for row in CIVIL_EVENTS]),
        ("choice", [o for row in CIVIL_EVENTS for f in row.fields if f.kind == "choice" for o in f.options]),
        ("spoilage", list(Spoilage)),
        ("error", list(CODES)),
        ("flag", ["nik-region-differs", "nik-date-differs", "nik-sex-differs"]),
    ):
        for code in codes:
            assert f"{prefix}.{code}" in catalogue(words.language)


def test_a_code_without_a_word_is_shown_as_it_stands() -> None:
    assert Words("id").term("event", "population.unheard-of") == "population.unheard-of"


def test_texts_are_packaged_beside_the_code() -> None:
    assert files("api").joinpath("pages", "id.toml").is_file()
