"""The laws of code lists: a code means what it meant in its vintage."""

from datetime import date

import pytest

from domain.kernel.errors import Malformed
from domain.population.codes import Code, Codes

CODES = Codes(
    [
        Code("religion", "2019", "1", "ISLAM", "F-1.01"),
        Code("occupation", "2010", "88", "WIRASWASTA", "89-list"),
        Code("occupation", "2010", "89", "LAINNYA", "89-list"),
        Code("occupation", "2019", "89", "ANGGOTA LEMBAGA TINGGI LAINNYA", "99-list"),
        Code("occupation", "2019", "99", "LAINNYA", "99-list"),
    ]
)
IN_2010, IN_2018, IN_2026 = date(2010, 6, 7), date(2018, 12, 31), date(2026, 6, 7)


def test_a_code_is_checked_against_the_list_of_the_day() -> None:
    assert CODES.check("occupation", "89", IN_2010) == "2010"
    assert CODES.check("occupation", "89", IN_2018) == "2010"
    assert CODES.check("occupation", "89", IN_2026) == "2019"


def test_occupation_89_changed_its_meaning() -> None:
    assert CODES.name("occupation", "89", "2010") == "LAINNYA"
    assert CODES.name("occupation", "89", "2019") == "ANGGOTA LEMBAGA TINGGI LAINNYA"


@pytest.mark.parametrize(
    ("code", "on"), [("99", IN_2010), ("88", IN_2026), ("100", IN_2026), ("", IN_2026), ("01", IN_2026)]
)
def test_a_code_that_the_list_of_the_day_does_not_have_is_refused(code: str, on: date) -> None:
    with pytest.raises(Malformed) as refusal:
        CODES.check("occupation", code, on)
    assert refusal.value.code == "unknown-code"
    assert refusal.value.parameters["list"] == "occupation"


def test_a_refusal_does_not_repeat_what_stood_in_the_wrong_column() -> None:
    with pytest.raises(Malformed) as refusal:
        CODES.check("religion", "3314101708909001", IN_2026)
    assert "3314101708909001" not in map(str, refusal.value.parameters.values())


def test_before_the_first_known_list_the_first_one_holds() -> None:
    assert CODES.check("religion", "1", IN_2010) == "2019"
    assert CODES.name("religion", "1", "2010") == "ISLAM"


def test_yesterdays_fact_with_a_code_that_no_list_has_still_prints() -> None:
    assert CODES.name("religion", "8", "2019") == "8"


def test_the_choices_of_a_form_are_those_of_the_day() -> None:
    assert [c.code for c in CODES.of("occupation", IN_2010)] == ["88", "89"]
    assert [c.code for c in CODES.of("occupation", IN_2026)] == ["89", "99"]
