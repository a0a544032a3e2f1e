"""Records that may be of one person over REST: told before and after a registration, and decided once."""

import pytest

from tests.api.program import Program, member, problem

SRI = {"name": "Sri Wahjoeni", "sex": "2", "birth_place": "Sragen", "birth_date": "1990-08-17"}


@pytest.fixture
def twice(program: Program) -> tuple[str, str]:
    """Sri in two households, once in the old spelling."""
    (one,) = program.register(member())["residents"]
    (other,) = program.register(member(name="Sri Wahjoeni", nik=None))["residents"]
    return one, other


def finding(twice: tuple[str, str], **more: object) -> dict[str, object]:
    return {"one": twice[0], "other": twice[1], "verdict": "different"} | more


def test_before_a_registration_those_who_may_be_she_are_told_and_seen(program: Program) -> None:
    (sri,) = program.register(member())["residents"]
    person = SRI | {"mother": member()["mother"], "father": member()["father"]}
    stranger = person | {"name": "Bambang", "sex": "1"}
    answer = program.post("/residents/candidates", {"newcomers": [stranger, person]})
    (row,) = answer.json()["items"]
    assert (row["index"], row["resident"]["resident"]) == (1, sri)
    assert row["score"] > 0.9
    assert "*" in row["resident"]["nik"]
    seen = program.get(f"/residents/{sri}/readings").json()["items"]
    assert "search" in {reading["seen"] for reading in seen}
    assert program.post("/residents/candidates", {"newcomers": [stranger]}).json() == {"items": []}


def test_a_pair_waits_until_two_are_told_apart_and_does_not_come_back(
    program: Program, twice: tuple[str, str]
) -> None:
    (pair,) = program.get("/duplicates").json()["items"]
    assert {pair["one"]["resident"], pair["other"]["resident"]} == {*twice}
    assert program.get("/duplicates?kecamatan=33.14.01").json()["items"] == []
    assert len(program.get(f"/duplicates?resident={twice[1]}").json()["items"]) == 1
    problem(program.get("/duplicates?kecamatan=33.14.99"), 422, "unknown-kecamatan")
    done = program.post("/duplicates/findings", finding(twice))
    assert (done.status_code, done.json()["verdict"], done.json()["entry"]) == (201, "different", None)
    assert program.get("/duplicates").json()["items"] == []
    late = finding(twice, verdict="same", survivor=twice[0], reason="sidik jari sama")
    told = problem(program.post("/duplicates/findings", late), 422, "pair-already-decided")
    assert told["by"] == "dewi"


def test_of_one_person_the_survivor_keeps_her_nik_and_the_other_record_is_void(
    program: Program, twice: tuple[str, str]
) -> None:
    one, other = twice
    same = finding(twice, verdict="same", survivor=other, reason="sidik jari sama", papers=["KTP"])
    done = program.post("/duplicates/findings", same).json()
    assert program.get(f"/residents/{one}").json()["standing"] == "void"
    assert program.get(f"/residents/{other}").json()["standing"] == "alive"
    entry = program.get(f"/entries/{done['entry']}").json()
    assert (entry["code"], entry["papers"]) == ("DUPLICATE", ["KTP"])
    assert program.get("/duplicates").json()["items"] == []
    problem(program.post("/duplicates/findings", finding(twice)), 422, "pair-already-decided")


def test_a_finding_of_one_person_names_survivor_and_reason(program: Program, twice: tuple[str, str]) -> None:
    at = "/duplicates/findings"
    problem(program.post(at, finding(twice, verdict="same", reason="x")), 422, "unknown-choice")
    nothing = finding(twice, verdict="same", survivor=twice[0], reason=" ")
    problem(program.post(at, nothing), 422, "field-missing")
    problem(program.post(at, finding((twice[0], "resident-none"))), 404, "unknown-resident")
    assert len(program.get("/duplicates").json()["items"]) == 1


def test_a_repeated_finding_is_one(program: Program, twice: tuple[str, str]) -> None:
    key = "0198c0de-0000-7000-8000-0000000000aa"
    first, again = (program.post("/duplicates/findings", finding(twice), key) for _ in range(2))
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
