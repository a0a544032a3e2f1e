"""Civil events over REST: the catalogue tells what to send, one address per event takes it, corrections wait."""

from typing import Any

import pytest

from adapters.reference import reference
from api.rest.civil_events import report
from api.rest.models.civil import BODIES
from tests.acts.people import SRAGEN_TENGAH
from tests.api.program import Program, member, problem

NEWBORN = {
    "name": "Bayu",
    "sex": "1",
    "birth_place": "Sragen",
    "religion": "1",
    "blood": "13",
    "relation": "4",
    "citizenship": "1",
}
ON = "2026-11-20"


@pytest.fixture
def family(program: Program) -> dict[str, Any]:
    """Joko, who is the head, and Sri, his wife."""
    joko = member(name="Joko", sex="1", birth_date="1988-01-01", marital="2")
    return program.register(joko, member(marital="2", relation="3"))


def post(program: Program, code: str, **body: object) -> Any:
    return program.post(f"/civil-events/{code}", {"on": ON, **body})


def test_the_catalogue_tells_everything_that_a_form_needs(program: Program) -> None:
    table = program.get("/civil-events").json()
    assert [row["code"] for row in table["events"]] == [*reference().civil_events.rows]
    (death,) = [row for row in table["events"] if row["code"] == "DEATH"]
    assert (death["form"], death["within"]) == ({"code": "F-2.01", "vintage": "2019"}, 30)
    assert {form["code"] for form in death["forms"]} == {"F-2.29", "F-2.01"}
    assert [field["name"] for field in death["fields"]] == ["resident", "place", "cause", "successors"]
    assert [field["required"] for field in death["fields"]] == [True, False, False, False]
    assert program.get("/civil-events/DEATH").json() == death
    problem(program.get("/civil-events/ECLIPSE"), 404, "unknown-civil-event")
    for row in table["events"]:
        assert row["post"] == f"/api/v1/civil-events/{row['code']}"
        assert problem(program.post(row["post"].removeprefix("/api/v1"), {}), 422, "body-wrong-shape")


def test_a_death_asks_for_a_new_head_and_is_seen_on_both_records(
    program: Program, family: dict[str, Any]
) -> None:
    joko, sri = family["residents"]
    body = problem(post(program, "DEATH", resident=joko), 422, "new-head-needed")
    assert "head" in body["title"] or "epala" in body["title"]
    done = post(program, "DEATH", resident=joko, cause="usia", successors=[{"head": sri, "relations": []}])
    assert done.status_code == 201, done.text
    answer = done.json()
    assert (answer["residents"][0], answer["deed"]) == (joko, "3314-MATI-2026-000001")
    dead, widow = (program.get(f"/residents/{id_}").json() for id_ in (joko, sri))
    assert (dead["standing"], dead["household"], widow["marital"], widow["relation"]) == (
        *("dead", ""),
        *("4", "1"),
    )
    card = program.get(f"/households/{family['household']}").json()
    assert (card["head"], card["print"], card["closed_on"]) == (sri, 2, None)
    entry = program.get(f"/entries/{answer['entry']}").json()
    assert (entry["code"], entry["details"]) == ("DEATH", [{"name": "cause", "value": "usia"}])
    assert (entry["form"], entry["vintage"], entry["flags"]) == ("F-2.01", "2019", ["papers-missing"])
    problem(post(program, "DEATH", resident=joko), 422, "already-dead")
    problem(program.get("/entries/entry-none"), 404, "unknown-entry")


def test_a_family_from_birth_to_split_to_move(program: Program, family: dict[str, Any]) -> None:
    joko, sri = family["residents"]
    born = post(program, "BIRTH", newborn=NEWBORN, mother=sri, father=joko).json()
    child = born["residents"][0]
    assert len(program.get(f"/residents/{child}").json()["nik"]) == 16
    home = {"village": SRAGEN_TENGAH, "address": "Jl. Veteran 3", "rt": "003", "rw": "001"}
    members = [{"resident": sri, "relation": "1"}, {"resident": child, "relation": "4"}]
    split = post(program, "KK_NEW", members=members, home=home).json()
    assert len(split["households"]) == 2
    out = post(program, "MOVE_OUT", residents=[joko], level="between-provinces", destination="Jakarta")
    assert out.status_code == 201, out.text
    assert program.get(f"/residents/{joko}").json()["standing"] == "moved-out"
    assert program.get(f"/households/{family['household']}").json()["closed_on"] == ON
    problem(post(program, "MOVE_OUT", residents=[sri], level="far", destination="x"), 422, "unknown-choice")


def test_the_same_key_is_one_event_and_a_stale_form_is_a_conflict(
    program: Program, family: dict[str, Any]
) -> None:
    joko = family["residents"][0]
    body = {"on": ON, "resident": joko, "name": "Joko Susilo", "decision": "5/2026"}
    key = "0198c0de-0000-7000-8000-000000000009"
    first, again = (program.post("/civil-events/NAME_CHANGE", body, key) for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert again.headers["idempotent-replayed"] == "true"
    stale = program.post("/civil-events/NAME_CHANGE", body | {"name": "Joko W"}, If_Match='"1"')
    problem(stale, 409, "somebody-came-first")


def test_a_correction_is_asked_for_listed_and_decided_by_another(
    program: Program, family: dict[str, Any]
) -> None:
    joko = family["residents"][0]
    changes = [{"element": "birth_date", "value": "1989-02-03"}]
    wanted = {"resident": joko, "reason": "salah tulis", "changes": changes}
    asked = program.post("/civil-events/CORRECTION", wanted)
    assert asked.status_code == 201, asked.text
    correction = asked.json()["correction"]
    (row,) = program.get("/corrections?stage=requested").json()["items"]
    assert row["changes"] == [{"element": "birth_date", "old": "1988-01-01", "new": "1989-02-03"}]
    at = f"/corrections/{correction}/decision"
    problem(program.post(at, {"decision": "approve"}), 422, "another-officer-decides")
    problem(program.post(at, {"decision": "perhaps"}), 422, "unknown-choice")
    done = program.as_("bagus").post(at, {"decision": "approve"})
    assert done.status_code == 200, done.text
    assert program.get(f"/residents/{joko}").json()["birth_date"] == "1989-02-03"
    assert program.get(f"/corrections/{correction}").json()["stage"] == "approved"
    nik = wanted | {"changes": [{"element": "nik", "value": "3314105708909001"}]}
    problem(program.post("/civil-events/CORRECTION", nik), 422, "element-cannot-change")
    refused = program.post("/civil-events/CORRECTION", wanted | {"changes": changes, "reason": " "})
    problem(refused, 422, "correction-needs-a-reason")
    problem(program.get("/corrections?stage=x"), 422, "unknown-stage")
    problem(program.get("/corrections/correction-none"), 404, "unknown-correction")


@pytest.mark.parametrize("code", [code for code in BODIES if code != "CORRECTION"])
def test_the_example_of_every_body_is_what_its_act_takes(code: str) -> None:
    fields = BODIES[code].model_fields
    given = {name: field.examples[0] for name, field in fields.items() if field.examples}
    nested = {"home", "address", "person", "newborn"}
    body = BODIES[code].model_validate(
        given | {name: _nested(code, name) for name in fields if name in nested}
    )
    assert report(code, body).code == code


def _nested(code: str, name: str) -> dict[str, Any]:
    if name in {"home", "address"}:
        return {"village": SRAGEN_TENGAH, "address": "Jl. Veteran 3", "rt": "003", "rw": "001"}
    return NEWBORN if name == "newborn" else member()
