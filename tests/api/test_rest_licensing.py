"""The one-stop office over REST, on a real hub."""

from collections.abc import Iterator

import pytest

from tests.acts.people import StandingClock
from tests.api.conftest import asked, opened
from tests.api.program import Program, problem, shop


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One hub for all: every test files its own applications."""
    with opened(tmp_path_factory.mktemp("hub"), StandingClock()) as hub, asked(hub) as client:
        yield Program(client)


@pytest.fixture
def applicant(program: Program) -> str:
    return program.resident()


@pytest.fixture
def office(program: Program) -> Program:
    """A program of the one-stop office."""
    return program.as_("yuni")


def test_a_siup_goes_from_application_to_issue(office: Program, applicant: str) -> None:
    application = office.verified(applicant)
    for path, body in (("decision", {"decision": "approve"}), ("issue", {})):
        assert office.post(f"/applications/{application}/{path}", body).status_code == 200
    done = office.get(f"/applications/{application}").json()
    assert (done["status"], done["number"]) == ("issued", "0001/SIUP-KECIL/BPT/2026")
    assert [s["status"] for s in done["steps"]] == ["submitted", "complete", "approved", "issued"]


def test_anybody_with_the_code_sees_the_steps_and_no_person(office: Program, applicant: str) -> None:
    application = office.verified(applicant)
    code = office.get(f"/applications/{application}").json()["tracking"]
    answer = office.client.get(f"/api/v1/tracking/{code}")
    assert answer.json()["status"] == "complete"
    for secret in (applicant, "Sri Wahyuni", "Toko Sri", application):
        assert secret not in answer.text
        assert secret in office.get(f"/applications/{application}").text, "the officer sees it"


def test_a_type_with_a_fee_waits_for_its_tariff(office: Program, applicant: str) -> None:
    application = office.verified(applicant, permit="HO-UMUM", net_worth=None)
    office.post(f"/applications/{application}/decision", {"decision": "approve"})
    problem(office.post(f"/applications/{application}/issue", {}), 422, "permit-awaits-tariff")
    assert office.get("/applications?status=approved-awaiting-tariff").json()["items"]


def test_the_right_class_is_proposed(office: Program, applicant: str) -> None:
    answer = office.post("/applications", shop(applicant, net_worth=500_000_001))
    body = problem(answer, 422, "net-worth-does-not-fit-class")
    assert body["proposed"] == "SIUP-MENENGAH"
    assert office.post("/siup-class", {"net_worth": 500_000_001}).json() == {"permit": "SIUP-MENENGAH"}


def test_a_missing_requirement_is_named(office: Program, applicant: str) -> None:
    application = office.filed(applicant)
    answer = office.post(f"/applications/{application}/verification", {"documents": ["Pas foto 4x6"]})
    body = problem(answer, 422, "requirement-missing")
    assert "Fotokopi NPWP" in body["missing"]
    assert "Fotokopi NPWP" in body["title"]


def test_a_refusal_has_a_reason_and_is_told_to_the_applicant(office: Program, applicant: str) -> None:
    application = office.verified(applicant)
    at = f"/applications/{application}/decision"
    problem(office.post(at, {"decision": "refuse"}), 422, "reason-missing")
    assert office.post(at, {"decision": "refuse", "reason": "Lokasi tidak sesuai"}).status_code == 200
    assert office.get(f"/applications/{application}").json()["reason"] == "Lokasi tidak sesuai"


def test_steps_come_in_their_order(office: Program, applicant: str) -> None:
    application = office.filed(applicant)
    problem(office.post(f"/applications/{application}/issue", {}), 422, "wrong-order-of-steps")
    at = f"/applications/{application}/decision"
    problem(office.post(at, {"decision": "approve"}), 422, "wrong-order-of-steps")


def test_pages_of_applications_go_to_the_end_and_repeat_none(office: Program, applicant: str) -> None:
    filed = {office.filed(applicant) for _ in range(5)}
    seen: list[str] = []
    address = "/applications?status=submitted&office=BPT&limit=2"
    while address:
        page = office.get(address).json()
        seen += [row["application"] for row in page["items"]]
        address = (page["next"] or "").removeprefix("/api/v1")
    assert len(seen) == len(set(seen))
    assert set(seen) >= filed
    problem(office.get("/applications?status=lost"), 422, "unknown-status")


def test_a_kecamatan_files_only_what_is_delegated(program: Program, applicant: str) -> None:
    kecamatan = program.as_("siti")
    kecamatan.filed(applicant)
    big = shop(applicant, permit="SIUP-BESAR", net_worth=20_000_000_000)
    problem(kecamatan.post("/applications", big), 422, "permit-not-delegated")


def test_the_catalogue_is_open_to_everybody(office: Program) -> None:
    catalogue = office.client.get("/api/v1/catalogue").json()
    kinds = [row["category"] for row in catalogue["services"]]
    assert (kinds.count("izin"), kinds.count("non_izin")) == (59, 10)
    assert catalogue["provenance"]
    assert len(office.client.get("/api/v1/regions/kecamatan").json()) == 20
    assert len(office.client.get("/api/v1/regions/villages").json()) == 208
    some = office.client.get("/api/v1/regions/villages?kecamatan=33.14.10").json()
    assert {village["kecamatan"] for village in some} == {"33.14.10"}
    assert {o["id"] for o in office.client.get("/api/v1/officers").json()} > {"dewi", "yuni"}
