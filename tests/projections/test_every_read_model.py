"""What every read model must keep, whatever it shows."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from domain.kernel.series import NumberSkipped, NumberTaken
from projections.parking import apply
from projections.readmodel import ReadModel
from projections.views import Views
from tests.projections.book import Book, story
from tests.projections.conftest import Open
from tests.projections.node import Node, all_models, rows

MODELS = [model.name for model in all_models(Book())]


def applied(views: Views, model: ReadModel, book: Book, cuts: Sequence[int]) -> None:
    """The whole book, in batches that end at ``cuts``."""
    for after, upto in pairwise(cuts):
        with views.store.writing() as write:
            apply(model, book.after(after, upto - after), write)


@pytest.mark.parametrize("name", MODELS)
def test_rows_do_not_depend_on_how_facts_are_cut_into_batches(name: str, open_node: Open) -> None:
    book = story(Book())
    whole, single, uneven = (open_node(book) for _ in range(3))
    (model,) = (m for m in whole.models if m.name == name)
    applied(whole.views, model, book, [0, book.head()])
    applied(single.views, model, book, range(book.head() + 1))
    applied(uneven.views, model, book, [0, 3, 7, 8, 20, book.head()])
    assert single.rows([name]) == uneven.rows([name]) == whole.rows([name])
    assert any(whole.rows([name]).values()), "the story has something for every read model"


@pytest.mark.parametrize("name", MODELS)
def test_a_fact_of_no_concern_changes_nothing(name: str, node: Node, book: Book) -> None:
    story(book)
    node.project()
    before = node.rows([name])
    book.write("series-x", NumberTaken(1, "resident-1"), NumberSkipped(2, "outside"))
    node.project()
    assert node.rows([name]) == before
    assert node.status(name) == ("running", book.head(), None)


@pytest.mark.parametrize("name", MODELS)
def test_a_rebuild_shows_what_was_shown(name: str, sragen: Node) -> None:
    before = sragen.rows()
    sragen.views.rebuild([name])
    assert sragen.rows() == before


def test_every_past_is_what_was_shown_then(node: Node, book: Book) -> None:
    source = story(Book())
    shown = {0: node.rows()}
    for fact in source.after(0, source.head()):
        book.write(fact.header.stream, fact.event)
        shown[fact.position] = node.project().rows()
    for position, then in shown.items():
        with node.views.at(position) as view:
            assert view.position == position
            assert rows(view, node.models) == then, position
    assert len({repr(then) for then in shown.values()}) > book.head() / 2, "the screens did change"
