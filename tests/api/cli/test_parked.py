"""``simpul projections``: what is parked is listed, tried again, and said in the exit code."""

from pathlib import Path

import pytest

from api.acts.population import register_household
from api.settings import Settings
from api.wiring import open_hub
from projections.parking import parked
from tests.acts.people import REGISTRAR, StandingClock, command, household
from tests.api.cli.conftest import Simpul

CAUSE = "KeyError at 3 (population.resident-registered)"


@pytest.fixture
def resident(data: Path) -> str:
    """A resident whose registration is parked, as if the handler of the day had failed on it."""
    with open_hub(Settings(data=data, synthetic=True), StandingClock()) as hub:
        made = register_household(hub.desk, household(), by=REGISTRAR, command_id=command("sri"))
        (resident,) = made.residents
        (fact,) = hub.ledger.stream(resident)
        with hub.views.store.writing() as write:
            write.many(parked.insert(), [("residents", resident, fact.position, fact.header.event, CAUSE)])
    return resident


def test_what_is_parked_is_listed_with_its_cause(simpul: Simpul, data: Path, resident: str) -> None:
    (fact,) = simpul("projections", "parked", "--data", data, "--json").json()
    assert (fact["model"], fact["stream"], fact["cause"]) == ("residents", resident, CAUSE)
    assert simpul("projections", "parked", "ktp_queue", "--data", data, "--json").json() == []
    table = simpul("projections", "parked", "residents", "--data", data).out
    assert "KeyError" in table
    listed = simpul("projections", "list", "--data", data, "--json").json()
    assert {m["name"]: m["parked"] for m in listed if m["parked"]} == {"residents": 1}


def test_a_retry_takes_in_what_can_be_taken_in(simpul: Simpul, data: Path, resident: str) -> None:
    ran = simpul("projections", "retry", "residents", "--data", data)
    assert (ran.code, "1 streams released, 0 still parked" in ran.err) == (0, True)
    assert simpul("projections", "parked", "--data", data, "--json").json() == []
    again = simpul("projections", "retry", "residents", "--data", data)
    assert "0 streams released" in again.err


def test_an_unknown_read_model_is_named(simpul: Simpul, data: Path, resident: str) -> None:
    for words in (("parked", "ships"), ("retry", "ships")):
        ran = simpul("projections", *words, "--data", data)
        assert (ran.code, "unknown-projection" in ran.err) == (1, True)


def test_a_history_as_it_held_on_a_day(simpul: Simpul, data: Path, resident: str) -> None:
    (step,) = simpul("history", resident, "--data", data, "--json").json()
    day = step["valid_on"]
    assert len(simpul("history", resident, "--valid", day, "--data", data, "--json").json()) == 1
    assert simpul("history", resident, "--valid", "1999-12-31", "--data", data).code == 1
