"""Figures over REST: by day and as known, in JSON and in CSV, of the regency or a part of it."""

import csv
from collections import Counter
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from adapters.reference import reference
from api.acts.desk import JAKARTA
from api.figures import Lists
from api.rest.models import Mobility, Semester
from projections.semester import Figure
from tests.acts.people import SRAGEN_TENGAH, StandingClock
from tests.api.program import PREFIX, Program, household, member, problem

KEDEN = "33.14.01.2001"
DAY = timedelta(days=1)
Rows = Counter[tuple[str, str, str, str]]


def rows(program: Program, query: str = "") -> Rows:
    answer = program.get(f"/statistics/semester{query}")
    assert answer.status_code == 200, answer.text
    assert Semester.model_validate_json(answer.text).model_dump(mode="json") == answer.json()
    keys = ("village", "dimension", "category", "sex")
    return Counter({tuple(row[key] for key in keys): row["count"] for row in answer.json()["rows"]})


def of(found: Rows, dimension: str) -> dict[str, int]:
    """By category, of both sexes and all villages."""
    told: Counter[str] = Counter()
    for (_, of, category, _), count in found.items():
        told[category] += count if of == dimension else 0
    return {category: count for category, count in told.items() if count}


def test_residents_are_told_by_village_dimension_category_and_sex(program: Program) -> None:
    program.register(member(), member(relation="4", sex="1", name="Budi", birth_date="2015-01-02"))
    found = rows(program)
    assert found[SRAGEN_TENGAH, "religion", "1", "2"] == 1
    assert of(found, "age") == {"10-14": 1, "35-39": 1}
    assert of(found, "household-head") == {"all": 1}
    assert of(found, "ktp") == {"BELUM WAJIB": 1, "BELUM REKAM": 1}
    assert of(found, "kia") == {"missing": 1, "not-a-child": 1}
    answer = program.get("/statistics/semester").json()
    words = {row["name"] for row in answer["rows"] if row["dimension"] == "religion"}
    assert (answer["position"], words) == (program.get("/projections").json()[0]["position"], {"ISLAM"})


def test_a_figure_of_a_past_semester_is_known_then_and_known_now(
    program: Program, clock: StandingClock
) -> None:
    """Budi was there all the time, as was said two days later."""
    day = clock.now().astimezone(JAKARTA).date()
    program.register(member(name="Ani"))
    then = program.get("/statistics/semester").json()["position"]
    clock.time += 2 * DAY
    program.register(member(name="Budi"), registered=day.isoformat())
    program.register(member(name="Citra"))
    assert of(rows(program), "citizenship") == {"1": 3}
    assert of(rows(program, f"?at={day}"), "citizenship") == {"1": 2}
    for known in (f"{day + DAY}T00:00", then):
        assert of(rows(program, f"?at={day}&known={known}"), "citizenship") == {"1": 1}
        assert of(rows(program, f"?known={known}"), "citizenship") == {"1": 1}
    assert of(rows(program, f"?at={day - DAY}"), "citizenship") == {}


def test_a_region_is_told_alone(program: Program) -> None:
    program.register(member())
    program.post("/households", household(member(name="Budi"), village=KEDEN))
    assert of(rows(program), "sex") == {}
    for region, count in ((KEDEN, 1), ("33.14.01", 1), ("33.14.02", 0), ("", 2)):
        found = rows(program, f"?region={region}")
        assert sum(of(found, "age").values()) == count
    problem(program.get("/statistics/semester?region=33.14.99"), 422, "unknown-region")


def test_csv_has_the_same_figures(program: Program) -> None:
    program.register(member(), member(relation="4", name="Budi", sex="1"))
    answer = program.get("/statistics/semester", accept="text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["vary"] == "Accept"
    read = list(csv.DictReader(answer.text.splitlines()))
    told = Counter({(r["village"], r["dimension"], r["category"], r["sex"]): int(r["count"]) for r in read})
    assert told == rows(program)
    assert {(r["village_name"], r["kecamatan_name"]) for r in read} == {("Sragen Tengah", "Sragen")}


def test_an_occupation_of_an_older_list_is_told_in_the_list_of_the_day() -> None:
    """Whoever had another job (LAINNYA) had code 89; since 2019 that is a minister, and 99 is another job."""
    figures = [Figure("33.14.10.1003", "occupation", f"{code}/{vintage}", "1", 1) for code, vintage in LISTS]
    lists = Lists(reference(), date(2026, 6, 30))
    told = {figure.category: figure.number for figure in lists.settled(figures)}
    assert told == {"99": 2, "89": 1, "1": 2}
    assert lists.word("occupation", "99") == "LAINNYA"
    older = Lists(reference(), date(2012, 6, 30)).settled(figures)
    assert {figure.category: figure.number for figure in older} == {"89": 2, "89/2019": 1, "1": 2}


LISTS = (("89", "2010"), ("99", "2019"), ("89", "2019"), ("1", "2010"), ("1", "2019"))


def test_the_month_of_a_birth_is_that_in_which_the_child_was_born(
    program: Program, clock: StandingClock
) -> None:
    mother = program.register(member(marital="2"))["residents"][0]
    today = clock.now().astimezone(JAKARTA).date()
    born = today.replace(day=1) - DAY
    before = program.get("/statistics/semester").json()["position"]
    child = {"name": "Bayu", "sex": "1", "birth_place": "Sragen"}
    answer = program.post(
        "/civil-events/BIRTH",
        {"on": born.isoformat(), "newborn": BAYU | child, "mother": mother},
    )
    assert answer.status_code == 201, answer.text
    told = program.get(f"/statistics/mobility?month={born:%Y-%m}&months=2").json()
    assert told["rows"] == [
        {"month": f"{born:%Y-%m}", "village": SRAGEN_TENGAH, "kind": "born", "sex": "1", "count": 1}
    ]
    assert Mobility.model_validate(told).model_dump(mode="json") == told
    assert program.get(f"/statistics/mobility?month={born:%Y-%m}&known={before}").json()["rows"] == []
    assert program.get("/statistics/mobility").json()["rows"] == []
    text = program.get(f"/statistics/mobility?month={born:%Y-%m}", accept="text/csv").text
    assert text.splitlines()[1].endswith("Sragen Tengah,born,1,1")


BAYU = {"religion": "1", "blood": "13", "relation": "4", "citizenship": "1"}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("semester?at=kemarin", 422, "query-wrong-shape"),
        ("semester?known=kemarin", 422, "query-wrong-shape"),
        ("semester?known=99999", 404, "unknown-position"),
        ("mobility?month=2026-13", 422, "query-wrong-shape"),
        ("mobility?month=0000-01", 422, "malformed-month"),
        ("mobility?months=99", 422, "query-wrong-shape"),
    ],
)
def test_what_cannot_be_read_is_told(program: Program, query: str, status: int, code: str) -> None:
    problem(program.get(f"/statistics/{query}"), status, code)


def test_figures_over_rest_are_for_officers(client: TestClient) -> None:
    for report in ("semester", "mobility"):
        assert client.get(f"{PREFIX}/statistics/{report}").status_code == 401
