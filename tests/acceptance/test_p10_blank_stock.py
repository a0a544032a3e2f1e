"""P10: the blank-stock ledger, suket when stock is out, and the backlog shown and worked off in order."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.acts.people import StandingClock
from tests.api.conftest import asked, opened
from tests.api.program import Program, member

OFFICE = "/blank-stock/DISDUKCAPIL"
BEFORE_PRINTING = ("call", "complete-file", "record-biometrics")


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def client(tmp_path: Path, clock: StandingClock) -> Iterator[TestClient]:
    with opened(tmp_path, clock) as hub, asked(hub) as client:
        yield client


def line(program: Program, movement: str, count: int, **more: str) -> None:
    body = {"movement": movement, "count": count, **more}
    answer = program.post("/blank-stock/movements", body)
    assert answer.status_code == 201, answer.text


def test_p10_blanks_run_out_sukets_are_given_and_the_backlog_is_worked_off_in_order(
    client: TestClient, clock: StandingClock
) -> None:
    program = Program(client)
    people = [member(relation="1" if n == 0 else "11", name=f"Agus {n}") for n in range(6)]
    cases = []
    for resident in program.register(*people)["residents"]:
        clock.time += timedelta(minutes=1)
        cases.append(program.ticket(resident))
        for step in BEFORE_PRINTING:
            program.step(cases[-1], step)
    line(program, "receive", 3, source="KEMENDAGRI", letter="470/1")
    line(program, "spoil", 1, reason="misprint")
    sukets = [program.step(case, "print-card").json()["suket"] for case in cases]
    assert [bool(suket) for suket in sukets] == [False, False, True, True, True, True]
    assert len({*sukets[2:]}) == 4
    clock.time += timedelta(minutes=20)
    now = program.get(OFFICE).json()
    assert (now["left"], [row["case"] for row in now["backlog"]]) == (0, cases[2:])

    line(program, "receive", 2, source="KEMENDAGRI", letter="470/2")
    program.step(cases[3], "withdraw")  # her blank goes to the next
    assert [row["state"] for row in program.get(OFFICE).json()["backlog"]] == ["ready", "ready", "waiting"]
    for case in (cases[2], cases[4]):
        assert program.step(case, "print-card").json()["suket"] is None
        assert program.step(case, "hand-over").status_code == 200
        assert program.get(f"/cases/{case}/clock").json()["figures"]["seconds"]["blank-stock"] == 1200

    line(program, "receive", 5, source="KEMENDAGRI", letter="470/3")
    line(program, "count", 4)
    now = program.get(OFFICE).json()
    moved = now["received"] - now["used"] - now["spoiled"] - now["sent"] + now["difference"]
    assert moved == now["left"] == 4
    assert now["difference"] == -1
    names = [s["event"] for s in program.get("/streams/blanks-DISDUKCAPIL").json()["steps"]]
    assert names[-2:] == ["population.blanks-counted", "population.stock-difference-found"]
