"""Lists over REST as of two times: what held on a day, as known at a moment."""

from datetime import timedelta

import pytest

from api.acts.desk import JAKARTA
from tests.acts.people import SRAGEN_TENGAH, StandingClock
from tests.api.program import Program, member, problem

LIST = f"/residents?village={SRAGEN_TENGAH}"
DAY = timedelta(days=1)


def names(program: Program, query: str) -> list[str]:
    return [row["name"] for row in program.get(f"{LIST}&{query}").json()["items"]]


@pytest.fixture
def late(program: Program, clock: StandingClock) -> dict[str, str]:
    """Ani was registered in time; Budi, of the same day, only two days later. Their day, and that evening."""
    day = clock.now().astimezone(JAKARTA).date()
    program.register(member(name="Ani"))
    evening = (clock.now() + timedelta(hours=8)).isoformat()
    clock.time += 2 * DAY
    program.register(member(name="Budi"), registered=day.isoformat())
    return {"day": day.isoformat(), "evening": evening.replace("+", "%2B")}


def test_what_is_reported_late_is_in_the_list_of_its_day_as_known_now(
    program: Program, late: dict[str, str]
) -> None:
    assert names(program, f"valid={late['day']}") == ["Ani", "Budi"]
    assert names(program, f"valid={late['day']}&known={late['evening']}") == ["Ani"]
    assert names(program, f"known={late['evening']}") == ["Ani"]
    assert names(program, "valid=2000-01-01") == []
    assert names(program, "") == ["Ani", "Budi"]


def test_pages_of_a_past_list_stay_in_the_past(program: Program, late: dict[str, str]) -> None:
    query = f"valid={late['day']}&known={late['evening']}&limit=1"
    page = program.get(f"{LIST}&{query}").json()
    assert [row["name"] for row in page["items"]] == ["Ani"]
    assert program.get(page["next"].removeprefix("/api/v1")).json()["items"] == []


def test_a_record_is_asked_in_the_same_way(program: Program, late: dict[str, str]) -> None:
    budi = program.get(LIST).json()["items"][1]["resident"]
    assert program.get(f"/residents/{budi}?valid={late['day']}").json()["name"] == "Budi"
    answer = program.get(f"/residents/{budi}?valid={late['day']}&known={late['evening']}")
    problem(answer, 404, "unknown-resident")


def test_the_card_is_told_as_of_the_day(program: Program, clock: StandingClock) -> None:
    today = clock.now().astimezone(JAKARTA).date()
    born = today.replace(year=today.year - 17)
    child = member(name="Citra", birth_date=born.isoformat(), marital="1")
    program.register(child, registered=(today - DAY).isoformat())

    def card(query: str) -> str:
        return str(program.get(f"{LIST}&{query}").json()["items"][0]["ktp"])

    assert (card(""), card(f"valid={today - DAY}")) == ("BELUM REKAM", "BELUM WAJIB")


def test_the_queue_of_a_day_is_who_still_waited_in_the_evening(
    program: Program, clock: StandingClock
) -> None:
    case = program.ticket(program.resident())
    day = clock.now().astimezone(JAKARTA).date()
    clock.time += DAY
    assert program.step(case, "call").status_code == 200
    then = program.get(f"/cases?valid={day}").json()
    assert (then["on"], [row["step"] for row in then["items"]]) == (day.isoformat(), ["ticket-taken"])
    assert [row["step"] for row in program.get(f"/cases?on={day}").json()["items"]] == ["called"]


def test_applications_of_a_day_stand_where_they_stood(program: Program, clock: StandingClock) -> None:
    office = program.as_("yuni")
    resident = program.resident()
    day = clock.now().astimezone(JAKARTA).date()
    application = office.filed(resident)
    clock.time += DAY
    needed = office.get("/catalogue/SIUP-KECIL").json()["requirements"]
    verified = office.post(f"/applications/{application}/verification", {"documents": needed})
    assert verified.status_code == 200
    asked = {day - DAY: [], day: ["submitted"], day + DAY: ["complete"]}
    for on, statuses in asked.items():
        items = office.get(f"/applications?valid={on}").json()["items"]
        assert [row["status"] for row in items] == statuses


def test_a_time_that_cannot_be_read_is_told(program: Program) -> None:
    problem(program.get("/residents?valid=yesterday"), 422, "query-wrong-shape")
    problem(program.get("/residents?known=noon"), 422, "query-wrong-shape")


def test_nobody_without_a_token_has_a_past_computed(program: Program) -> None:
    application = program.as_("yuni").filed(program.resident())
    code = program.get(f"/applications/{application}").json()["tracking"]
    answer = program.client.get(f"/api/v1/tracking/{code}?position=0&valid=2000-01-01")
    assert answer.json()["status"] == "submitted"
