"""Papers at the desk: printed from the facts, one valid of a kind, opened only while everybody on it is known."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.ledger.ledger import Ledger
from adapters.papers.press import Press
from adapters.papers.safe import Safe
from adapters.papers.signing import PaperKeys
from adapters.papers.typesetting import Typesetter
from api.acts import licensing, papers, population, privacy
from api.acts.desk import Desk
from api.acts.papers import NewPaper, Printed
from api.acts.population import NewTicket, NextStep
from domain.kernel.errors import Gone, Malformed, Refused, Rejected, Unknown
from domain.kernel.events import Actor
from domain.papers.code import Verdict
from domain.papers.paper import PaperIssued
from domain.population.clock import receipt_code
from tests.acts.people import (
    BUDI,
    ONE_STOP,
    REGISTRAR,
    SRAGEN_TENGAH,
    SRI,
    SRI_NIK,
    StandingClock,
    command,
    household,
)
from tests.adapters.papers.samples import text, told

DEEDS = ("AKTA-LAHIR", "AKTA-MATI", "AKTA-KAWIN", "AKTA-CERAI", "PINDAH")
BAGUS = replace(REGISTRAR, id="bagus")


@pytest.fixture
def press(tmp_path: Path, desk: Desk, ledger: Ledger) -> Press:
    folder = tmp_path / "papers"
    keys = PaperKeys(tmp_path / "keys", folder, lambda: desk.today)
    return Press(Typesetter(), keys, Safe(folder, ledger.blind))


@pytest.fixture
def home(desk: Desk) -> str:
    done = population.register_household(desk, household(SRI, BUDI), by=REGISTRAR, command_id=command("home"))
    return done.household


def sri(desk: Desk) -> str:
    return population.resident_with_nik(desk, SRI_NIK)


def printed(
    desk: Desk, press: Press, kind: str, about: str, name: str = "print", by: Actor = REGISTRAR
) -> Printed:
    new = NewPaper(kind, about)
    return papers.issue(desk, press, new, signer="Dewi Lestari", by=by, command_id=command(name))


def served(desk: Desk, *steps: str) -> str:
    """A KTP case of Sri after these steps."""
    ticket = NewTicket("KTP", sri(desk))
    case = population.take_ticket(desk, ticket, by=REGISTRAR, command_id=command("ticket")).case
    for step in steps:
        following = NextStep(step, "1" if step == "call" else "")
        population.serve(desk, case, following, by=REGISTRAR, command_id=command(f"{case} {step}"))
    return case


def code_of(desk: Desk, press: Press, paper: str) -> str:
    return told(papers.open_pdf(desk, press, paper))


def test_a_family_card_says_who_lives_there(desk: Desk, press: Press, home: str) -> None:
    paper = printed(desk, press, "KK", home).paper
    said = text(papers.open_pdf(desk, press, paper))
    assert [
        words for words in ("SRI WAHYUNI", "BUDI", SRI_NIK, "SINTETIS", "Dewi Lestari") if words not in said
    ] == []
    fact = desk.ledger.stream(paper)[0]
    assert isinstance(fact.event, PaperIssued)
    assert fact.header.subjects[0] == home
    assert set(fact.header.subjects) == {home, sri(desk), *(s.subject for s in fact.event.shares)}


def test_a_repeated_click_prints_once(desk: Desk, press: Press, home: str) -> None:
    first, second = printed(desk, press, "KK", home), printed(desk, press, "KK", home)
    assert second == replace(first, receipt=replace(first.receipt, repeated=True))
    assert papers.load(desk, first.paper).state.edition == 1


def test_what_says_the_same_is_reprinted_with_a_reason_and_not_printed_anew(
    desk: Desk, press: Press, home: str
) -> None:
    paper = printed(desk, press, "KK", home).paper
    with pytest.raises(Rejected) as refused:
        printed(desk, press, "KK", home, "again")
    assert (refused.value.code, refused.value.parameters["paper"]) == ("paper-still-holds", paper)
    papers.reprint(desk, paper, "damaged", by=REGISTRAR, command_id=command("reprint"))
    assert papers.load(desk, paper).state.copies == 2
    with pytest.raises(Malformed, match="unknown-reason"):
        papers.reprint(desk, paper, "because", by=REGISTRAR, command_id=command("reprint 2"))


def test_a_newer_paper_replaces_the_one_before_it(desk: Desk, press: Press, home: str) -> None:
    case = served(desk)
    first = printed(desk, press, "RESI", case, "first").paper
    population.serve(desk, case, NextStep("call", "1"), by=REGISTRAR, command_id=command("call"))
    second = printed(desk, press, "RESI", case, "second").paper
    before, after = papers.load(desk, first).state, papers.load(desk, second).state
    assert (before.status, before.replaced_by) == ("replaced", second)
    assert (after.status, after.edition) == ("valid", 2)


def test_after_a_revocation_the_same_is_printed_anew(desk: Desk, press: Press, home: str) -> None:
    first = printed(desk, press, "KK", home).paper
    papers.revoke(desk, first, "issued-in-error", by=REGISTRAR, command_id=command("revoke"))
    second = printed(desk, press, "KK", home, "again").paper
    assert papers.load(desk, first).state.status == "revoked", "a newer paper does not make it milder"
    assert papers.load(desk, second).state.edition == 2


def test_a_receipt_tells_the_times_and_the_code(
    desk: Desk, press: Press, home: str, clock: StandingClock
) -> None:
    case = served(desk, "call", "complete-file")
    clock.time += timedelta(minutes=4, seconds=7)
    for step in ("record-biometrics", "print-card", "hand-over"):
        population.serve(desk, case, NextStep(step), by=REGISTRAR, command_id=command(step))
    said = text(papers.open_pdf(desk, press, printed(desk, press, "RESI", case).paper))
    wanted = ("12:00:00", "12:04:07", "4 menit 7 detik", "ditepati", receipt_code(case))
    assert [words for words in wanted if words not in said] == []


def test_a_data_sheet_belongs_to_a_case_of_a_ktp(desk: Desk, press: Press, home: str) -> None:
    case = served(desk, "call")
    assert SRI_NIK in text(papers.open_pdf(desk, press, printed(desk, press, "KTP", case).paper))


def test_a_temporary_certificate_needs_recorded_biometrics_and_ends(
    desk: Desk, press: Press, home: str, clock: StandingClock
) -> None:
    case = served(desk, "call", "complete-file")
    with pytest.raises(Rejected, match="paper-not-ready"):
        printed(desk, press, "SUKET", case)
    population.serve(desk, case, NextStep("record-biometrics"), by=REGISTRAR, command_id=command("bio"))
    paper = printed(desk, press, "SUKET", case, "suket").paper
    assert "0001/SUKET/DISDUKCAPIL/2026" in text(papers.open_pdf(desk, press, paper))
    code = code_of(desk, press, paper)
    assert papers.check(desk, press, code).verdict is Verdict.VALID
    clock.time += timedelta(days=181)
    assert papers.check(desk, press, code).verdict is Verdict.EXPIRED


def test_a_permit_is_printed_once_it_is_issued(desk: Desk, press: Press, home: str) -> None:
    new = licensing.NewApplication(
        "SIUP-KECIL", sri(desk), "Toko Sri", "PO", "", "47112", "Jl. Veteran 3", SRAGEN_TENGAH, 300_000_000
    )
    filed = licensing.apply_for_permit(desk, new, by=ONE_STOP, command_id=command("file")).application
    with pytest.raises(Rejected, match="paper-not-ready"):
        printed(desk, press, "IZIN", filed, by=ONE_STOP)
    needed = desk.reference.catalogue.rows["SIUP-KECIL"].requirements
    licensing.verify(desk, filed, needed, by=ONE_STOP, command_id=command("verify"))
    licensing.approve(desk, filed, by=ONE_STOP, command_id=command("approve"))
    licensing.issue(desk, filed, by=ONE_STOP, command_id=command("issue"))
    said = text(papers.open_pdf(desk, press, printed(desk, press, "IZIN", filed, "permit", ONE_STOP).paper))
    assert [w for w in ("TOKO SRI", "Rp300.000.000", "0001/SIUP-KECIL/BPT/2026") if w not in said] == []


@pytest.mark.parametrize(
    ("kind", "about", "code"),
    [
        ("KK", "household-none", "unknown-household"),
        ("KK", "no such name", "unknown-household"),
        ("RESI", "case-none", "unknown-case"),
        ("IZIN", "application-none", "unknown-application"),
        ("KIA", "resident-none", "unknown-resident"),
        *((kind, "entry-none", "unknown-entry") for kind in DEEDS),
        ("SIM", "household-none", "unknown-paper-kind"),
    ],
)
def test_a_paper_is_about_a_record_that_is_there(
    desk: Desk, press: Press, kind: str, about: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        printed(desk, press, kind, about)
    assert refused.value.code == code
    with pytest.raises(Unknown, match="unknown-paper"):
        papers.open_pdf(desk, press, "paper-none")


def test_a_code_tells_whether_its_paper_holds_and_nothing_of_its_people(
    desk: Desk, press: Press, home: str
) -> None:
    paper = printed(desk, press, "KK", home).paper
    code = code_of(desk, press, paper)
    answer = papers.check(desk, press, code)
    assert (answer.verdict, answer.kind, answer.issued_on, answer.synthetic) == (
        Verdict.VALID,
        "KK",
        desk.today,
        True,
    )
    forged = papers.check(desk, press, code.replace(".KK.", ".KTP."))
    assert (forged.verdict, forged.ended_on, forged.synthetic) == (Verdict.FORGED, None, False)
    papers.revoke(desk, paper, "wrong-data", by=REGISTRAR, command_id=command("revoke"))
    assert papers.check(desk, press, code).verdict is Verdict.REVOKED


def test_a_code_outlives_the_key_that_signed_it(desk: Desk, press: Press, home: str) -> None:
    code = code_of(desk, press, printed(desk, press, "KK", home).paper)
    press.keys.rotate()
    assert papers.check(desk, press, code).verdict is Verdict.VALID


def test_a_paper_that_was_signed_and_never_recorded_is_told_apart(
    desk: Desk, press: Press, home: str, tmp_path: Path
) -> None:
    """A crash, or a refusal, between the signature and the fact."""
    code = code_of(desk, press, printed(desk, press, "KK", home).paper)
    other = Ledger.open(tmp_path / "other.db", keys=tmp_path / "other", events=(), clock=StandingClock())
    assert papers.check(replace(desk, ledger=other), press, code).verdict is Verdict.UNKNOWN
    other.close()


def forget(desk: Desk, ledger: Ledger, resident: str) -> None:
    new = privacy.NewErasure(resident, "subject-request", "470/12/2026")
    asked = privacy.request_erasure(desk, new, by=REGISTRAR, command_id=command(f"ask {resident}"))
    privacy.approve(desk, ledger, asked.erasure, by=BAGUS, command_id=command(f"yes {resident}"))


def test_when_one_person_is_forgotten_nobody_opens_a_paper_that_names_her(
    desk: Desk, ledger: Ledger, press: Press, home: str
) -> None:
    paper = printed(desk, press, "KK", home).paper
    code = code_of(desk, press, paper)
    forget(desk, ledger, sri(desk))
    with pytest.raises(Gone, match="paper-forgotten"):
        papers.open_pdf(desk, press, paper)
    with pytest.raises(Gone, match="paper-forgotten"):
        papers.reprint(desk, paper, "lost", by=REGISTRAR, command_id=command("reprint"))
    assert papers.check(desk, press, code).verdict is Verdict.VALID, "that it was given out stays a fact"
    again = printed(desk, press, "KK", home, "without her").paper
    said = text(papers.open_pdf(desk, press, again))
    assert "BUDI" in said, "the family that stays has its card"
    assert SRI_NIK not in said
    assert papers.load(desk, paper).state.status == "replaced"
