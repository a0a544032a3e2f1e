"""Given records, then the pairs that wait for an officer: found whoever came first, gone once decided."""

from collections.abc import Iterable
from datetime import date
from itertools import permutations
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from adapters.people import generate
from adapters.reference import reference
from domain.kernel.events import Personal
from domain.population.duplicates import traits
from domain.population.pair import PairFoundDifferent, PairFoundSame
from domain.population.resident.events import ElementsChanged, RecordVoided, ResidentPlaced
from domain.population.resident.person import Change
from projections import duplicates, name_index
from tests.projections.book import KEDEN, TODAY, Book, forget, residence, resident
from tests.projections.conftest import Open
from tests.projections.node import Node

BORN = date(1980, 8, 17)
OLD = str.maketrans({"u": "oe", "c": "tj", "j": "dj", "y": "j"})
"""How a name was written before 1972."""


def pairs(node: Node, **wanted: str) -> list[tuple[str, str]]:
    rows = node.ask(duplicates.page, name_index.people, **wanted)
    return [(row.one, row.other) for row in rows]


@pytest.fixture
def twice(node: Node, book: Book) -> Node:
    """Sri Wahyuni is registered in Sragen and, in the old spelling, in Keden; Sumini is somebody else."""
    book.write("resident-1", resident(1))
    book.write("resident-2", resident(2, "Sri Wahjoeni", village=KEDEN, home=2))
    book.write("resident-3", resident(3, "Sumini", home=3))
    return node.project()


def test_a_person_who_is_registered_twice_waits_for_an_officer(twice: Node) -> None:
    assert pairs(twice) == [("resident-1", "resident-2")]
    assert pairs(twice, kecamatan="33.14.01") == pairs(twice, kecamatan="33.14.10") == pairs(twice)
    assert pairs(twice, kecamatan="33.14.02") == []
    assert pairs(twice, resident="resident-2") == pairs(twice)
    assert pairs(twice, resident="resident-3") == []


@pytest.mark.parametrize("order", [*permutations((1, 2, 3))])
def test_a_pair_is_found_whoever_comes_first(node: Node, book: Book, order: Iterable[int]) -> None:
    written = {1: "Soeharto", 2: "Suharto", 3: "Suhato"}
    for number in order:
        book.write(f"resident-{number}", resident(number, written[number], home=number))
        node.project()
    assert {*pairs(node)} == {(f"resident-{a}", f"resident-{b}") for a, b in ((1, 2), (1, 3), (2, 3))}


def test_who_was_told_apart_does_not_come_back_even_when_she_changes(twice: Node, book: Book) -> None:
    book.write("pair-1", PairFoundDifferent("resident-1", "resident-2", TODAY, "dewi"))
    change = (Change("name", "Sri Wahyuni", "Sri Wahyuningsih"),)
    book.write("resident-1", ElementsChanged(TODAY, Personal("resident-1", change)))
    twice.project()
    assert pairs(twice) == []


def test_a_void_record_is_nobodys_duplicate(twice: Node, book: Book) -> None:
    book.write("pair-1", PairFoundSame("resident-1", "resident-2", TODAY, "dewi"))
    book.write("resident-2", RecordVoided("duplicate", "resident-1", TODAY))
    book.write("resident-4", resident(4, "Sri Wahyuni", home=4))
    assert pairs(twice.project()) == [("resident-1", "resident-4")]


def test_a_correction_parts_a_pair_and_makes_another(twice: Node, book: Book) -> None:
    for number, name in ((2, "Wagiyem"), (3, "Sri Wahyuni")):
        change = (Change("name", "", name),)
        book.write(f"resident-{number}", ElementsChanged(TODAY, Personal(f"resident-{number}", change)))
    assert pairs(twice.project()) == [("resident-1", "resident-3")]


def test_a_move_changes_only_where_a_pair_is_listed(twice: Node, book: Book) -> None:
    placed = ResidentPlaced("household-9", KEDEN, "1", TODAY, residence(9))
    book.write("resident-1", placed)
    twice.project()
    assert pairs(twice, kecamatan="33.14.10") == []
    assert pairs(twice, kecamatan="33.14.01") == [("resident-1", "resident-2")]


def test_who_is_forgotten_leaves_no_trace(twice: Node, book: Book) -> None:
    forget(book, "resident-1")
    forget(book, "resident-2")
    forget(book, "resident-3")
    twice.project()
    rows = twice.rows(["name_index"])
    assert {name: rows[name] for name in ("duplicate_traces", "duplicate_pairs")} == {
        "duplicate_traces": [],
        "duplicate_pairs": [],
    }


def test_before_she_is_registered_those_who_may_be_she_are_told(twice: Node) -> None:
    def asked(name: str, mother: str = "Sumini") -> list[str]:
        person = traits(name, "2", BORN, "Sragen", mother, "Suparman")
        return [c.resident for c in twice.ask(duplicates.candidates, name_index.people, person)]

    assert asked("Sri Wahyuni") == ["resident-1", "resident-2"]
    assert asked("Sri Wahyuni", mother="Wagiyem") == []
    assert asked("Suparman") == []


def test_of_invented_people_few_are_taken_for_others_and_every_double_is_found(
    node: Node, book: Book
) -> None:
    """A control of both: 600 people, ten of them registered once more with a slip."""
    people = [m for home in generate.households(600, 7, reference(), TODAY) for m in home.members]
    chosen = Random(7).sample(range(len(people)), 10)
    for number, m in enumerate([*people, *(people[i] for i in chosen)], 1):
        slip = number > len(people)
        name = m.name.lower().translate(OLD) if slip else m.name
        known: dict[str, Any] = {"birth_date": m.birth_date, "birth_place": m.birth_place, "sex": m.sex}
        known |= {"mother": m.mother, "father": "" if slip else m.father}
        book.write(f"resident-{number}", resident(number, name, home=number, **known))
    node.project()
    found = {tuple(sorted(int(id_[9:]) - 1 for id_ in pair)) for pair in pairs(node)}
    doubles = {tuple(sorted((i, len(people) + n))) for n, i in enumerate(chosen)}
    assert doubles <= found
    assert len(found - doubles) <= 1


def test_a_crowd_of_one_name_and_day_makes_no_pairs_beyond_its_first(open_node: Open) -> None:
    """Each would be a pair with each. However the facts are cut, the same pairs are left."""
    left = []
    for cut in (1, 7, 1000):
        crowd = Book()
        for number in range(duplicates.CROWD + 20):
            crowd.write(f"resident-{number:03}", resident(1))
        node = open_node(crowd, [name_index.read_model()])
        with node.views.store.writing() as write:
            for at in range(0, crowd.head(), cut):
                node.models[0].apply(crowd.after(at, cut), write)
            left.append(sorted(write.rows(select(duplicates._pairs.c.one, duplicates._pairs.c.other))))
    assert left[0] == left[1] == left[2]
    assert len(left[0]) == duplicates.CROWD * (duplicates.CROWD - 1) / 2
