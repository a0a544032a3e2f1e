"""P7: complete file to document; the share under five minutes per office and day; excluded waits by cause."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.acts.people import StandingClock
from tests.api.conftest import asked, opened
from tests.api.program import Program, member

CAUSES = ("applicant", "central-system")


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def client(tmp_path: Path, clock: StandingClock) -> Iterator[TestClient]:
    with opened(tmp_path, clock) as hub, asked(hub) as client:
        yield client


def visit(program: Program, resident: str, clock: StandingClock, chance: Random) -> str:
    """A visit that takes as long as it takes, and waits for whom it waits."""

    def passes(seconds: int) -> None:
        clock.time += timedelta(seconds=seconds)

    case = program.ticket(resident)
    for step in ("call", "complete-file", "record-biometrics", "print-card", "hand-over"):
        passes(chance.randint(1, 160))
        if step != "call" and chance.random() < 0.4:
            wait = {"step": "start-wait", "cause": chance.choice(CAUSES)}
            assert program.post(f"/cases/{case}/steps", wait).status_code == 200
            passes(chance.randint(1, 900))
            assert program.step(case, "end-wait").status_code == 200
            passes(chance.randint(1, 60))
        assert program.step(case, step).status_code == 200
    return case


def by_hand(steps: list[dict[str, Any]]) -> dict[str, float]:
    """Whose seconds they were, from the history of a case and with other arithmetic than ours."""
    spent: defaultdict[str, float] = defaultdict(float)
    whose: str = "office"
    since: datetime | None = None
    for step in steps:
        at = datetime.fromisoformat(step["recorded_at"])
        if since:
            spent[whose] += (at - since).total_seconds()
        since = at if since or step["event"].endswith("file-completed") else None
        whose = step["data"]["cause"] if step["event"].endswith("wait-started") else whose
        whose = "office" if step["event"].endswith("wait-ended") else whose
    return spent


def test_p7_the_share_under_five_minutes_follows_from_the_facts_of_each_case(
    client: TestClient, clock: StandingClock
) -> None:
    chance, shown = Random(7), defaultdict[str, list[dict[str, float]]](list)
    members = [member(relation="1" if n == 0 else "11", name=f"Agus {n}") for n in range(12)]
    first = Program(client)
    residents = first.register(*members)["residents"]
    for resident in residents:
        program = first.as_(chance.choice(("dewi", "ratna")))
        case = visit(program, resident, clock, chance)
        office = program.get(f"/cases/{case}").json()["office"]
        shown[office].append(by_hand(program.get(f"/streams/{case}").json()["steps"]))
    told = first.get("/five-minutes").json()
    assert told["served"] == len(residents)
    assert 0 < told["within"] < told["served"], "some kept the promise and some did not"
    for row in told["days"]:
        cases = shown[row["office"]]
        assert (row["served"], row["within"]) == (len(cases), sum(c["office"] <= 300 for c in cases))
        for cause in ("office", *CAUSES):
            assert row["causes"][cause]["seconds"] == sum(case[cause] for case in cases)
