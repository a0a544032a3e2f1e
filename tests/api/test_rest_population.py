"""Residents, households and the counter over REST, on a real hub."""

from datetime import timedelta

from tests.acts.people import SRAGEN_TENGAH, SRI_NIK, StandingClock
from tests.api.program import KTP, Program, member, problem


def test_a_registered_household_can_be_read_back(program: Program) -> None:
    done = program.register(member(), member(name="Budi", relation="4", birth_date="2015-03-02"))
    card = program.get(f"/households/{done['household']}").json()
    assert [m["resident"] for m in card["members"]] == done["residents"]
    assert card["head"] == done["residents"][0]
    assert len(card["kk"]) == 16
    assert done["positions"]["last"] - done["positions"]["first"] >= 2


def test_a_resident_is_shown_with_her_nik_and_a_list_masks_it(program: Program) -> None:
    resident = program.sri()
    assert program.get(f"/residents/{resident}").json()["nik"] == SRI_NIK
    listed = program.get(f"/residents?village={SRAGEN_TENGAH}")
    assert listed.json()["items"][0]["nik"] == "331410**********"
    assert SRI_NIK not in listed.text


def test_a_resident_is_found_by_nik_or_by_the_beginning_of_her_name(program: Program) -> None:
    resident = program.sri()
    for asked in ({"nik": SRI_NIK}, {"name": "sri wah"}):
        found = program.post("/residents/search", asked).json()["items"]
        assert [row["resident"] for row in found] == [resident]
    assert program.post("/residents/search", {"nik": "3314105708909999"}).json()["items"] == []
    assert program.post("/residents/search", {"name": "Bambang"}).json()["items"] == []


def test_a_family_card_is_found_by_its_number_and_tells_nobody_elses(program: Program) -> None:
    here = program.register(member(), member(name="Budi", relation="4", birth_date="2015-03-02"))
    kk = program.get(f"/households/{here['household']}").json()["kk"]
    found = program.post("/residents/search", {"kk": kk}).json()["items"]
    assert {row["resident"] for row in found} == set(here["residents"])
    other = kk[:-1] + str((int(kk[-1]) + 1) % 10)
    assert program.post("/residents/search", {"kk": other}).json()["items"] == []


def test_a_name_is_found_as_it_was_heard_and_the_look_is_recorded(program: Program) -> None:
    sri = program.sri()
    found = program.get("/residents?q=Sri%20Wahjuni").json()["items"]
    assert found[0]["resident"] == sri
    seen = program.get(f"/residents/{sri}/readings").json()["items"]
    assert "search" in {reading["seen"] for reading in seen}
    narrowed = {
        "name": "Sri Wahyuni",
        "born": "1990-08-17",
        "birth_place": "Sragen",
        "village": SRAGEN_TENGAH,
    }
    assert program.post("/residents/search", narrowed).json()["items"][0]["resident"] == sri
    assert program.post("/residents/search", narrowed | {"born": "1950-01-01"}).json()["items"] == []


def test_a_number_does_not_stand_in_an_address(program: Program) -> None:
    problem(program.get("/residents?q=3314105708909001"), 400, "number-in-address")


def test_a_search_is_by_one_thing(program: Program) -> None:
    problem(program.post("/residents/search", {}), 400, "search-needs-nik-or-name")
    both = {"nik": SRI_NIK, "name": "Sri"}
    problem(program.post("/residents/search", both), 400, "search-needs-nik-or-name")
    problem(program.post("/residents/search", {"nik": "33"}), 422, "malformed-nik")


def test_pages_of_residents_go_to_the_end_and_repeat_nobody(program: Program) -> None:
    names = [f"Sri {letter}" for letter in "ABCDE"]
    program.register(*(member(name=name, relation="1" if name == names[0] else "4") for name in names))
    seen, address = [], f"/residents?village={SRAGEN_TENGAH}&limit=2"
    while address:
        page = program.get(address).json()
        seen += [row["name"] for row in page["items"]]
        address = (page["next"] or "").removeprefix("/api/v1")
    assert seen == names


def test_a_village_or_kecamatan_that_nobody_knows_is_told(program: Program) -> None:
    problem(program.get("/residents?village=33.14.99.9999"), 422, "unknown-village")
    problem(program.get("/residents?kecamatan=33.14.99"), 422, "unknown-kecamatan")
    assert program.get("/residents?kecamatan=33.14.10").json()["items"] == []


def test_a_ktp_goes_from_ticket_to_hand_over(program: Program, clock: StandingClock) -> None:
    resident = program.resident()
    case = program.ticket(resident)
    assert program.get(f"/residents/{resident}").json()["open_case"] == case
    for step in KTP:
        clock.time += timedelta(seconds=40)
        assert program.step(case, step).status_code == 200
    assert program.get(f"/residents/{resident}").json()["ktp"] == "CARD ISSUED"
    done = program.get(f"/cases/{case}").json()
    assert done["step"] == "handed-over"
    assert done["office_seconds"] == 120, "from file complete to hand-over"


def test_the_queue_of_an_office_holds_its_open_cases(program: Program) -> None:
    case = program.ticket(program.resident())
    assert [row["case"] for row in program.get("/cases").json()["items"]] == [case]
    assert program.get("/cases?office=KEC-10").json()["items"] == []
    assert program.get("/cases?on=2026-11-23").json()["items"] == []
    program.step(case, "withdraw")
    assert program.get("/cases").json()["items"] == []


def test_a_wait_has_a_cause_and_an_end(program: Program) -> None:
    case = program.ticket(program.resident())
    program.post(f"/cases/{case}/steps", {"step": "start-wait", "cause": "applicant"})
    assert program.get(f"/cases/{case}").json()["waiting"] == "applicant"
    problem(program.step(case, "call"), 422, "case-is-waiting")
    program.step(case, "end-wait")
    waits = program.get(f"/cases/{case}").json()["waits"]
    assert waits[0]["cause"] == "applicant"
    assert waits[0]["end"] is not None


def test_the_history_of_a_record_tells_each_event_and_the_state_after_it(
    program: Program, clock: StandingClock
) -> None:
    resident = program.resident()
    before = clock.time
    clock.time += timedelta(minutes=5)
    case = program.ticket(resident)
    steps = program.get(f"/streams/{resident}").json()["steps"]
    assert [s["event"] for s in steps] == ["population.resident-registered", "population.ktp-requested"]
    assert [s["state"]["open_case"] for s in steps] == [None, case]
    then = program.get(f"/streams/{resident}?at={before:%Y-%m-%dT%H:%M:%SZ}").json()["steps"]
    assert [s["event"] for s in then] == ["population.resident-registered"]


def test_a_moment_without_offset_is_jakarta_time(program: Program, clock: StandingClock) -> None:
    resident = program.resident()
    assert clock.time.hour == 5, "noon in Sragen"
    assert len(program.get(f"/streams/{resident}?at=2026-11-24T12:00:01").json()["steps"]) == 1
    assert program.get(f"/streams/{resident}?at=2026-11-24T11:59:59").json()["steps"] == []


def test_a_past_position_shows_the_read_models_as_they_were(program: Program) -> None:
    first = program.register()
    resident = first["residents"][0]
    program.ticket(resident)
    then = program.get(f"/residents/{resident}?position={first['positions']['last']}").json()
    assert then["open_case"] is None
    assert program.get(f"/residents/{resident}").json()["open_case"] is not None
    problem(program.get(f"/residents/{resident}?position=0"), 404, "unknown-resident")
    problem(program.get("/residents?position=999999"), 404, "unknown-position")
