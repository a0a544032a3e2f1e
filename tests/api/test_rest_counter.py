"""The counter over REST, on a real hub: calls, clocks, shares and blanks."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.acts.people import StandingClock
from tests.api.program import PREFIX, Program, member, problem

BEFORE_PRINTING = ("call", "complete-file", "record-biometrics")


def people(program: Program, count: int) -> list[str]:
    members = [member(relation="1" if n == 0 else "11", name=f"Agus {n}") for n in range(count)]
    return list(program.register(*members)["residents"])


def ready(program: Program, resident: str) -> str:
    case = program.ticket(resident)
    for step in BEFORE_PRINTING:
        assert program.step(case, step).status_code == 200
    return case


def line(program: Program, movement: str, count: int, **more: str) -> None:
    source = {"source": "KEMENDAGRI"} if movement == "receive" else {}
    new = {"movement": movement, "count": count, **source, **more}
    answer = program.post("/blank-stock/movements", new)
    assert answer.status_code == 201, answer.text
    assert answer.json()["office"] == "DISDUKCAPIL"


def stock(program: Program) -> dict[str, Any]:
    return dict(program.get("/blank-stock/DISDUKCAPIL").json())


def test_the_services_of_the_counter_are_a_list_that_anybody_may_read(client: TestClient) -> None:
    listed = client.get(f"{PREFIX}/counter-services").json()
    assert {row["document"] for row in listed} >= {"KTP", "KK", "KIA", "AKTA-LAHIR", "PINDAH"}
    assert {row["document"]: row["promise_seconds"] for row in listed}["KTP"] == 300


def test_any_service_of_the_list_takes_a_ticket_and_no_other(program: Program) -> None:
    resident = program.resident()
    for document in ("KK", "KIA", "AKTA-LAHIR"):
        answer = program.post("/cases", {"document": document, "resident": resident})
        assert answer.status_code == 201
    refused = program.post("/cases", {"document": "SIM", "resident": resident})
    problem(refused, 422, "unknown-document")
    assert [row["document"] for row in program.get("/cases?document=KIA").json()["items"]] == ["KIA"]


def test_the_next_ticket_is_called_in_order_and_each_once(program: Program) -> None:
    cases = [program.ticket(resident) for resident in people(program, 2)]
    called = [program.post("/cases/next", {"counter": window}).json()["case"] for window in ("1", "2")]
    assert called == cases
    problem(program.post("/cases/next", {"counter": "3"}), 422, "nobody-waits")


def test_a_repeated_call_calls_the_same_ticket(program: Program) -> None:
    for resident in people(program, 2):
        program.ticket(resident)
    key = "0198c0de-0000-7000-8000-0000000000aa"
    first = program.post("/cases/next", {"counter": "1"}, key)
    again = program.post("/cases/next", {"counter": "1"}, key)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_next_of_one_service_passes_over_the_others(program: Program) -> None:
    first, second = people(program, 2)
    program.ticket(first)
    kk = program.post("/cases", {"document": "KK", "resident": second}).json()["case"]
    assert program.post("/cases/next", {"counter": "4", "document": "KK"}).json()["case"] == kk


def test_the_display_shows_windows_and_tickets_to_anybody_and_no_name(
    program: Program, client: TestClient
) -> None:
    program.ticket(people(program, 2)[0])
    program.post("/cases/next", {"counter": "3"})
    shown = client.get(f"{PREFIX}/calls/DISDUKCAPIL")
    assert [(call["counter"], call["ticket"]) for call in shown.json()["calls"]] == [("3", 1)]
    assert "Agus" not in shown.text
    assert "resident" not in shown.text
    problem(client.get(f"{PREFIX}/calls/KEC-99"), 422, "unknown-office")


def test_who_does_not_come_is_called_again_and_makes_room(program: Program, client: TestClient) -> None:
    resident = program.resident()
    case = program.ticket(resident)
    program.step(case, "call")
    again = program.post(f"/cases/{case}/steps", {"step": "call-again", "counter": "1"})
    assert again.status_code == 200
    assert program.step(case, "no-show").status_code == 200
    assert client.get(f"{PREFIX}/calls/DISDUKCAPIL").json()["calls"] == []
    assert program.get(f"/cases/{case}").json()["step"] == "no-show"
    program.ticket(resident)  # she may come again


def test_a_print_uses_a_blank_and_the_book_tells_it(program: Program) -> None:
    case = ready(program, program.resident())
    line(program, "receive", 3, letter="470/1")
    assert program.step(case, "print-card").json()["suket"] is None
    now = stock(program)
    assert (now["received"], now["used"], now["left"], now["kecamatan"]) == (3, 1, 2, None)
    assert [row["line"] for row in now["lines"]] == ["received"]


def test_without_blanks_a_suket_and_a_place_then_the_card_in_order(
    program: Program, clock: StandingClock
) -> None:
    cases = []
    for resident in people(program, 2):
        clock.time += timedelta(minutes=1)
        cases.append(ready(program, resident))
    line(program, "receive", 1)
    line(program, "spoil", 1, reason="damaged")
    sukets = [program.step(case, "print-card").json()["suket"] for case in reversed(cases)]
    assert sukets == ["0001/SUKET/DISDUKCAPIL/2026", "0002/SUKET/DISDUKCAPIL/2026"]
    clock.time += timedelta(minutes=30)
    assert [(row["place"], row["case"]) for row in stock(program)["backlog"]] == [*enumerate(cases, 1)]
    assert stock(program)["backlog"][0]["waited_seconds"] == 1800
    line(program, "receive", 1)
    assert [row["state"] for row in stock(program)["backlog"]] == ["ready", "waiting"]
    problem(program.step(cases[1], "print-card"), 422, "case-is-waiting")
    assert program.step(cases[0], "print-card").status_code == 200
    program.step(cases[0], "hand-over")
    told = program.get(f"/cases/{cases[0]}/clock").json()
    assert told["figures"]["seconds"]["blank-stock"] == 1800
    assert told["suket"] == "0002/SUKET/DISDUKCAPIL/2026"


def test_a_count_that_differs_is_told_and_holds(program: Program) -> None:
    line(program, "receive", 10)
    line(program, "count", 8)
    now = stock(program)
    assert (now["left"], now["difference"], now["counted_on"]) == (8, -2, "2026-11-24")
    assert [row["line"] for row in now["lines"]] == ["difference", "counted", "received"]


def test_blanks_are_sent_on_and_received_by_the_other_office(program: Program) -> None:
    line(program, "receive", 10)
    line(program, "send", 4, to="KEC-10", letter="470/2")
    there = program.as_("ratna")
    body = {"movement": "receive", "count": 4, "source": "DISDUKCAPIL", "letter": "470/2"}
    assert there.post("/blank-stock/movements", body).status_code == 201
    rows = {row["office"]: row for row in program.get("/blank-stock").json()}
    assert (rows["DISDUKCAPIL"]["left"], rows["KEC-10"]["left"]) == (6, 4)
    assert rows["KEC-10"]["kecamatan"] == "33.14.10"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"movement": "count", "count": 1}, "stock-not-kept"),
        ({"movement": "receive", "count": 0, "source": "KEMENDAGRI"}, "malformed-count"),
        ({"movement": "receive", "count": 1, "source": "PASAR"}, "unknown-source"),
        ({"movement": "lend", "count": 1}, "unknown-movement"),
        ({"movement": "receive", "count": "1", "source": "KEMENDAGRI"}, "body-wrong-shape"),
    ],
)
def test_a_wrong_line_is_refused(program: Program, body: dict[str, Any], code: str) -> None:
    answer = program.post("/blank-stock/movements", body)
    problem(answer, answer.status_code, code)
    problem(program.get("/blank-stock/DISDUKCAPIL"), 404, "unknown-stock")


def served(program: Program, clock: StandingClock, resident: str, minutes: float, wait: float = 0) -> str:
    case = program.ticket(resident)
    program.step(case, "call")
    program.step(case, "complete-file")
    if wait:
        program.post(f"/cases/{case}/steps", {"step": "start-wait", "cause": "central-system"})
        clock.time += timedelta(minutes=wait)
        program.step(case, "end-wait")
    clock.time += timedelta(minutes=minutes)
    for step in ("record-biometrics", "print-card", "hand-over"):
        program.step(case, step)
    return case


def test_the_share_under_five_minutes_is_told_by_office_day_and_cause(
    program: Program, clock: StandingClock
) -> None:
    first, second, third = people(program, 3)
    served(program, clock, first, 2, wait=10)
    served(program, clock, second, 9)
    served(program.as_("ratna"), clock, third, 3)
    told = program.get("/five-minutes").json()
    assert (told["served"], told["within"]) == (3, 2)
    days = {row["office"]: row for row in told["days"]}
    assert (days["DISDUKCAPIL"]["share"], days["KEC-10"]["share"]) == (0.5, 1.0)
    assert days["KEC-10"]["kecamatan"] == "33.14.10"
    central = days["DISDUKCAPIL"]["causes"]["central-system"]
    assert central == {"cases": 1, "seconds": 600, "within": 1}
    assert days["DISDUKCAPIL"]["causes"]["office"]["seconds"] == 11 * 60
    assert program.get("/five-minutes?office=KEC-10").json()["served"] == 1
    assert program.get("/five-minutes?document=KK").json()["served"] == 0
    assert program.get("/five-minutes?end=2026-11-23").json()["days"] == []


def test_a_range_of_days_has_an_order_and_an_end(program: Program) -> None:
    problem(program.get("/five-minutes?start=2026-11-25"), 422, "malformed-days")
    problem(program.get("/five-minutes?start=2025-11-01"), 422, "malformed-days")
    problem(program.get("/five-minutes?document=SIM"), 422, "unknown-document")


def test_a_receipt_is_found_by_its_code_without_a_token(
    program: Program, client: TestClient, clock: StandingClock
) -> None:
    case = served(program, clock, program.resident(), 2, wait=5)
    code = program.get(f"/cases/{case}").json()["code"]
    told = client.get(f"{PREFIX}/receipts/{code.lower().replace('-', '')}").json()
    assert told == program.get(f"/cases/{case}/clock").json()
    assert (told["office_seconds"], told["within"]) == (120, True)
    assert [part["cause"] for part in told["figures"]["segments"]] == ["central-system", "office"]
    problem(client.get(f"{PREFIX}/receipts/AAAA-BBBB-CCCC"), 404, "unknown-receipt")
    problem(program.get("/cases/resident-1/clock"), 404, "unknown-case")
