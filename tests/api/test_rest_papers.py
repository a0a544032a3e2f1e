"""Papers over REST: given out, listed, fetched, reprinted, revoked; and a public answer to a code."""

from tests.acts.people import SRI_NIK
from tests.adapters.papers.samples import text, told
from tests.api.program import Program, member, problem

FORGED = f"SIMPUL1.KK.9F2C11AB.{'0' * 32}.20261124.{'A' * 25}A.{'A' * 16}.{'A' * 103}"


def printed(program: Program, about: str, kind: str = "KK") -> str:
    answer = program.post("/papers", {"kind": kind, "about": about})
    assert answer.status_code == 201, answer.text
    assert answer.headers["ETag"] == '"1"'
    return str(answer.json()["paper"])


def code_of(program: Program, paper: str) -> str:
    return told(program.get(f"/papers/{paper}/pdf").content)


def verdict(program: Program, code: str) -> dict[str, object]:
    """Asked by somebody whom nobody knows."""
    answer = program.client.post("/api/v1/verification", json={"code": code})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_family_card_is_printed_and_fetched(program: Program) -> None:
    home = program.register()["household"]
    paper = printed(program, home)
    pdf = program.get(f"/papers/{paper}/pdf")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.headers["cache-control"] == "no-store"
    assert pdf.headers["content-disposition"] == f'inline; filename="{paper}.pdf"'
    assert "SRI WAHYUNI" in text(pdf.content)
    row = program.get(f"/papers/{paper}").json()
    assert (row["kind"], row["about"], row["status"], row["readable"]) == ("KK", home, "valid", True)
    assert "subjects" not in row


def test_nobody_fetches_a_paper_without_a_token(program: Program) -> None:
    paper = printed(program, program.register()["household"])
    for path in (f"/papers/{paper}/pdf", f"/papers/{paper}", "/papers?record=x"):
        problem(program.client.get(f"/api/v1{path}"), 401, "not-signed-in")


def test_the_papers_of_a_resident_are_those_on_which_she_stands(program: Program) -> None:
    registered = program.register()
    paper = printed(program, registered["household"])
    (row,) = program.get(f"/papers?record={registered['residents'][0]}").json()["items"]
    assert row["paper"] == paper
    assert program.get("/papers?record=resident-none").json()["items"] == []


def test_a_reprint_has_a_reason_and_a_stale_one_is_refused(program: Program) -> None:
    paper = printed(program, program.register()["household"])
    done = program.post(f"/papers/{paper}/reprints", {"reason": "damaged"}, if_match='"1"')
    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    late = program.post(f"/papers/{paper}/reprints", {"reason": "damaged"}, if_match='"1"')
    assert problem(late, 409, "somebody-came-first")["event"] == "papers.paper-reprinted"
    problem(program.post(f"/papers/{paper}/reprints", {"reason": "why"}), 422, "unknown-reason")
    assert program.get(f"/papers/{paper}").json()["copies"] == 2


def test_the_same_paper_again_is_refused_and_names_the_one_that_holds(program: Program) -> None:
    home = program.register()["household"]
    paper = printed(program, home)
    again = program.post("/papers", {"kind": "KK", "about": home})
    assert problem(again, 422, "paper-still-holds")["paper"] == paper


def test_a_repeat_is_answered_with_the_same_bytes(program: Program) -> None:
    home, key = program.register()["household"], "0198c0de-0000-7000-8000-0000000000aa"
    first, second = (program.post("/papers", {"kind": "KK", "about": home}, key) for _ in range(2))
    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"


def test_anybody_learns_whether_a_paper_holds_and_nothing_else(program: Program) -> None:
    paper = printed(program, program.register(member(nik=SRI_NIK))["household"])
    code = code_of(program, paper)
    answer = verdict(program, code)
    assert (answer["verdict"], answer["kind"], answer["ended_on"]) == ("valid", "KK", None)
    assert set(answer) == {"verdict", "kind", "issued_on", "until", "ended_on", "synthetic"}
    assert SRI_NIK not in code
    program.post(f"/papers/{paper}/revocation", {"reason": "wrong-data"})
    assert verdict(program, code)["verdict"] == "revoked"
    assert verdict(program, FORGED)["verdict"] == "forged"
    changed = code.replace(".KK.", ".KTP.")
    assert verdict(program, changed)["verdict"] == "forged"
    nonsense = program.client.post("/api/v1/verification", json={"code": SRI_NIK})
    assert SRI_NIK not in problem(nonsense, 422, "malformed-paper-code")["title"]


def test_the_published_keys_are_those_that_signed(program: Program) -> None:
    assert program.client.get("/api/v1/verification/keys").json() == []
    code = code_of(program, printed(program, program.register()["household"]))
    (key,) = program.client.get("/api/v1/verification/keys").json()
    assert key["id"] == code.split(".")[2]


def test_a_forgotten_person_closes_the_paper_for_good(program: Program) -> None:
    registered = program.register()
    paper = printed(program, registered["household"])
    letter = {"resident": registered["residents"][0], "basis": "subject-request", "letter": "470/12/2026"}
    erasure = program.post("/erasures", letter).json()["erasure"]
    program.as_("bagus").post(f"/erasures/{erasure}/decision", {"decision": "approve"})
    problem(program.get(f"/papers/{paper}/pdf"), 410, "paper-forgotten")
    problem(program.post(f"/papers/{paper}/reprints", {"reason": "lost"}), 410, "paper-forgotten")
    row = program.get(f"/papers/{paper}").json()
    assert (row["status"], row["readable"]) == ("valid", False)
    fact = program.get(f"/streams/{paper}").json()["steps"][0]["data"]
    assert {share["value"] for share in fact["shares"]} == {None}


def test_an_unknown_paper_is_unknown_on_every_route(program: Program) -> None:
    for path in ("/papers/paper-none", "/papers/paper-none/pdf"):
        problem(program.get(path), 404, "unknown-paper")
    problem(program.post("/papers/paper-none/reprints", {"reason": "lost"}), 404, "unknown-paper")
    problem(program.post("/papers/paper-none/revocation", {"reason": "wrong-data"}), 404, "unknown-paper")
