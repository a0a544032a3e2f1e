"""Forgetting on every face: asked by one officer, decided by another, listed without a name."""

from tests.acts.people import SRI_NIK
from tests.api.program import Program

ASK = {"basis": "subject-request", "letter": "470/12/2026"}


def asked(program: Program, resident: str) -> str:
    answer = program.post("/erasures", {"resident": resident, **ASK})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["erasure"])


def test_a_resident_is_forgotten_over_rest(program: Program) -> None:
    sri = program.sri()
    before = program.get(f"/residents/{sri}")
    erasure = asked(program, sri)
    own = program.post(f"/erasures/{erasure}/decision", {"decision": "approve"})
    assert (own.status_code, own.json()["code"]) == (422, "second-officer-needed")
    done = program.as_("bagus").post(f"/erasures/{erasure}/decision", {"decision": "approve"})
    assert done.status_code == 200, done.text
    after = program.get(f"/residents/{sri}", if_none_match=before.headers["ETag"])
    assert after.status_code == 200, "what the caller has is not what is told now"
    assert (before.json()["nik"], after.json()["nik"], after.json()["name"]) == (SRI_NIK, None, None)
    assert program.post("/residents/search", {"nik": SRI_NIK}).json()["items"] == []
    (row,) = program.get("/erasures").json()["items"]
    assert (row["stage"], row["requested_by"], row["decided_by"]) == ("forgotten", "dewi", "bagus")


def test_the_list_can_be_asked_by_stage(program: Program) -> None:
    erasure = asked(program, program.sri())
    assert [row["erasure"] for row in program.get("/erasures?stage=requested").json()["items"]] == [erasure]
    assert program.get("/erasures?stage=forgotten").json()["items"] == []
    assert program.get("/erasures?stage=lost").json()["code"] == "unknown-stage"


def test_a_rejection_names_its_reason(program: Program) -> None:
    erasure = asked(program, program.sri())
    body = {"decision": "reject", "reason": "statutory-duty"}
    assert program.as_("bagus").post(f"/erasures/{erasure}/decision", body).status_code == 200
    (row,) = program.get("/erasures").json()["items"]
    assert (row["stage"], row["reason"]) == ("rejected", "statutory-duty")


def test_the_history_of_a_forgotten_record_is_told_without_her(program: Program) -> None:
    sri = program.sri()
    erasure = asked(program, sri)
    program.as_("bagus").post(f"/erasures/{erasure}/decision", {"decision": "approve"})
    told = program.get(f"/streams/{sri}").json()["steps"][0]
    assert (told["data"]["nik"]["value"], told["state"]["person"]) == (None, None)
    stages = [step["state"]["stage"] for step in program.get(f"/streams/{erasure}").json()["steps"]]
    assert stages == ["requested", "approved", "forgotten"]


def test_a_feed_page_changes_its_tag_when_somebody_in_it_is_forgotten(program: Program) -> None:
    sri = program.sri()
    token = {"Authorization": "Bearer token-kemendagri"}
    before = program.client.get("/feeds/kemendagri", headers=token)
    assert SRI_NIK in before.text
    erasure = asked(program, sri)
    program.as_("bagus").post(f"/erasures/{erasure}/decision", {"decision": "approve"})
    known = token | {"If-None-Match": before.headers["ETag"]}
    after = program.client.get("/feeds/kemendagri", headers=known)
    assert after.status_code == 200
    assert SRI_NIK not in after.text
    assert [e["id"] for e in after.json()] == [e["id"] for e in before.json()]


REASON = "Ibu Sri belum melunasi sewa kios"


def refused(program: Program, application: str) -> str:
    """What the officer and whoever has the tracking code read as the reason."""
    body = {"decision": "refuse", "reason": REASON}
    answer = program.as_("hendra").post(f"/applications/{application}/decision", body)
    assert answer.status_code == 200, answer.text
    return reason(program, application)


def reason(program: Program, application: str) -> str:
    row = program.get(f"/applications/{application}").json()
    public = program.get(f"/tracking/{row['tracking']}").json()
    assert (row["status"], row["reason"]) == ("refused", public["reason"])
    return str(row["reason"])


def test_the_reason_of_a_refusal_is_forgotten_with_the_applicant(program: Program) -> None:
    sri = program.sri()
    early, late = (program.as_("yuni").verified(sri, company=f"Toko {n}") for n in (1, 2))
    assert refused(program, early) == REASON
    erasure = asked(program, sri)
    done = program.as_("bagus").post(f"/erasures/{erasure}/decision", {"decision": "approve"})
    assert done.status_code == 200
    assert reason(program, early) == "None"
    assert refused(program, late) == "None", "her other file still ends, without words"
    assert REASON not in program.get(f"/streams/{early}").text
