"""A compiled question finds what its statement finds, in the same types."""

from datetime import date

from sqlalchemy import bindparam, select

from adapters.reference import reference
from projections import residents
from projections.question import Question
from tests.projections.book import Book, resident
from tests.projections.node import Node

TABLE = residents.read_model(reference().regions).tables[0]
STATEMENT = select(TABLE).where(TABLE.c.resident == bindparam("id"))


def test_a_question_finds_what_its_statement_finds(node: Node, book: Book) -> None:
    for n in (1, 2, 3):
        book.write(f"resident-{n}", resident(n))
    node.project()
    with node.views.now() as view:
        for n in (1, 2, 3):
            (found,) = Question(STATEMENT).ask(view.connection, id=f"resident-{n}")
            assert tuple(found) == tuple(view.connection.execute(STATEMENT, {"id": f"resident-{n}"}).one())
            row = dict(zip(TABLE.columns.keys(), found, strict=True))
            assert (type(row["registered_on"]), type(row["synthetic"]), row["kia_on"]) == (date, bool, None)


def test_a_question_that_finds_nothing_answers_with_nothing(node: Node) -> None:
    with node.views.now() as view:
        assert Question(STATEMENT).ask(view.connection, id="resident-none") == []
