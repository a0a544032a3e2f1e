"""The form of a new household: what is wrong is said, and nothing that was typed is lost."""

import pytest
from fastapi.testclient import TestClient

from api.wiring import Hub
from tests.acts.people import SRI_NIK
from tests.api.pages.browser import Browser
from tests.api.pages.steps import ADDRESS, BUDI, NEW, SRI, register


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"m0-nik": "33"}, "malformed-nik", "m0-nik"),
        ({"m1-birth_date": "2031-01-01"}, "birth-in-the-future", "m1-birth_date"),
        ({"m1-birth_date": "kemarin"}, "malformed-date", "m1-birth_date"),
        ({"m0-name": ""}, "field-missing", "m0-name"),
        ({"m1-name": "B" * 61}, "name-missing-or-too-long", "m1-name"),
        ({"m1-religion": "99"}, "unknown-code", "m1-religion"),
        ({"m0-relation": "4"}, "household-needs-one-head", "m0-relation"),
        ({"village": "33.14.99.9999"}, "unknown-village", "village"),
        ({"kk": "1"}, "malformed-kk", "kk"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    reader: TestClient, standing: Hub, changes: dict[str, str], code: str, field: str
) -> None:
    clerk = Browser(reader)
    clerk.sign_in("dewi")
    again = register(clerk, **changes)
    assert again.status == 422
    assert again.codes() == [code]
    assert f"#{field}" in again.links
    assert f'id="{field}-wrong"' in again.html
    kept = dict(again.form(NEW).fields)
    assert kept["address"] == "Jl. Raya Sukowati 12"
    assert kept["m1-mother"] == ""
    assert kept["m0-birth_date"] == "1990-08-17"
    assert standing.ledger.head() == 0


def test_a_nik_is_given_once(clerk: Browser) -> None:
    register(clerk)
    again = register(clerk)
    assert again.status == 409
    assert again.codes() == ["nik-already-registered"]
    assert "#m0-nik" in again.links
    assert dict(again.form(NEW).fields)["m0-nik"] == SRI_NIK


def test_the_corrected_form_is_accepted(clerk: Browser) -> None:
    again = register(clerk, **{"m0-nik": "33"})
    done = clerk.send(again.form(NEW), "register", {"m0-nik": SRI_NIK})
    assert done.address.startswith("/keluarga/household-")


def test_rows_are_added_and_removed_without_javascript(reader: TestClient) -> None:
    clerk = Browser(reader)
    clerk.sign_in("dewi")
    form = clerk.get(NEW).form(NEW)
    more = clerk.send(form, "add", {"m1-name": "Budi"})
    assert more.status == 200
    assert [v for n, v in more.form(NEW).fields if n == "row"] == ["0", "1", "2"]
    fewer = clerk.send(more.form(NEW), "remove-0")
    kept = dict(fewer.form(NEW).fields)
    assert [v for n, v in fewer.form(NEW).fields if n == "row"] == ["0", "1"]
    assert kept["m0-name"] == "Budi"


def test_rows_that_javascript_left_with_gaps_are_read(reader: TestClient) -> None:
    clerk = Browser(reader)
    clerk.sign_in("dewi")
    form = clerk.get(NEW).form(NEW)
    form.fields = [(n.replace("m1-", "m7-"), "7" if (n, v) == ("row", "1") else v) for n, v in form.fields]
    again = clerk.send(form, "register", {"m7-name": "Budi"})
    assert dict(again.form(NEW).fields)["m1-name"] == "Budi"


def test_a_resent_form_registers_once(clerk: Browser, hub: Hub) -> None:
    form = clerk.get(NEW).form(NEW)
    first = clerk.send(form, "register", ADDRESS | SRI | BUDI)
    head = hub.ledger.head()
    second = clerk.send(form, "register", ADDRESS | SRI | BUDI)
    assert first.address == second.address
    assert hub.ledger.head() == head
