"""A KTP from the wish to the hand-over, on pages and with forms only."""

from datetime import timedelta

from api.wiring import Hub
from tests.acts.people import SRI_NIK, StandingClock
from tests.api.pages.browser import Browser
from tests.api.pages.steps import find, register, step, take_ticket

SPACED = "3314 1057 0890 9001"


def test_a_household_is_registered_and_everybody_has_a_nik(clerk: Browser) -> None:
    household = register(clerk)
    assert household.status == 200
    assert household.address.startswith("/keluarga/household-")
    assert SPACED in household.text
    assert "3314 1002 0315 90" in household.text  # given by the regency, in the synthetic range


def test_a_ktp_goes_from_ticket_to_hand_over(clerk: Browser, clock: StandingClock) -> None:
    register(clerk)
    case = take_ticket(clerk)
    assert "Tiket 1" in case.text
    for button in ("call", "complete-file", "record-biometrics", "print-card", "hand-over"):
        clock.time += timedelta(seconds=30)
        case = step(clerk, case, button)
        assert case.status == 200
    assert "Diserahkan" in case.text
    assert "1:30" in case.text  # three steps of the office's time after the file was complete
    resident = find(clerk)
    assert "KTP terbit" in resident.text
    home = clerk.get("/")
    assert "100% dalam lima menit" in home.text.replace("\xa0", "")


def test_the_office_does_not_answer_for_a_wait(clerk: Browser, clock: StandingClock) -> None:
    register(clerk)
    case = step(clerk, step(clerk, take_ticket(clerk), "call"), "complete-file")
    case = step(clerk, case, "start-wait", cause="central-system")
    assert "Menunggu sistem pusat" in case.text
    clock.time += timedelta(minutes=20)
    case = step(clerk, case, "end-wait")
    clock.time += timedelta(seconds=45)
    case = clerk.get(case.address)
    assert "0:45" in case.text
    assert "20:00" in case.text
    assert "Menunggu sistem pusat 20:00" in clerk.get("/loket").text


def test_the_queue_offers_the_next_step(clerk: Browser) -> None:
    register(clerk)
    case = take_ticket(clerk)
    queue = clerk.get("/loket")
    assert "Sri Wahyuni" in queue.text
    after = clerk.send(queue.form(case.address, "call"), "call")
    assert after.address == "/loket"
    assert after.form(case.address, "complete-file")


def test_two_clerks_on_one_case_are_told(clerk: Browser) -> None:
    register(clerk)
    mine = take_ticket(clerk)
    theirs = clerk.get(mine.address)
    step(clerk, mine, "call")
    late = step(clerk, theirs, "call")  # drawn from the version before
    assert late.status == 409
    assert late.codes() == ["somebody-came-first"]
    assert step(clerk, late, "complete-file").status == 200  # the page shows what is true now


def test_a_wrong_order_of_steps_is_refused(clerk: Browser) -> None:
    register(clerk)
    case = take_ticket(clerk)
    form = case.form(case.address, "call")
    form.buttons.append(("step", "hand-over"))
    late = clerk.send(form, "hand-over")
    assert late.status == 422
    assert late.codes() == ["wrong-order-of-steps"]


def test_a_double_click_is_one_act(clerk: Browser, hub: Hub) -> None:
    resident = register(clerk) and find(clerk)
    form = resident.form(f"{resident.address}/tiket")
    first, second = clerk.send(form), clerk.send(form)
    assert first.address == second.address
    assert second.status == 200
    head = hub.ledger.head()
    step(clerk, first, "call")
    step(clerk, first, "call")
    assert hub.ledger.head() == head + 1


def test_a_form_without_its_id_does_nothing(clerk: Browser, hub: Hub) -> None:
    register(clerk)
    resident = find(clerk)
    form = resident.form(f"{resident.address}/tiket")
    head = hub.ledger.head()
    assert clerk.send(form, values={"command_id": ""}).status == 400
    assert hub.ledger.head() == head


def test_a_name_is_found_without_standing_in_an_address(clerk: Browser) -> None:
    register(clerk)
    found = clerk.send(clerk.get("/penduduk").form("/penduduk/cari"), values={"nama": "sri wah"})
    assert "Sri Wahyuni" in found.text
    assert SRI_NIK not in found.html  # masked in a list
    assert not any("sri" in address.lower() for address in clerk.asked)


def test_another_officer_does_not_see_my_search(clerk: Browser) -> None:
    register(clerk)
    found = clerk.send(clerk.get("/penduduk").form("/penduduk/cari"), values={"nama": "sri wah"})
    clerk.sign_in("yuni")
    assert clerk.get(found.address).status == 404
