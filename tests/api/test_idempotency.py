"""A key is one act; an ETag is what its reader saw."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import httpx

from api.cli.serve import address, listen, server
from api.wiring import Hub
from domain.kernel.errors import StoreUnavailable
from domain.kernel.events import Receipt
from tests.acts.people import SRI_NIK
from tests.api.program import Program, household, member, problem, shop

KEY = "0198c0de-0000-7000-8000-000000000001"


def test_the_same_key_with_the_same_body_gets_the_same_bytes(program: Program, hub: Hub) -> None:
    first = program.post("/households", household(), KEY)
    head = hub.ledger.head()
    again = program.post("/households", household(), KEY)
    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert hub.ledger.head() == head, "nothing was appended twice"


def test_every_act_answers_a_repeat_with_the_same_bytes(program: Program) -> None:
    resident = program.resident()
    case, application = program.ticket(resident), program.as_("yuni").filed(resident)
    acts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/cases", {"document": "KK", "resident": resident}),
        (f"/cases/{case}/steps", {"step": "call", "counter": "1"}),
        ("/applications", shop(resident)),
        (
            f"/applications/{application}/verification",
            {"documents": program.get("/catalogue/SIUP-KECIL").json()["requirements"]},
        ),
        (f"/applications/{application}/decision", {"decision": "approve"}),
        (f"/applications/{application}/issue", {}),
    )
    office = program.as_("yuni")
    for n, (path, body) in enumerate(acts):
        key = f"{KEY[:-2]}{n:02d}"
        first, again = office.post(path, body, key), office.post(path, body, key)
        assert first.is_success, first.text
        assert again.content == first.content
        assert again.headers["idempotent-replayed"] == "true"


def test_the_same_key_with_another_body_is_refused(program: Program) -> None:
    program.post("/households", household(), KEY)
    problem(program.post("/households", household(rt="009"), KEY), 422, "command-id-reused")


def test_a_refused_key_is_not_used_up(program: Program) -> None:
    problem(program.post("/households", household(village="33.14.99.9999"), KEY), 422, "unknown-village")
    assert program.post("/households", household(), KEY).status_code == 201


def test_an_act_needs_a_key_that_is_a_uuid(program: Program) -> None:
    url, token = "/api/v1/households", program.token
    problem(program.client.post(url, json=household(), headers=token), 400, "idempotency-key-missing")
    problem(program.post("/households", household(), "satu"), 400, "idempotency-key-malformed")


def test_64_posts_of_one_key_at_the_same_time_are_one_act(hub: Hub) -> None:
    """Over a real server: who comes while the first runs is told so, everybody else gets its answer."""
    listening = listen("127.0.0.1", 0)
    web = server(hub)
    thread = Thread(target=web.run, kwargs={"sockets": [listening]})
    thread.start()
    go = Event()
    headers = {"Authorization": "Bearer demo-dewi", "Idempotency-Key": KEY}
    limits = httpx.Limits(max_connections=64)
    with httpx.Client(base_url=address(listening), headers=headers, limits=limits, timeout=60) as client:

        def post(_: int) -> httpx.Response:
            go.wait()
            return client.post("/api/v1/households", json=household())

        with ThreadPoolExecutor(64) as pool:
            asked = [pool.submit(post, n) for n in range(64)]
            go.set()
            answers = [one.result() for one in asked]
        found = client.get("/api/v1/residents").json()["items"]
    web.should_exit = True
    thread.join()
    done = [a for a in answers if a.status_code == 201]
    running = [a for a in answers if a.status_code == 409]
    assert len(done) + len(running) == 64
    assert len({a.content for a in done}) == 1, "one answer for all"
    assert {a.json()["code"] for a in running} <= {"command-still-running"}
    assert len(found) == 1, "one resident was registered"
    assert sum("idempotent-replayed" not in a.headers for a in done) == 1, "one of them did it"


def test_two_clerks_on_one_case_conflict_and_are_told_who_came_first(program: Program) -> None:
    case = program.ticket(program.resident())
    seen = program.get(f"/cases/{case}").headers["etag"]
    assert program.as_("ratna").step(case, "call", If_Match=seen).status_code == 200
    late = program.step(case, "withdraw", If_Match=seen)
    body = problem(late, 409, "somebody-came-first")
    assert (body["event"], body["by"]) == ("population.called", "KEC-10")
    assert "KEC-10" in body["title"]
    fresh = program.get(f"/cases/{case}").headers["etag"]
    assert program.step(case, "withdraw", If_Match=fresh).status_code == 200


def test_two_officers_on_one_application_conflict(program: Program) -> None:
    office = program.as_("yuni")
    application = office.verified(program.resident())
    seen = office.get(f"/applications/{application}").headers["etag"]
    at = f"/applications/{application}/decision"
    assert office.post(at, {"decision": "approve"}, If_Match=seen).headers["etag"] == '"3"'
    no = {"decision": "refuse", "reason": "terlambat"}
    problem(program.as_("hendra").post(at, no, If_Match=seen), 409, "somebody-came-first")


def test_an_etag_that_cannot_be_read_is_told(program: Program) -> None:
    case = program.ticket(program.resident())
    for tag in ("3", 'W/"1"', '"x"', '"1", "2"'):
        problem(program.step(case, "call", If_Match=tag), 400, "if-match-malformed")
    assert program.step(case, "call", If_Match="*").status_code == 200


def test_who_has_a_record_already_is_not_sent_it_again(program: Program) -> None:
    done = program.register()
    case = program.ticket(done["residents"][0])
    for path in (f"/cases/{case}", f"/residents/{done['residents'][0]}", f"/households/{done['household']}"):
        tag = program.get(path).headers["etag"]
        unchanged = program.get(path, If_None_Match=f'"other", {tag}')
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == tag
    tag = program.get(f"/cases/{case}").headers["etag"]
    program.step(case, "call")
    assert program.get(f"/cases/{case}", If_None_Match=tag).status_code == 200


def test_a_full_disk_is_told_and_loses_nothing(program: Program, hub: Hub) -> None:
    program.post("/households", household(member(nik=SRI_NIK)))
    head, whole = hub.ledger.head(), hub.desk
    hub.desk = replace(whole, ledger=FullLedger(hub))  # type: ignore[arg-type]  # answers what an act asks
    problem(program.post("/households", household(), KEY), 507, "store-full")
    assert hub.ledger.head() == head
    hub.desk = whole
    assert program.post("/households", household(), KEY).status_code == 201, "and goes on with room"


class FullLedger:
    """The real ledger on a disk without room."""

    def __init__(self, hub: Hub) -> None:
        self._ledger = hub.ledger

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)

    def execute(self, *_: object, **__: object) -> Receipt:
        raise StoreUnavailable("store-full")
