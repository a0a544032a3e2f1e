"""The laws of a delivery: a ministry acknowledges entry after entry, without a gap and without a repeat."""

import pytest

from domain.exchange.delivery import Acknowledge, DeliveryAcknowledged, stream
from domain.exchange.delivery import delivery_decider as delivery
from tests.domain.spec import spec


def acknowledge(first: int, last: int) -> Acknowledge:
    return Acknowledge("kemendag", first, last, "R-1", "ab" * 32)


def acknowledged(first: int, last: int) -> DeliveryAcknowledged:
    return DeliveryAcknowledged("kemendag", first, last, "R-1", "ab" * 32)


def test_before_the_first_acknowledgement_nothing_is_delivered() -> None:
    assert spec(delivery).state.delivered == 0


def test_the_first_acknowledgement_begins_with_entry_one() -> None:
    assert spec(delivery).when(acknowledge(1, 40)).then(acknowledged(1, 40)).state.delivered == 40


def test_the_next_acknowledgement_begins_where_the_last_ended() -> None:
    told = spec(delivery).given(acknowledged(1, 40))
    assert told.when(acknowledge(41, 41)).then(acknowledged(41, 41)).state.delivered == 41


@pytest.mark.parametrize(("first", "last"), [(0, 3), (2, 2), (2, 5), (1, 0), (-1, -1)])
def test_a_first_acknowledgement_neither_skips_nor_runs_backwards(first: int, last: int) -> None:
    spec(delivery).when(acknowledge(first, last)).rejected("delivery-out-of-order", delivered=0, first=first)


@pytest.mark.parametrize(("first", "last"), [(1, 40), (40, 41), (42, 50), (41, 40)])
def test_no_later_acknowledgement_repeats_skips_or_is_empty(first: int, last: int) -> None:
    told = spec(delivery).given(acknowledged(1, 40))
    told.when(acknowledge(first, last)).rejected("delivery-out-of-order", delivered=40, first=first)


def test_a_delivery_claims_nothing() -> None:
    spec(delivery).when(acknowledge(1, 1)).claims()


def test_each_destination_has_its_own_stream() -> None:
    assert {stream(name) for name in ("kemendag", "kemendagri")} == {
        "delivery-kemendag",
        "delivery-kemendagri",
    }
