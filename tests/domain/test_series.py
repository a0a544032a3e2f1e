"""The laws of a series, command by command; its laws over many commands stand in ``test_kernel_series``."""

from domain.kernel.series import NumberSkipped, NumberTaken, SkipNumber, TakeNumber
from domain.kernel.series import series_decider as series
from tests.domain.spec import spec

TAKE = TakeNumber("sri", 2, "nik-series-full")
SKIP = SkipNumber("held")


def test_a_series_begins_at_one() -> None:
    assert spec(series).when(TAKE).then(NumberTaken(1, "sri")).state.last == 1
    assert spec(series).when(SKIP).then(NumberSkipped(1, "held")).state.last == 1


def test_the_last_number_of_a_series_is_given_and_none_after_it() -> None:
    spec(series).given(NumberTaken(1, "budi")).when(TAKE).then(NumberTaken(2, "sri"))
    full = spec(series).given(NumberTaken(1, "budi"), NumberSkipped(2, "held"))
    full.when(TAKE).rejected("nik-series-full", limit=2)


def test_a_full_series_is_told_by_the_code_of_its_own_kind() -> None:
    spec(series).when(TakeNumber("case-1", 0, "ticket-series-full")).rejected("ticket-series-full", limit=0)


def test_a_number_of_a_series_claims_nothing_by_itself() -> None:
    spec(series).when(TAKE).claims()
