"""It was committed and the answer was lost on the way: the hub does not guess, and the repeat is told by the ledger."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.ledger.ledger import Ledger
from adapters.ledger.postgres_append import LARGE
from domain.kernel.errors import StoreUnavailable
from domain.kernel.events import Receipt
from tests.acts.people import command
from tests.adapters.ledger.shelf import ADDRESS, LONG, label, labels, only_postgres, opened, put, raw, where
from tests.adapters.ledger.wire import Wire
from tests.adapters.ledger.writing import submission

pytestmark = only_postgres


@pytest.fixture
def wire(home: Path) -> Iterator[Wire]:
    with closing(Wire(str(where(home)))) as wire:
        yield wire


@pytest.fixture
def ledger(home: Path, wire: Wire) -> Iterator[Ledger]:
    """A ledger at the end of the wire; ``home`` stays the way past it."""
    far = home / "far"
    far.mkdir()
    (far / ADDRESS).write_text(wire.address)
    with closing(opened(far)) as ledger:
        yield ledger


def facts(home: Path) -> int:
    with raw(home) as database:
        (count,) = database.execute("SELECT count(*) FROM log").fetchone()
    return int(count)


def unknown(refused: "pytest.ExceptionInfo[StoreUnavailable]", wire: Wire) -> bool:
    return wire.lost.wait(LONG) and refused.value.code == "store-outcome-unknown"


def test_an_act_whose_answer_was_lost_is_told_by_its_repeat(home: Path, ledger: Ledger, wire: Wire) -> None:
    assert not put(ledger, label("box-1", "a")).repeated, "the control: the wire carries"
    wire.lose_the_answer_to(command("b").bytes)
    with pytest.raises(StoreUnavailable) as refused:
        put(ledger, label("box-1", "b"), name="b")
    assert unknown(refused, wire)
    assert facts(home) == 2, "it is there"
    assert put(ledger, label("box-1", "b"), name="b") == Receipt(2, 2, repeated=True)
    assert labels(ledger, "box-1") == ("a", "b")
    assert put(ledger, label("box-1", "c")).first == 3


def test_a_file_whose_answer_was_lost_is_told_by_its_repeat(home: Path, ledger: Ledger, wire: Wire) -> None:
    """So large that it goes in by COPY: it is the answer to COMMIT that is lost."""
    many = [submission(f"line-{n}") for n in range(LARGE)]
    wire.lose_the_answer_to(b"COMMIT")
    with pytest.raises(StoreUnavailable) as refused:
        ledger.execute_many(many)
    assert unknown(refused, wire)
    assert facts(home) == 2 * LARGE
    again = ledger.execute_many(many)
    assert again == [Receipt(2 * n + 1, 2 * n + 2, repeated=True) for n in range(LARGE)]
    assert facts(home) == 2 * LARGE, "nothing is there twice"
