"""The whole way of a fact on real files: act, ledger, projector, read models, feeds."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from adapters.clock import SystemClock
from adapters.ledger.ledger import Ledger
from adapters.reference import reference
from api.acts.desk import Desk
from api.acts.population import NewTicket, NextStep, Registered, register_household, serve, take_ticket
from api.facts import EVENTS
from domain.population.case import Document
from projections import feeds, ktp_queue, residents
from tests.acts.people import BUDI, REGISTRAR, SRI, command, household
from tests.projections.conftest import Open
from tests.projections.node import LONG, Node, rows, running

STEPS = ("call", "complete-file", "record-biometrics", "print-card", "hand-over")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = open_ledger(tmp_path)
    yield ledger
    ledger.close()


def open_ledger(folder: Path) -> Ledger:
    return Ledger.open(folder / "ledger.db", keys=folder / "keys", events=EVENTS, clock=SystemClock())


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger, SystemClock(), reference(), synthetic=True)


@pytest.fixture
def hub(open_node: Open, ledger: Ledger) -> Node:
    return open_node(ledger)


def register(desk: Desk, name: str) -> Registered:
    """Sri and Budi, each with a number that the regency gives."""
    new = household(replace(SRI, nik=None), BUDI)
    return register_household(desk, new, by=REGISTRAR, command_id=command(name))


def test_the_page_after_a_form_shows_the_act(desk: Desk, hub: Node) -> None:
    with hub.projecting():
        for n in range(5):
            done = register(desk, f"home {n}")
            assert hub.views.wait(done.receipt.last, LONG)
            shown = hub.ask(residents.of_household, done.household)
            assert [r.resident for r in shown] == list(done.residents)
    assert hub.ask(residents.counts).residents == 10


def test_a_ktp_goes_from_the_counter_to_the_feed(desk: Desk, hub: Node) -> None:
    sri = register(desk, "home").residents[0]
    taken = take_ticket(desk, NewTicket(Document.KTP, sri), by=REGISTRAR, command_id=command("ticket"))
    for step in STEPS:
        counter = "3" if step == "call" else ""
        serve(desk, taken.case, NextStep(step, counter=counter), by=REGISTRAR, command_id=command(step))
    hub.project()
    assert hub.ask(ktp_queue.case, taken.case).step == "handed-over"
    assert hub.ask(residents.by_id, sri).ktp_issued_on == desk.today
    told = hub.ask(feeds.entries, "kemendagri", 0, 10)
    assert [(e.kind, e.record["ktp"]) for e in told if e.record["resident"] == sri] == [
        ("BIODATA", "BELUM REKAM"),
        ("KTP_NEW", "CARD ISSUED"),
    ]


def test_another_process_sees_what_this_one_projects(
    desk: Desk, hub: Node, open_node: Open, tmp_path: Path
) -> None:
    other = open_ledger(tmp_path)
    beside = open_node(other, folder=hub.path.parent)
    with hub.projecting():
        done = register(desk, "home")
        assert beside.views.wait(done.receipt.last, LONG)
    assert beside.ask(residents.household, done.household).members == 2
    other.close()


def test_a_rebuild_while_clerks_work_shows_what_a_fresh_node_shows(
    desk: Desk, hub: Node, open_node: Open
) -> None:
    register(desk, "first")

    def work(_: Event) -> None:
        for n in range(60):
            register(desk, f"home {n}")

    with hub.projecting(), running(work):
        while hub.ask(residents.counts).households < 40:
            hub.views.rebuild()
    then = hub.views.position()
    shown = hub.project().rows()
    assert open_node(hub.ledger).project().rows() == shown
    with hub.views.at(then) as view:
        assert residents.counts(view).households <= 61
    with hub.views.at(hub.ledger.head()) as view:
        assert rows(view, hub.models) == shown
