"""Whose turn it is at a series: one after the other, and nobody waits for ever."""

from threading import Event, Thread

from api.acts.turns import Turns

LONG = 20.0


def test_the_second_at_a_series_comes_when_the_first_has_done() -> None:
    turns, order, asked = Turns(), list[str](), Event()

    def second() -> None:
        asked.set()
        with turns.at("series-1"):
            order.append("second")

    thread = Thread(target=second)
    with turns.at("series-1"):
        thread.start()
        assert asked.wait(LONG)
        order.append("first")
    thread.join(LONG)
    assert order == ["first", "second"]


def test_another_series_is_free() -> None:
    turns, came = Turns(), Event()

    def elsewhere() -> None:
        with turns.at("series-2"):
            came.set()

    with turns.at("series-1"):
        thread = Thread(target=elsewhere)
        thread.start()
        assert came.wait(LONG)
    thread.join(LONG)


def test_who_waits_too_long_goes_on_and_takes_nobodys_turn() -> None:
    turns, came = Turns(patience=0.01), Event()

    def impatient() -> None:
        with turns.at("series-1"):
            came.set()

    with turns.at("series-1"):
        thread = Thread(target=impatient)
        thread.start()
        assert came.wait(LONG)
        thread.join(LONG)
    assert turns.busy == 0
    with turns.at("series-1"):
        assert turns.busy == 1
