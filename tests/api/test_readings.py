"""Who looked at my data: every look of an official is a fact before the data are shown, in a ledger of its own."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.evidence.verify import verify_store
from api.facts import EVENTS
from api.opening import READINGS
from api.readings import PERSON
from api.wiring import Hub
from domain.access.reading import FeedRead, PersonRead
from tests.acts.people import SRI_NIK, StandingClock
from tests.adapters.evidence.test_checkpointer import until
from tests.api.conftest import asked, opened
from tests.api.pages.browser import Browser
from tests.api.program import Program, member, problem

HER_PAGES: tuple[Callable[[dict[str, str]], str], ...] = (
    lambda ids: f"/penduduk/{ids['resident']}",
    lambda ids: f"/keluarga/{ids['household']}",
    lambda ids: f"/loket/{ids['case']}",
    lambda ids: "/loket",
    lambda ids: "/penduduk",
    lambda ids: f"/izin/berkas/{ids['application']}",
    lambda ids: f"/riwayat/{ids['resident']}",
    lambda ids: f"/riwayat/{ids['case']}",
    lambda ids: f"/dokumen/{ids['paper']}",
    lambda ids: f"/dokumen/{ids['paper']}/pdf",
    lambda ids: f"/penduduk/{ids['resident']}/pembacaan",
    lambda ids: f"/entri/{ids['entry']}",
)
HER_ROUTES: tuple[Callable[[dict[str, str]], str], ...] = (
    lambda ids: f"/residents/{ids['resident']}",
    lambda ids: "/residents",
    lambda ids: f"/households/{ids['household']}",
    lambda ids: "/cases",
    lambda ids: f"/cases/{ids['case']}",
    lambda ids: "/applications",
    lambda ids: f"/applications/{ids['application']}",
    lambda ids: f"/streams/{ids['household']}",
    lambda ids: f"/papers?record={ids['household']}",
    lambda ids: f"/papers/{ids['paper']}",
    lambda ids: f"/papers/{ids['paper']}/pdf",
    lambda ids: f"/residents/{ids['resident']}/readings",
    lambda ids: f"/entries/{ids['entry']}",
)


def facts(hub: Hub) -> list[Any]:
    """Every reading, in order."""
    return list(hub.readings.ledger.after(0, 1000))


def known(program: Program) -> dict[str, str]:
    """Sri with everything that can be told of her."""
    registered = program.register(member(nik=SRI_NIK))
    resident, household = registered["residents"][0], registered["household"]
    case, application = program.ticket(resident), program.filed(resident)
    paper = program.post("/papers", {"kind": "KK", "about": household}).json()["paper"]
    lost = program.post("/civil-events/MISSING", {"on": "2026-11-20", "resident": resident})
    return {
        "resident": resident,
        "household": household,
        "case": case,
        "application": application,
        "paper": paper,
        "entry": lost.json()["entry"],
    }


def readings_of(program: Program, resident: str) -> list[dict[str, str]]:
    answer = program.get(f"/residents/{resident}/readings")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_an_act_is_no_reading_and_a_look_is_no_act(program: Program, hub: Hub) -> None:
    sri = program.sri()
    head = hub.ledger.head()
    assert facts(hub) == []
    program.get(f"/residents/{sri}")
    assert (len(facts(hub)), hub.ledger.head()) == (1, head), "looking never grows the registry"


def test_every_rest_route_that_shows_her_records_it(program: Program, hub: Hub) -> None:
    ids = known(program)
    for path in HER_ROUTES:
        before = len(facts(hub))
        assert program.get(path(ids)).status_code == 200, path(ids)
        (fact,) = facts(hub)[before:]
        assert ids["resident"] in fact.event.residents, path(ids)
        assert (fact.header.actor, fact.header.office) == ("dewi", "DISDUKCAPIL")
        assert fact.header.channel == "rest"


def test_every_page_that_shows_her_records_it(program: Program, hub: Hub, client: TestClient) -> None:
    ids = known(program)
    browser = Browser(client)
    browser.sign_in("dewi")
    for path in HER_PAGES:
        before = len(facts(hub))
        assert client.get(path(ids)).status_code == 200, path(ids)
        (fact,) = facts(hub)[before:]
        assert ids["resident"] in fact.event.residents, path(ids)
        assert (fact.header.actor, fact.header.channel) == ("dewi", "web")


def test_the_application_list_of_an_office_is_a_reading(
    program: Program, hub: Hub, client: TestClient
) -> None:
    filed = program.as_("yuni").filed(program.sri())
    browser = Browser(client)
    browser.sign_in("yuni")
    assert filed in client.get("/izin/berkas").text
    assert facts(hub)[-1].event.seen == "list"


def test_a_list_is_one_fact_with_many_residents(program: Program, hub: Hub) -> None:
    first = program.register(member(), member(name="Budi", relation="4", sex="1"))["residents"]
    program.get("/residents")
    (fact,) = facts(hub)
    assert (set(fact.event.residents), fact.event.seen) == (set(first), "list")


def test_a_search_is_a_reading_also_when_it_finds_nobody(program: Program, hub: Hub) -> None:
    sri = program.sri()
    program.post("/residents/search", {"nik": SRI_NIK})
    program.post("/residents/search", {"name": "Nobody"})
    found, nobody = (fact.event for fact in facts(hub))
    assert (found.residents, found.seen) == ((sri,), "search")
    assert (nobody.residents, nobody.seen) == ((), "search")


def test_what_is_not_shown_is_no_reading(program: Program, hub: Hub) -> None:
    program.get("/residents/resident-none")
    problem(program.client.get(f"/api/v1/residents/{program.sri()}"), 401, "not-signed-in")
    assert facts(hub) == []


def test_the_public_leaves_no_reading(program: Program, hub: Hub, client: TestClient) -> None:
    ids = known(program)
    tracking = hub.ledger.stream(ids["application"])[0].event.tracking
    assert client.get(f"/lacak?kode={tracking}").status_code == 200
    assert client.get(f"/api/v1/tracking/{tracking}").status_code == 200
    assert facts(hub) == []


def test_nothing_is_shown_when_the_reading_cannot_be_recorded(program: Program, hub: Hub) -> None:
    sri = program.sri()
    with closing(sqlite3.connect(hub.settings.data / READINGS / "ledger.db")) as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END")
    answer = program.get(f"/residents/{sri}")
    assert answer.status_code >= 500
    assert SRI_NIK not in answer.text


def test_she_learns_when_which_office_and_why_but_no_officer(program: Program) -> None:
    sri = program.sri()
    program.as_("ratna").get(f"/residents/{sri}")
    own, look = readings_of(program, sri)
    assert own["seen"] == "readings"
    assert (look["office"], look["role"], look["purpose"]) == ("KEC-10", "registrar", "service")
    assert (look["seen"], look["record"], look["at"]) == ("record", sri, "2026-11-24T05:00:00Z")
    assert "ratna" not in str(look)


def test_a_reading_says_what_the_route_is_for_unless_a_purpose_is_stated(program: Program) -> None:
    sri = program.sri()
    program.filed(sri)
    program.get(f"/residents/{sri}")
    program.get("/applications")
    program.get(f"/streams/{sri}")
    program.get(f"/residents/{sri}", Reading_Purpose="legal-process")
    told = [row["purpose"] for row in readings_of(program, sri)]
    assert told == ["subject-request", "legal-process", "audit", "licensing", "service"]


def test_a_purpose_that_is_not_on_the_list_shows_nobody(program: Program, hub: Hub) -> None:
    sri = program.sri()
    refused = problem(program.get(f"/residents/{sri}", Reading_Purpose="curiosity"), 422, "unknown-purpose")
    assert "audit" in refused["known"]
    assert facts(hub) == []
    listed = program.get("/purposes").json()
    assert sorted(row["code"] for row in listed) == refused["known"]


def test_an_officer_states_a_purpose_on_the_pages_until_she_signs_out(
    program: Program, hub: Hub, client: TestClient
) -> None:
    sri = program.sri()
    browser = Browser(client)
    browser.sign_in("dewi")
    client.post("/keperluan", data={"purpose": "audit", "kembali": f"/penduduk/{sri}"})
    browser.get(f"/penduduk/{sri}")
    assert "pemeriksaan" in browser.get(f"/penduduk/{sri}/pembacaan").text
    assert [fact.header.purpose for fact in facts(hub)][-2:] == ["audit", "audit"]
    assert client.post("/keperluan", data={"purpose": "curiosity"}).status_code == 422
    client.post("/keluar")
    browser.sign_in("dewi")
    browser.get(f"/penduduk/{sri}")
    assert facts(hub)[-1].header.purpose == "service"


def test_only_her_own_readings_are_listed_newest_first_and_in_pages(program: Program) -> None:
    sri, other = program.sri(), program.resident()
    program.get(f"/residents/{other}")
    program.get(f"/residents/{sri}")
    program.get(f"/streams/{sri}")
    page = program.get(f"/residents/{sri}/readings?limit=2").json()
    assert [row["seen"] for row in page["items"]] == ["readings", "history"]
    rest = program.get(page["next"].removeprefix("/api/v1")).json()
    assert [row["seen"] for row in rest["items"]] == ["record"]
    assert rest["next"] is None


def test_her_page_leads_to_the_list_of_readings(program: Program, client: TestClient) -> None:
    sri = program.sri()
    browser = Browser(client)
    browser.sign_in("dewi")
    listed = f"/penduduk/{sri}/pembacaan"
    assert listed in browser.get(f"/penduduk/{sri}").links
    text = browser.get(listed).text
    assert "Siapa melihat data saya" in text
    assert "pelayanan" in text
    assert "Dewi Lestari" not in client.get(listed).text.split("<main", 1)[-1]


def test_a_ministry_that_pulls_its_feed_leaves_the_numbers_of_the_page(program: Program, hub: Hub) -> None:
    program.sri()
    token = {"Authorization": "Bearer token-kemendagri"}
    page = program.client.get("/feeds/kemendagri", headers=token).json()
    (fact,) = facts(hub)
    assert fact.event == FeedRead("kemendagri", 1, len(page))
    assert (fact.header.actor, fact.header.role, fact.header.channel) == ("kemendagri", "ministry", "feed")
    last = page[-1]["id"]
    assert program.client.get(f"/feeds/kemendagri?lastEventId={last}", headers=token).json() == []
    assert len(facts(hub)) == 1, "an empty page tells nothing"


def test_a_reading_holds_ids_and_nothing_personal(program: Program, hub: Hub) -> None:
    ids = known(program)
    program.post("/residents/search", {"nik": SRI_NIK})
    program.post("/residents/search", {"name": "Sri Wahyuni"})
    program.get(f"/households/{ids['household']}")
    for fact in facts(hub):
        assert isinstance(fact.event, PersonRead)
        assert all(one.startswith(PERSON) for one in fact.event.residents)
    raw = b"".join(p.read_bytes() for p in (hub.settings.data / READINGS).rglob("*") if p.is_file())
    assert SRI_NIK.encode() not in raw
    assert b"WAHYUNI" not in raw.upper()
    assert ids["resident"].encode() in raw, "the control: her opaque id is there"


def test_a_forgotten_person_keeps_her_list_of_readings(program: Program) -> None:
    sri = program.sri()
    program.get(f"/residents/{sri}")
    asked_for = {"resident": sri, "basis": "subject-request", "letter": "470/12/2026"}
    erasure = program.post("/erasures", asked_for).json()["erasure"]
    program.as_("bagus").post(f"/erasures/{erasure}/decision", {"decision": "approve"})
    assert [row["seen"] for row in readings_of(program, sri)] == ["readings", "record"]


@pytest.mark.parametrize("lost", ["nothing", "views.db"])
def test_readings_outlive_the_process_and_their_read_model(tmp_path: Path, lost: str) -> None:
    with opened(tmp_path, StandingClock()) as hub, asked(hub) as client:
        sri = Program(client).sri()
        Program(client).get(f"/residents/{sri}")
    for file in (tmp_path / READINGS).glob(f"{lost}*"):
        file.unlink()
    with opened(tmp_path, StandingClock()) as hub, asked(hub) as client:
        assert [row["seen"] for row in readings_of(Program(client), sri)] == ["readings", "record"]


def test_the_readings_are_signed_and_verified_like_the_registry(tmp_path: Path) -> None:
    with opened(tmp_path, StandingClock()) as hub, asked(hub) as client:
        program = Program(client)
        program.get(f"/residents/{program.sri()}")
        notary = hub.readings.checkpointer.notary
        until(lambda: notary.waiting() + notary.signed == hub.readings.ledger.head())
    report = verify_store(tmp_path / READINGS, EVENTS)
    assert (report.failures, report.unsigned, report.facts) == ([], 0, 1)
