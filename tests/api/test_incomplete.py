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


def test_a_record_says_it_too(program: Program, hub: Hub) -> None:
    resident = program.resident()
    park(hub, "residents")
    assert program.get(f"/residents/{resident}").headers["incomplete"] == "parked=1"
