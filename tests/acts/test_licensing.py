"""Acts of the one-stop office on a real store."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from api.acts.civil import asked
from api.acts.desk import Desk
from api.acts.licensing import (
    Filed,
    NewApplication,
    apply_for_permit,
    approve,
    issue,
    load,
    propose_class,
    refuse,
    verify,
)
from api.acts.population import register_household
from domain.kernel.errors import Conflict, Malformed, Rejected, Unknown
from domain.licensing.application import Status
from tests.acts.office import Office
from tests.acts.people import KECAMATAN, ONE_STOP, REGISTRAR, SRAGEN_TENGAH, SRI, command, household


@pytest.fixture
def shop(desk: Desk) -> NewApplication:
    resident = register_household(
        desk, household(SRI), by=REGISTRAR, command_id=command("household")
    ).residents[0]
    return NewApplication(
        permit="SIUP-KECIL",
        applicant=resident,
        company="Toko Sri",
        legal_form="PO",
        npwp="",
        kbli="47112",
        address="Jl. Raya Sukowati 12",
        village=SRAGEN_TENGAH,
        net_worth=300_000_000,
    )


def file(desk: Desk, new: NewApplication, name: str = "apply") -> Filed:
    return apply_for_permit(desk, new, by=ONE_STOP, command_id=command(name))


def complete(desk: Desk, new: NewApplication) -> str:
    application = file(desk, new).application
    needed = desk.reference.catalogue.rows[new.permit].requirements
    verify(desk, application, needed, by=ONE_STOP, command_id=command("verify"))
    return application


def test_a_siup_goes_from_application_to_issue(desk: Desk, shop: NewApplication) -> None:
    application = complete(desk, shop)
    approve(desk, application, by=ONE_STOP, command_id=command("approve"))
    issue(desk, application, by=ONE_STOP, command_id=command("issue"))
    state = load(desk, application).state
    assert state.status is Status.ISSUED
    assert state.number == "0001/SIUP-KECIL/BPT/2026"


def test_permit_numbers_of_a_type_office_and_year_have_no_gap(desk: Desk, shop: NewApplication) -> None:
    numbers = []
    for n in range(3):
        application = file(desk, shop, f"apply {n}").application
        needed = desk.reference.catalogue.rows[shop.permit].requirements
        verify(desk, application, needed, by=ONE_STOP, command_id=command(f"v {n}"))
        approve(desk, application, by=ONE_STOP, command_id=command(f"a {n}"))
        issue(desk, application, by=ONE_STOP, command_id=command(f"i {n}"))
        numbers.append(load(desk, application).state.number)
    assert [str(n)[:4] for n in numbers] == ["0001", "0002", "0003"]


def test_net_worth_decides_the_class_and_the_right_row_is_proposed(desk: Desk, shop: NewApplication) -> None:
    with pytest.raises(Rejected) as refused:
        file(desk, replace(shop, net_worth=500_000_001))
    assert refused.value.code == "net-worth-does-not-fit-class"
    assert refused.value.parameters["proposed"] == "SIUP-MENENGAH"
    assert propose_class(desk, 500_000_001) == "SIUP-MENENGAH"


def test_a_type_with_a_fee_waits_for_its_tariff(desk: Desk, shop: NewApplication) -> None:
    application = complete(desk, replace(shop, permit="HO-UMUM", net_worth=None))
    approve(desk, application, by=ONE_STOP, command_id=command("approve"))
    assert load(desk, application).state.status is Status.AWAITING_TARIFF
    head = desk.ledger.head()
    with pytest.raises(Rejected) as refused:
        issue(desk, application, by=ONE_STOP, command_id=command("issue"))
    assert refused.value.code == "permit-awaits-tariff"
    assert desk.ledger.head() == head, "no number of the series was used up"


def test_a_missing_requirement_is_named(desk: Desk, shop: NewApplication) -> None:
    application = file(desk, shop).application
    with pytest.raises(Rejected) as refused:
        verify(desk, application, ("Pas foto 4x6",), by=ONE_STOP, command_id=command("verify"))
    assert refused.value.code == "requirement-missing"
    assert "Fotokopi NPWP" in list(refused.value.parameters["missing"])  # type: ignore[call-overload]


def test_a_refusal_has_a_reason(desk: Desk, shop: NewApplication) -> None:
    application = complete(desk, shop)
    with pytest.raises(Rejected):
        refuse(desk, application, " ", by=ONE_STOP, command_id=command("r0"))
    refuse(desk, application, "Lokasi tidak sesuai", by=ONE_STOP, command_id=command("r1"))
    assert load(desk, application).state.reason == "Lokasi tidak sesuai"


def test_a_kecamatan_acts_only_on_delegated_types(desk: Desk, shop: NewApplication) -> None:
    apply_for_permit(desk, shop, by=KECAMATAN, command_id=command("delegated"))
    with pytest.raises(Rejected) as refused:
        apply_for_permit(
            desk,
            replace(shop, permit="SIUP-BESAR", net_worth=20_000_000_000),
            by=KECAMATAN,
            command_id=command("not"),
        )
    assert refused.value.code == "permit-not-delegated"


def test_an_unknown_permit_and_an_unknown_applicant_are_told(desk: Desk, shop: NewApplication) -> None:
    with pytest.raises(Malformed) as permit:
        file(desk, replace(shop, permit="SIUP-RAKSASA"))
    assert permit.value.code == "unknown-permit"
    with pytest.raises(Unknown) as applicant:
        file(desk, replace(shop, applicant="resident-none"))
    assert applicant.value.code == "unknown-resident"


def test_two_officers_on_one_application_conflict(desk: Desk, shop: NewApplication) -> None:
    application = complete(desk, shop)
    approve(desk, application, by=ONE_STOP, command_id=command("a"), expected=2)
    with pytest.raises(Conflict):
        refuse(desk, application, "terlambat", by=ONE_STOP, command_id=command("b"), expected=2)


def test_the_same_application_sent_twice_is_one(desk: Desk, shop: NewApplication) -> None:
    first, again = file(desk, shop), file(desk, shop)
    assert again.receipt.repeated
    assert (again.application, again.tracking) == (first.application, first.tracking)


def test_a_tracking_code_is_long_and_tells_nothing(desk: Desk, shop: NewApplication) -> None:
    code = file(desk, shop).tracking
    assert len(code.replace("-", "")) == 12
    assert code != file(desk, shop, "other").tracking


@pytest.mark.parametrize(
    ("code", "what", "refusal"),
    [
        ("DEATH", lambda o: asked.Death(o.tono), "applicant-dead"),
        (
            "MOVE_OUT",
            lambda o: asked.MoveOut((o.tono,), "between-provinces", "Jakarta"),
            "applicant-moved-away",
        ),
        ("ABROAD_OUT", lambda o: asked.AbroadOut((o.tono,), "Malaysia"), "applicant-moved-away"),
        ("DUPLICATE", lambda o: asked.Duplicate(o.joko, o.tono, "orang yang sama"), "applicant-void"),
    ],
)
def test_who_does_not_live_here_any_more_is_given_no_permit(
    code: str, what: Callable[[Office], object], refusal: str
) -> None:
    office = Office()
    new = NewApplication(
        "SIUP-KECIL", office.tono, "Toko Tono", "PO", "", "", "Jl. Veteran 3", SRAGEN_TENGAH, 300_000_000
    )
    file(office.desk, new, "while he lived here")
    office.record(code, what(office))
    with pytest.raises(Rejected) as refused:
        file(office.desk, new, "after")
    assert refused.value.code == refusal
