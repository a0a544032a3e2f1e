"""What cannot stand in a ledger is refused before the append, in a word: a record too large, a name out of shape."""

import pytest

from adapters.ledger.ledger import Ledger
from adapters.ledger.mapper import LARGEST
from domain.kernel.decider import act
from domain.kernel.errors import Malformed, Rejected
from domain.kernel.ports import Loaded
from tests.adapters.ledger.shelf import BOX, Box, Give, label, labels, put


def room(ledger: Ledger) -> int:
    """The longest label that fits into a record of its own."""
    put(ledger, label("box-0", ""))
    return LARGEST - len(ledger.recorder.after(0, 1)[0].record)


def test_a_record_is_as_large_as_an_entry_of_a_published_log_can_be(ledger: Ledger) -> None:
    fits = room(ledger)
    put(ledger, label("box-1", "x" * fits))
    assert len(ledger.recorder.after(1, 1)[0].record) == LARGEST
    with pytest.raises(Rejected) as refused:
        put(ledger, label("box-2", "small"), label("box-2", "x" * (fits + 1)))
    assert refused.value.code == "record-too-large"
    assert refused.value.parameters == {"size": LARGEST + 1, "limit": LARGEST}
    assert (ledger.head(), labels(ledger, "box-2"), ledger.holder("label", "small")) == (2, (), None)
    put(ledger, label("box-2", "small"), name="the same box goes on")


def test_a_sealed_record_counts_as_it_is_stored(ledger: Ledger) -> None:
    with pytest.raises(Rejected) as refused:
        put(ledger, act(BOX, "box-1", Give("sri", "S" * LARGEST)))
    assert refused.value.code == "record-too-large"
    assert ledger.readable(["sri"]) == [], "she has no key yet"
    assert put(ledger, act(BOX, "box-1", Give("sri", "Sri Wahyuni"))).first == 1


def test_a_repeat_of_what_was_too_large_is_too_large_again(ledger: Ledger) -> None:
    for _ in range(2):
        with pytest.raises(Rejected, match="record-too-large"):
            put(ledger, label("box-1", "x" * LARGEST))


NAMES = ("", " ", "-box", "box 1", "box/1", "box\n", "b\0x", "kotak-é", "b" * 201)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_out_of_shape_is_refused_and_has_no_facts(ledger: Ledger, name: str) -> None:
    with pytest.raises(Malformed) as refused:
        put(ledger, label("box-1", "a"), label(name, "b"))
    assert (refused.value.code, refused.value.act) == ("malformed-stream", 1)
    assert (ledger.head(), ledger.holder("label", "a")) == (0, None)
    assert (ledger.stream(name), ledger.load(BOX, name)) == ([], Loaded(Box(), 0))


@pytest.mark.parametrize("name", ["b", "9", "permits-SIUP-KECIL-KEC-10-2010", "a.b_c:d", "b" * 200])
def test_a_name_in_shape_is_taken(ledger: Ledger, name: str) -> None:
    put(ledger, label(name, "a"))
    assert labels(ledger, name) == ("a",)
