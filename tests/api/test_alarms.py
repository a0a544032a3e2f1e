"""Alarms over REST and on their page: who looked at whom without a reason, and who looked into it."""

from datetime import UTC, datetime

from fastapi.testclient import TestClient

from api.wiring import Hub
from tests.acts.people import SRI_NIK, StandingClock
from tests.api.pages.browser import Browser
from tests.api.program import Program, member, problem


def alarms(program: Program, **asked: str) -> list[tuple[str, str, str | None]]:
    answer = program.client.get("/api/v1/alarms", params=asked, headers=program.token)
    assert answer.status_code == 200, answer.text
    return [(row["kind"], row["officer"], row["resident"]) for row in answer.json()["items"]]


def watched(program: Program, resident: str, **why: str) -> None:
    answer = program.post(f"/residents/{resident}/watch", {"kind": "prominent", **why})
    assert answer.status_code == 201, answer.text


def test_the_prominent_a_colleague_the_family_and_the_neighbours(program: Program) -> None:
    hers = program.register(member(nik=SRI_NIK), member(name="Budi", relation="4", sex="1"))["residents"]
    dewi, son = hers
    others = [program.resident() for _ in range(3)]
    far = program.register(member(), rt="009")["residents"][0]
    watched(program, dewi, kind="official", officer="dewi")
    watched(program, others[0])
    for one in (dewi, son, *others, far):
        program.get(f"/residents/{one}")
    program.as_("bagus").get(f"/residents/{dewi}")
    program.as_("bagus").get(f"/residents/{far}")
    assert sorted(map(repr, alarms(program))) == sorted(
        map(
            repr,
            [
                ("own", "dewi", dewi),
                ("family", "dewi", son),
                ("neighbour", "dewi", None),
                ("prominent", "dewi", others[0]),
                ("colleague", "bagus", dewi),
            ],
        )
    )


def test_usual_work_raises_none(program: Program) -> None:
    program.get(f"/residents/{program.sri()}")
    program.get("/residents")
    assert alarms(program) == []


def test_a_look_at_night_raises_an_alarm_and_the_same_look_at_noon_none(
    program: Program, clock: StandingClock
) -> None:
    sri = program.sri()
    program.get(f"/residents/{sri}")
    clock.time = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)  # two o'clock on Wednesday, in Sragen
    program.get(f"/residents/{sri}")
    assert alarms(program) == [("outside-hours", "dewi", None)]
    assert alarms(program, since="2026-11-24", until="2026-11-24") == []


def test_a_record_a_minute_is_too_many(program: Program) -> None:
    sri = program.sri()
    for _ in range(60):
        program.get(f"/residents/{sri}")
    assert alarms(program) == [("too-many", "dewi", None)]


def test_an_alarm_is_looked_into_by_another_officer_once(program: Program, hub: Hub) -> None:
    sri = program.sri()
    watched(program, sri)
    program.get(f"/residents/{sri}")
    head = hub.ledger.head()
    ((row),) = program.get("/alarms").json()["items"]
    path = f"/alarms/{row['alarm']}/inquiry"
    problem(program.post(path, {"finding": "explained"}), 422, "another-officer-looks-into-it")
    other = program.as_("bagus")
    problem(other.post(path, {"finding": "guilty"}), 422, "unknown-finding")
    problem(other.post("/alarms/alarm-20261124-0/inquiry", {"finding": "misuse"}), 404, "unknown-alarm")
    problem(other.post("/alarms/alarm/inquiry", {"finding": "misuse"}), 404, "unknown-alarm")
    first = other.post(path, {"finding": "explained"}, "0198c0de-0000-7000-8000-000000000001")
    again = other.post(path, {"finding": "explained"}, "0198c0de-0000-7000-8000-000000000001")
    assert (first.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    problem(other.post(path, {"finding": "misuse"}), 422, "alarm-already-looked-into")
    (now,) = program.get("/alarms").json()["items"]
    assert (now["finding"], now["looked_into_by"]) == ("explained", "bagus")
    assert alarms(program, open="true") == []
    assert hub.ledger.head() == head, "nothing of it stands in the registry"


def test_whom_nobody_knows_is_not_watched(program: Program) -> None:
    sri = program.sri()
    unknown = program.post("/residents/resident-none/watch", {"kind": "prominent"})
    problem(unknown, 404, "unknown-resident")
    problem(program.post(f"/residents/{sri}/watch", {"kind": "rich"}), 422, "unknown-watch")
    nobody = {"kind": "official", "officer": "nobody"}
    problem(program.post(f"/residents/{sri}/watch", nobody), 422, "unknown-officer")
    problem(program.post(f"/residents/{sri}/watch/end", {"kind": "prominent"}), 422, "not-watched")
    watched(program, sri)
    assert program.post(f"/residents/{sri}/watch/end", {"kind": "prominent"}).status_code == 200


def test_the_page_explains_each_alarm_and_another_officer_closes_it(
    program: Program, client: TestClient
) -> None:
    sri = program.sri()
    browser = Browser(client)
    browser.sign_in("dewi")
    readings = browser.get(f"/penduduk/{sri}/pembacaan")
    (watch,) = (link for link in readings.links if "pantau=" in link)
    named = browser.send(browser.get(watch).form("/pantauan"))
    assert sri in named.text
    browser.get(f"/penduduk/{sri}")
    mine = browser.get("/peringatan")
    assert "Membuka catatan tokoh 2 kali; mulai 1 kali menjadi peringatan." in mine.text
    assert "Ditelusuri petugas lain." in mine.text
    browser.sign_in("bagus")
    (alarm,) = (form for form in browser.get("/peringatan").forms if "/peringatan/alarm-" in form.action)
    closed = browser.send(alarm, values={"finding": "explained"})
    assert "dapat dijelaskan" in closed.text
    ended = browser.send(closed.form("/pantauan/akhir"))
    assert sri not in ended.text
    assert "Membuka catatan tokoh 2 kali" in ended.text, "what was read while it was watched stays"
    assert "Unusual readings" in browser.get("/peringatan?sejak=2026-11-01&sampai=x&lang=en").text
