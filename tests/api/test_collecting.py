"""How often Python looks for cycles is a setting of the process: it must be left as it was found."""

import gc

import pytest

from api.acts.collecting import COLLECT_AFTER, seldom_collected


def test_python_seldom_looks_for_cycles_meanwhile_and_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with seldom_collected():
        assert gc.get_threshold() == (COLLECT_AFTER, *before[1:])
    assert gc.get_threshold() == before


def test_two_that_overlap_leave_the_setting_of_before_in_whatever_order_they_end() -> None:
    before = gc.get_threshold()
    first, second = seldom_collected(), seldom_collected()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] == COLLECT_AFTER, "the second still works"
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


def test_a_failure_restores_the_setting_too() -> None:
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom_collected():
        raise ZeroDivisionError
    assert gc.get_threshold() == before
