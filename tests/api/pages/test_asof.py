"""Pages with lists as they were: a form with two times, and no button that acts."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.acts.desk import JAKARTA
from tests.acts.people import SRAGEN_TENGAH, StandingClock
from tests.api.pages.browser import Browser
from tests.api.program import Program, member

DAY = timedelta(days=1)
LIST = f"/penduduk?kecamatan=33.14.10&desa={SRAGEN_TENGAH}"


@pytest.fixture
def day(program: Program, clerk: Browser, clock: StandingClock) -> str:
    """Ani was registered on this day, and so was Budi, as was said two days later."""
    day = clock.now().astimezone(JAKARTA).date().isoformat()
    program.ticket(program.register(member(name="Ani"))["residents"][0])
    clock.time += 2 * DAY
    program.register(member(name="Budi"), registered=day)
    clerk.sign_in("dewi")  # a session lasts a day
    return day


def shown(client: TestClient, address: str) -> list[str]:
    page = client.get(address).text
    return [name for name in ("Ani", "Budi") if f">{name}</a>" in page]


def test_residents_are_listed_as_of_both_times(client: TestClient, day: str) -> None:
    assert shown(client, LIST) == ["Ani", "Budi"]
    assert shown(client, f"{LIST}&valid={day}") == ["Ani", "Budi"]
    assert shown(client, f"{LIST}&valid={day}&at={day}T20:00") == ["Ani"]
    assert shown(client, f"{LIST}&at={day}") == ["Ani"], "a day alone is its end"
    page = client.get(f"{LIST}&valid={day}").text
    assert "bukan yang sekarang" in page
    assert "bukan yang sekarang" not in client.get(LIST).text


def test_the_form_keeps_what_was_chosen(clerk: Browser, day: str) -> None:
    (form,) = [form for form in clerk.get(LIST).forms if ("valid", "") in form.fields]
    screen = clerk.send(form, values={"valid": day, "at": f"{day}T20:00"})
    assert f"desa={SRAGEN_TENGAH}" in clerk.asked[-1]
    assert "Ani" in screen.text
    assert "Budi" not in screen.text


def test_the_queue_of_the_past_has_no_buttons(client: TestClient, day: str) -> None:
    page = client.get(f"/loket?valid={day}").text
    assert ">Ani</a>" in page
    assert 'name="step"' not in page
    assert ">Ani</a>" not in client.get("/loket").text, "her ticket was for that day"


def test_applications_are_listed_as_they_stood(
    client: TestClient, program: Program, clerk: Browser, clock: StandingClock
) -> None:
    office = program.as_("yuni")
    day = clock.now().astimezone(JAKARTA).date()
    office.filed(program.resident())
    clerk.sign_in("yuni")
    assert "Toko Sri" in client.get("/izin/berkas").text
    assert "Toko Sri" in client.get(f"/izin/berkas?valid={day}").text
    assert "Toko Sri" not in client.get(f"/izin/berkas?valid={day - DAY}").text


@pytest.mark.parametrize("path", ["/penduduk", "/loket", "/izin/berkas"])
def test_a_time_that_cannot_be_read_is_told(path: str, client: TestClient, clerk: Browser) -> None:
    for query in ("valid=kemarin", "at=siang"):
        answer = client.get(f"{path}?{query}")
        assert (answer.status_code, "tidak dapat dibaca" in answer.text) == (400, True)
