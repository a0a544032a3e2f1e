"""The laws of purposes: a dated list, of which an official states one, and only some open what is protected."""

from datetime import date

import pytest

from adapters.reference import reference
from domain.access.purposes import Purpose, PurposeRow, Purposes
from domain.kernel.errors import Malformed, Rejected
from domain.kernel.values import Period

IN_2021, IN_2026 = date(2021, 6, 7), date(2026, 6, 7)
ALWAYS, SINCE_2022 = Period(None, None), Period(date(2022, 10, 17), None)
PURPOSES = Purposes(
    [
        PurposeRow("service", "pelayanan", "service", stated=True, opens=True, valid=ALWAYS, source="-"),
        PurposeRow(
            "erasure", "penghapusan", "erasure", stated=True, opens=False, valid=SINCE_2022, source="-"
        ),
        PurposeRow("delivery", "kiriman", "delivery", stated=False, opens=False, valid=ALWAYS, source="-"),
    ]
)


def test_an_official_states_a_purpose_of_the_day() -> None:
    assert PURPOSES.stated("erasure", IN_2026) == "erasure"
    assert [row.code for row in PURPOSES.on(IN_2021)] == ["service"]


@pytest.mark.parametrize(
    ("code", "on"), [("erasure", IN_2021), ("delivery", IN_2026), ("curiosity", IN_2026), ("", IN_2026)]
)
def test_a_purpose_of_another_day_of_nobody_or_of_the_hub_is_refused(code: str, on: date) -> None:
    with pytest.raises(Malformed) as refusal:
        PURPOSES.stated(code, on)
    assert refusal.value.code == "unknown-purpose"
    assert code not in refusal.value.parameters.values(), "what was typed may be a NIK"


def test_only_some_purposes_open_what_is_protected() -> None:
    assert PURPOSES.opening("service", IN_2026) == "service"
    with pytest.raises(Rejected) as refusal:
        PURPOSES.opening("erasure", IN_2026)
    assert (refusal.value.code, refusal.value.parameters["known"]) == ("purpose-opens-nothing", ["service"])


def test_whatever_a_route_implies_is_on_the_list_of_the_regency() -> None:
    today = {row.code for row in reference().purposes.on(IN_2026)}
    assert {purpose.value for purpose in Purpose} <= today
    assert today - {purpose.value for purpose in Purpose} == {"statistics", "legal-process"}
