"""``history``, ``projections`` and ``generate``: what a store tells, and what is invented for it."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.acts.desk import JAKARTA
from api.acts.population import NewTicket, NextStep, register_household, serve, take_ticket
from api.settings import Settings
from api.wiring import open_hub
from tests.acts.people import REGISTRAR, StandingClock, command
from tests.acts.people import household as new_household
from tests.api.cli.conftest import OF_READINGS, Simpul

FACTS = 8
"""Household, KK number, resident, ticket number, ticket, KTP requested, called, file complete."""
HOUR = timedelta(hours=1)
READ_MODELS = {
    "residents",
    "ktp_queue",
    "blank_stock",
    "where_is_my_permit",
    "deliveries",
    "erasures",
    "papers",
    "name_index",
    "corrections",
    "filings",
    "differences",
    "feed_kemendagri",
    "feed_kemendag",
}


@pytest.fixture
def case(data: Path) -> str:
    """Ticket at noon, called at one o'clock, file complete at two, Jakarta time."""
    clock = StandingClock()
    with open_hub(Settings(data=data, synthetic=True), clock) as hub:
        made = register_household(hub.desk, new_household(), by=REGISTRAR, command_id=command("sri"))
        new = NewTicket("KTP", made.residents[0])
        case = take_ticket(hub.desk, new, by=REGISTRAR, command_id=command("ticket")).case
        for step in (NextStep("call", counter="1"), NextStep("complete-file")):
            clock.time += HOUR
            serve(hub.desk, case, step, by=REGISTRAR, command_id=command(step.step))
    return case


def events(steps: list[dict[str, Any]]) -> list[str]:
    return [step["event"].removeprefix("population.") for step in steps]


def test_a_history_is_every_event_and_the_state_after_it(simpul: Simpul, data: Path, case: str) -> None:
    ran = simpul("history", case, "--data", data, "--json")
    steps = ran.json()
    assert events(steps) == ["ticket-taken", "called", "file-completed"]
    assert [step["version"] for step in steps] == [1, 2, 3]
    assert [step["state"]["step"] for step in steps] == ["ticket-taken", "called", "file-completed"]
    assert {(step["actor"], step["office"]) for step in steps} == {("dewi", "DISDUKCAPIL")}


@pytest.mark.parametrize(
    ("at", "known"),
    [("2026-11-24T12:30", 1), ("2026-11-24 13:00:00", 2), ("2026-11-24T13:59:59", 2), ("2026-11-25", 3)],
)
def test_a_history_is_told_as_known_at_a_time(
    simpul: Simpul, data: Path, case: str, at: str, known: int
) -> None:
    """Without an offset a time is Jakarta's."""
    assert len(simpul("history", case, "--data", data, "--json", "--at", at).json()) == known


def test_the_local_time_of_the_machine_does_not_matter(simpul: Simpul, data: Path, case: str) -> None:
    one = datetime(2026, 11, 24, 13, 0, tzinfo=JAKARTA)
    steps = simpul("history", case, "--data", data, "--json", "--at", "2026-11-24T13:00").json()
    assert datetime.fromisoformat(steps[-1]["recorded_at"]) == one


def test_a_history_for_people_shows_jakarta_time(simpul: Simpul, data: Path, case: str) -> None:
    out = simpul("history", case, "--data", data).out
    assert "2 population.called  2026-11-24 13:00:00  DISDUKCAPIL/dewi" in out
    assert out.count("state after") == 3


@pytest.mark.parametrize("at", [[], ["--at", "2026-11-24T11:59"]], ids=["never", "not yet"])
def test_a_record_that_is_not_known_is_an_error(simpul: Simpul, data: Path, case: str, at: list[str]) -> None:
    ran = simpul("history", case if at else "resident-nobody", "--data", data, *at)
    assert (ran.code, ran.out) == (1, "")
    assert "unknown-stream" in ran.err


def test_read_models_are_listed_with_their_lag(simpul: Simpul, data: Path, case: str) -> None:
    models = simpul("projections", "list", "--data", data, "--json").json()
    assert {model["name"] for model in models} == READ_MODELS | OF_READINGS
    of_registry = [model for model in models if model["name"] in READ_MODELS]
    assert {(m["position"], m["lag"]) for m in of_registry} == {(0, FACTS)}, "nobody has projected yet"
    table = simpul("projections", "list", "--data", data)
    assert table.code == 0
    assert all(name in table.out for name in READ_MODELS | OF_READINGS)


def test_a_rebuild_brings_read_models_up_to_date(simpul: Simpul, data: Path, case: str) -> None:
    ran = simpul("projections", "rebuild", "residents", "--data", data)
    assert ran.code == 0
    assert "rebuilt residents" in ran.err
    lag = {m["name"]: m["lag"] for m in simpul("projections", "list", "--data", data, "--json").json()}
    assert lag.pop("residents") == 0
    assert {lag.pop(name) for name in OF_READINGS} == {0}, "nobody has looked at anybody"
    assert set(lag.values()) == {FACTS}, "the others were not touched"
    assert simpul("projections", "rebuild", "--data", data).code == 0
    models = simpul("projections", "list", "--data", data, "--json").json()
    assert {model["lag"] for model in models} == {0}


def test_a_read_model_that_is_not_there_is_not_rebuilt(simpul: Simpul, data: Path, case: str) -> None:
    assert case
    ran = simpul("projections", "rebuild", "nonsense", "--data", data)
    assert ran.code == 1
    assert "There is no read model nonsense." in ran.err


def test_a_rebuild_is_no_new_fact(simpul: Simpul, data: Path, case: str) -> None:
    def ledger() -> list[tuple[Any, ...]]:
        with sqlite3.connect(data / "ledger.db") as db:
            rows = db.execute("SELECT * FROM log").fetchall()
        db.close()
        return rows

    before = ledger()
    simpul("projections", "rebuild", "--data", data)
    assert before
    assert ledger() == before


def generated(simpul: Simpul, file: Path, *options: object) -> bytes:
    assert simpul("generate", "--residents", 60, "--out", file, *options).code == 0
    return file.read_bytes()


def test_the_same_seed_on_the_same_day_invents_the_same_people(simpul: Simpul, tmp_path: Path) -> None:
    file, day = tmp_path / "people", ("--on", "2026-11-24")
    first = generated(simpul, file, "--seed", 1, *day)
    assert generated(simpul, file, "--seed", 1, *day) == first
    assert generated(simpul, file, "--seed", 2, *day) != first
    assert generated(simpul, file, "--seed", 1, "--on", "2025-11-24") != first


def test_exactly_as_many_residents_are_invented_as_asked(simpul: Simpul, tmp_path: Path) -> None:
    assert generated(simpul, tmp_path / "people").count(b'"nik":') == 60


def test_without_a_file_people_go_to_standard_output(simpul: Simpul, tmp_path: Path) -> None:
    day = ("--on", "2026-11-24")
    ran = simpul("generate", "--residents", 60, *day)
    assert ran.out.encode() == generated(simpul, tmp_path / "people", *day)
    assert ran.err == "", "a bar is for terminals"


@pytest.mark.parametrize(
    "words", [("history", "resident-1"), ("projections", "list"), ("projections", "rebuild")]
)
def test_a_mistyped_folder_is_told_and_not_made(
    simpul: Simpul, tmp_path: Path, words: tuple[str, ...]
) -> None:
    folder = tmp_path / "mistyped"
    ran = simpul(*words, "--data", str(folder))
    assert ran.code == 1
    assert "unknown-store" in ran.err
    assert not folder.exists()
