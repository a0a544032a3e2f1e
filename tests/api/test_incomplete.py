"""A read model that could not take in every fact goes on serving, and every face says so."""

import pytest

from api.wiring import Hub
from projections import positions
from projections.parking import parked
from tests.api.program import Program

LISTS = {
    "/residents": "residents",
    "/applications": "where_is_my_permit",
    "/cases": "ktp_queue",
    "/five-minutes": "ktp_queue",
    "/blank-stock": "blank_stock",
}


def park(hub: Hub, model: str, position: int = 1) -> None:
    with hub.views.store.writing() as write:
        row = (model, f"stream-{position}", position, "population.ktp-issued", f"KeyError at {position}")
        write.many(parked.insert(), [row])


def test_a_degraded_hub_is_ready_and_says_so(program: Program, hub: Hub) -> None:
    resident = program.resident()
    assert resident
    assert program.client.get("/readyz").json()["degraded"] is False
    park(hub, "residents")
    answer = program.client.get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["ready"], body["degraded"]) == (200, True, True)
    assert body["projections"]["residents"]["parked"] == 1
    assert 'simpul_projection_parked{model="residents"} 1' in program.client.get("/metrics").text


def test_rate_and_position_are_told_everywhere(program: Program, hub: Hub) -> None:
    program.resident()
    with hub.views.store.writing() as write:
        positions.pace(write, {"residents": 4321})
    (told,) = [model for model in program.get("/projections").json() if model["name"] == "residents"]
    assert told["position"] > 0
    assert (told["rate"], told["parked"], told["lag"]) == (4321, 0, 0)
    metrics = program.client.get("/metrics").text
    assert f'simpul_projection_position{{model="residents"}} {told["position"]}' in metrics
    assert f'simpul_projection_rate{{model="residents"}} {told["rate"]}' in metrics


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_may_lack_something_says_how_many_facts_wait(
    path: str, program: Program, hub: Hub
) -> None:
    assert "incomplete" not in program.get(path).headers
    park(hub, next(model for at, model in LISTS.items() if at != path))
    assert "incomplete" not in program.get(path).headers, "another read model is none of its business"
    park(hub, LISTS[path])
    park(hub, LISTS[path], 2)
    assert program.get(path).headers["incomplete"] == "parked=2"


@pytest.fixture
def records(program: Program) -> dict[str, str]:
    """A resident, her household, her case and her application, by the read model that shows each."""
    made = program.register()
    resident = made["residents"][0]
    case, application = program.ticket(resident), program.as_("yuni").filed(resident)
    code = program.get(f"/applications/{application}").json()["tracking"]
    return {
        f"/residents/{resident}": "residents",
        f"/households/{made['household']}": "residents",
        f"/cases/{case}": "ktp_queue",
        f"/applications/{application}": "where_is_my_permit",
        f"/tracking/{code}": "where_is_my_permit",
    }


def test_a_record_says_it_too(records: dict[str, str], program: Program, hub: Hub) -> None:
    assert {"incomplete" in program.get(path).headers for path in records} == {False}
    for number, model in enumerate(sorted(set(records.values())), 1):
        park(hub, model, number)
    assert {program.get(path).headers.get("incomplete") for path in records} == {"parked=1"}


def test_a_record_that_is_not_modified_says_it_too(
    records: dict[str, str], program: Program, hub: Hub
) -> None:
    path = next(iter(records))
    tag = program.get(path).headers["etag"]
    park(hub, "residents")
    answer = program.get(path, if_none_match=tag)
    assert (answer.status_code, answer.headers["incomplete"]) == (304, "parked=1")


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/residents/resident-404", "residents"),
        ("/cases/case-404", "ktp_queue"),
        ("/applications/application-404", "where_is_my_permit"),
        ("/tracking/AAAA-BBBB-CCCC", "where_is_my_permit"),
    ],
)
def test_a_record_that_is_missing_may_be_parked(path: str, model: str, program: Program, hub: Hub) -> None:
    assert "incomplete" not in program.get(path).headers
    park(hub, model)
    answer = program.get(path)
    assert (answer.status_code, answer.headers["incomplete"]) == (404, "parked=1")
