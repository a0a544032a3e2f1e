"""Every civil event from its form to the record: the form is the generated one, the values those of the acts' examples."""

import re

import pytest

from adapters.reference import reference
from api.acts import civil
from api.acts.population import NewTicket, NextStep, serve, take_ticket
from api.wiring import Hub
from domain.population.civil_events import CivilEvent
from domain.population.correction import CorrectionStage, correction_decider
from domain.population.entry import CivilEventRecorded
from tests.acts.civil_rows import ROWS
from tests.acts.office import FRIDAY, Office
from tests.acts.people import REGISTRAR
from tests.api.pages.browser import Browser, Screen
from tests.api.pages.filling import KINDS, Filled, Filling

CATALOGUE = reference().civil_events
COUNTER = ("call", "complete-file", "record-biometrics", "print-card", "hand-over")


class DeskOffice(Office):
    """The family of the examples, on the ledger of a running hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._begin(hub.ledger, hub.desk)

    def give_ktp(self, *ids: str) -> None:
        for id_ in ids:
            ticket = NewTicket("KTP", id_)
            case = take_ticket(self.desk, ticket, by=REGISTRAR, command_id=self.next()).case
            for step in COUNTER:
                following = NextStep(step, "1" if step == "call" else "")
                serve(self.desk, case, following, by=REGISTRAR, command_id=self.next())

    def settled(self) -> None:
        """The pages have seen all of it."""
        assert self.hub.views.wait(self.hub.ledger.head(), 10.0)


UNLIKE = re.compile(r'name="unlike" value="([^"]+)"')


def whose_page(office: Office, what: object) -> str:
    """The resident from whose page a clerk begins; empty for somebody who is not registered yet."""
    for name in ("resident", "child", "mother", "husband", "wife"):
        if found := getattr(what, name, ""):
            return str(found)
    if residents := getattr(what, "residents", ()):
        return str(residents[0])
    if members := getattr(what, "members", ()):
        return str(members[0].resident)
    return office.joko if getattr(what, "household", "") else ""


def sent(clerk: Browser, office: DeskOffice, row: CivilEvent, what: object) -> Screen:
    """Fill the form for ``what`` as her page leads to it, and record it."""
    office.settled()
    about = whose_page(office, what)
    screen = clerk.get(f"/peristiwa/{row.code}" + (f"?penduduk={about}" if about else ""))
    values: Filled = {"on": FRIDAY.isoformat(), "papers": [paper.code for paper in row.papers]}
    values |= Filling(office, screen.html).form(row, what)
    done = clerk.send(screen.form(f"/peristiwa/{row.code}"), "record", values)
    if alike := UNLIKE.findall(
        done.html
    ):  # somebody like her is registered: the clerk says that she is another
        values |= {"unlike": alike}
        done = clerk.send(done.form(f"/peristiwa/{row.code}"), "record", values)
    return done


@pytest.mark.parametrize("code", ROWS)
def test_every_event_is_recorded_through_its_form(clerk: Browser, hub: Hub, code: str) -> None:
    office, row = DeskOffice(hub), CATALOGUE.event(code)
    before, what = ROWS[code]
    before(office)
    asked_for = what(office)
    head = hub.ledger.head()
    done = sent(clerk, office, row, asked_for)
    assert (done.status, done.codes()) == (200, [])
    recorded = [
        fact.event
        for fact in hub.ledger.after(head, hub.ledger.head())
        if isinstance(fact.event, CivilEventRecorded)
    ]
    assert [(e.code, e.on, e.flags) for e in recorded] == [(code, FRIDAY, ())]
    assert done.address == f"/penduduk/{recorded[0].residents[0]}"
    assert recorded[0].deed.value in (None, "") or str(recorded[0].deed.value) in done.text
    said = {detail.name: detail.value for detail in recorded[0].details.value or ()}
    for field in row.fields:
        if field.kind in civil.SAID and (value := getattr(asked_for, field.name)):
            assert said[field.name] == str(value), "nothing that was filled in is lost"


def test_a_correction_is_asked_for_and_approved_through_its_form(clerk: Browser, hub: Hub) -> None:
    office = DeskOffice(hub)
    office.settled()
    form = clerk.get(f"/peristiwa/CORRECTION?penduduk={office.tono}").form("/peristiwa/CORRECTION")
    clerk.send(form, "record", {"changes-name": "Tono Susilo", "reason": "salah tulis"})
    clerk.sign_in("ratna")
    form = next(f for f in clerk.get("/pembetulan").forms if f.action.startswith("/pembetulan/"))
    clerk.send(form, "approve")
    correction = hub.ledger.load(correction_decider, form.action.split("/")[2]).state
    assert correction.stage is CorrectionStage.APPROVED
    person = office.resident(office.tono).person
    assert person
    assert person.name == "Tono Susilo"


def test_every_kind_of_field_is_filled_and_no_row_is_left_out() -> None:
    kinds = {field.kind for row in CATALOGUE.rows.values() for field in row.fields}
    assert kinds == {*KINDS}
    assert {*ROWS} | {civil.CORRECTION} == {*CATALOGUE.rows}
