"""A running hub signs, says so to those who watch it, and says when it is refused."""

from pathlib import Path

from adapters.evidence.signer import STATE
from adapters.evidence.verify import verify_store
from api.facts import EVENTS
from api.wiring import Hub
from tests.acts.people import StandingClock
from tests.adapters.evidence.boxes import edited
from tests.adapters.evidence.test_checkpointer import until
from tests.api.conftest import asked, opened
from tests.api.program import Program


def test_an_act_is_signed_soon_and_the_watchers_see_it(program: Program, hub: Hub) -> None:
    program.resident()
    until(lambda: hub.checkpointer.status().size > 0)
    status = program.client.get("/readyz").json()["checkpoint"]
    assert (status["mode"], status["cause"]) == ("running", None)
    assert f"simpul_checkpoint_size {status['size']}" in program.client.get("/metrics").text
    assert "simpul_checkpoint_running 1" in program.client.get("/metrics").text


def test_a_hub_that_was_stopped_leaves_a_signed_store(tmp_path: Path, clock: StandingClock) -> None:
    with opened(tmp_path, clock) as hub, asked(hub) as client:
        for _ in range(3):
            Program(client).resident()
        notary = hub.checkpointer.notary
        until(lambda: notary.waiting() + notary.signed == hub.ledger.head())
    report = verify_store(tmp_path, EVENTS)
    assert (report.failures, report.unsigned) == ([], 0)
    assert report.facts > 3


def test_an_older_ledger_is_told_and_citizens_are_served(tmp_path: Path, clock: StandingClock) -> None:
    with opened(tmp_path, clock) as hub, asked(hub) as client:
        Program(client).resident()
        until(lambda: hub.checkpointer.status().size == hub.ledger.head())
    edited(tmp_path, lambda c: c.execute("UPDATE log SET leaf_hash = zeroblob(32) WHERE pos = 1"))
    with opened(tmp_path, clock) as hub, asked(hub) as client:
        program = Program(client)
        program.register()
        until(lambda: hub.checkpointer.status().mode == "refused")
        answer = client.get("/readyz")
        assert answer.json()["checkpoint"]["cause"] == "checkpoint-refused"
        assert answer.json()["ready"] is True
        assert "simpul_checkpoint_running 0" in client.get("/metrics").text
    assert (tmp_path / "keys" / STATE).exists()
