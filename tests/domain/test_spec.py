"""Control of the template: a wrong expectation fails, whichever way it is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pytest

from domain.kernel.decider import Claim, Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import Personal
from tests.domain.spec import Outcome, forgotten, spec


@dataclass(frozen=True)
class Opened:
    on: date
    name: Personal[str]


DAY = date(2010, 6, 7)
OPENED = Opened(DAY, Personal("sri", "Sri"))


def decide(is_open: bool, command: str) -> Sequence[Opened]:
    if is_open:
        raise Rejected("already-open", by="sri")
    return [OPENED] if command == "open" else []


def claims(event: Opened) -> Sequence[Claim]:
    return (Claim("name", event.name.value or ""),)


def shouted(_: str, event: Opened) -> str:
    return event.name.value.upper()  # type: ignore[union-attr]


door = spec(Decider(initial=False, decide=decide, evolve=lambda _, __: True, claims=claims))
Expectation = Callable[[Outcome[str, Opened, bool], Outcome[str, Opened, bool]], object]


def test_what_is_as_expected_passes() -> None:
    assert door.when("open").then(OPENED).claims(Claim("name", "Sri")).state
    assert not door.when("knock").then().claims().state
    door.given(OPENED).when("open").rejected("already-open", by="sri")


@pytest.mark.parametrize(
    "expectation",
    [
        lambda opened, _: opened.then(),
        lambda opened, _: opened.then(OPENED, OPENED),
        lambda opened, _: opened.then(Opened(date(2010, 6, 8), OPENED.name)),
        lambda opened, _: opened.rejected("already-open", by="sri"),
        lambda opened, _: opened.claims(),
        lambda opened, _: opened.claims(Claim("name", "Sri", secret=True)),
        lambda _, refused: refused.then(),
        lambda _, refused: refused.then(OPENED),
        lambda _, refused: refused.state,
        lambda _, refused: refused.rejected("already-shut", by="sri"),
        lambda _, refused: refused.rejected("already-open"),
        lambda _, refused: refused.rejected("already-open", by="budi"),
    ],
    ids=range(12),
)
def test_a_wrong_expectation_fails(expectation: Expectation) -> None:
    with pytest.raises(AssertionError):
        expectation(door.when("open"), door.given(OPENED).when("open"))


def test_an_evolve_that_cannot_bear_forgetting_fails() -> None:
    shout: Decider[str, Opened, str] = Decider("", lambda _, __: [OPENED], shouted)
    assert spec(shout).when("open").state == "SRI"
    with pytest.raises(AttributeError):
        spec(shout).when("open").then(OPENED)


def test_forgetting_takes_the_value_and_keeps_the_subject() -> None:
    assert forgotten(OPENED) == Opened(DAY, Personal("sri", None))
    assert forgotten("no dataclass") == "no dataclass"
