"""Given residents, then who is found under a name as somebody heard it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from domain.kernel.events import Personal
from domain.population.resident.events import ElementsChanged
from domain.population.resident.person import Change
from projections import name_index, name_search
from projections.name_search import Asked
from projections.readmodel import View
from tests.projections.book import KEDEN, SRAGEN_TENGAH, TODAY, Book, forget, forgotten, resident
from tests.projections.node import Node

PEOPLE = ("Suharto", "Sri Wahyuni", "Djoko Soesilo", "SRIYONO", "Sumini", "H. Slamet Widodo", "Sri")


@pytest.fixture
def people(node: Node, book: Book) -> Node:
    for number, name in enumerate(PEOPLE, 1):
        book.write(f"resident-{number}", resident(number, name, birth_date=date(1980, 1, number)))
    book.write("resident-9", forgotten(9))
    return node.project()


def found(node: Node, name: str, **known: object) -> list[str]:
    hits = node.ask(name_search.search, replace(Asked(name), **known))  # type: ignore[arg-type]  # what is known
    return [PEOPLE[int(hit.resident.removeprefix("resident-")) - 1] for hit in hits]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Soeharto", "Suharto"),
        ("suhato", "Suharto"),
        ("Joko Susilo", "Djoko Soesilo"),
        ("Slamet Widodo", "H. Slamet Widodo"),
        ("Drs. Slamet Widoodo, S.H.", "H. Slamet Widodo"),
        ("wahyuni", "Sri Wahyuni"),
        ("sri wah", "Sri Wahyuni"),
        ("Sriwahjoeni", "Sri Wahyuni"),
        ("sri", "Sri"),
        ("sriyo", "SRIYONO"),
    ],
)
def test_a_misspelt_old_or_partial_name_finds_its_bearer_first(people: Node, asked: str, first: str) -> None:
    assert found(people, asked)[0] == first


@pytest.mark.parametrize("asked", ["", "  ", "%", "Bambang", "*"])
def test_a_name_that_nobody_has_finds_nobody(people: Node, asked: str) -> None:
    assert found(people, asked) == []


def test_a_birth_date_finds_whoever_was_born_then_or_a_day_beside(people: Node) -> None:
    assert found(people, "Sri Wahjuni", born=date(1980, 1, 2)) == ["Sri Wahyuni"]
    assert found(people, "Sri Wahjuni", born=date(1980, 1, 3)) == ["Sri Wahyuni"]
    assert found(people, "Sri Wahjuni", born=date(1980, 1, 5)) == []
    assert found(people, "", born=date(1980, 1, 2))[0] == "Sri Wahyuni"


def test_of_two_with_one_name_the_one_of_that_place_comes_first(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1, "Slamet", birth_place="Solo"))
    book.write("resident-2", resident(2, "Slamet", birth_place="Sragen"))
    node.project()
    hits = node.ask(name_search.search, Asked("Slamet", place="Sragen"))
    assert [hit.resident for hit in hits] == ["resident-2", "resident-1"]
    assert hits[0].score > hits[1].score


def test_a_village_leaves_only_who_lives_there(people: Node) -> None:
    assert found(people, "Soeharto", village=SRAGEN_TENGAH) == ["Suharto"]
    assert found(people, "Soeharto", village=KEDEN) == []


def test_a_changed_name_is_found_and_the_old_one_no_more(people: Node, book: Book) -> None:
    changes = (Change("name", "Suharto", "Bambang"), Change("birth_date", "1980-01-01", "1990-05-05"))
    book.write("resident-1", ElementsChanged(TODAY, Personal("resident-1", changes)))
    people.project()
    assert found(people, "Bambang", born=date(1990, 5, 5)) == ["Suharto"]
    assert found(people, "Suharto") == []


def test_who_is_forgotten_is_in_no_table_and_her_namesake_stays(node: Node, book: Book) -> None:
    for number, name in enumerate(("Kenari Wagiyem", "Kenari Wagiyem", "Melati Wagiyem"), 1):
        book.write(f"resident-{number}", resident(number, name))
    forget(book, "resident-1")
    forget(book, "resident-3")
    node.project()
    assert [hit.resident for hit in node.ask(name_search.search, Asked("Kenari"))] == ["resident-2"]
    words = node.ask(_words)
    assert words == {"kenari", "wagiyem"}, "melati went with her last bearer"


def _words(view: View) -> set[str]:
    grams, parts = (
        next(t for t in name_index.read_model().tables if t.name == n) for n in ("name_grams", "name_parts")
    )
    found = set(view.connection.execute(select(grams.c.word)).scalars())
    assert found == set(view.connection.execute(select(parts.c.word)).scalars())
    return found
