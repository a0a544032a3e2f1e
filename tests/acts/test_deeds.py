"""Deeds, child cards and letters of move: printed from the entry of the register, and from nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from adapters.papers.press import Press
from adapters.papers.safe import Safe
from adapters.papers.signing import PaperKeys
from adapters.papers.typesetting import Typesetter
from api.acts import civil, papers
from api.acts.civil import asked, corrections
from api.acts.civil.annulling import annulled_with
from api.acts.paper_contents import told
from api.acts.papers import NewPaper
from domain.kernel.errors import Rejected
from domain.papers.contents import ChildCard, FamilyCard, MoveLetter
from domain.papers.paper import PaperKind
from tests.acts.civil_rows import ROWS, divorced
from tests.acts.office import ANOTHER, BAYU, ELSEWHERE, FRIDAY, WIFE, Office
from tests.acts.people import REGISTRAR, command
from tests.adapters.papers import samples
from tests.adapters.papers.samples import text

THEN = date(2026, 11, 10)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def press(tmp_path: Path, office: Office) -> Press:
    folder = tmp_path / "papers"
    keys = PaperKeys(tmp_path / "keys", folder, lambda: office.desk.today)
    return Press(Typesetter(), keys, Safe(folder, office.ledger.blind))


def printed(office: Office, press: Press, kind: str, about: str) -> str:
    new = NewPaper(kind, about)
    return papers.issue(
        office.desk, press, new, signer="Dewi Lestari", by=REGISTRAR, command_id=office.next()
    ).paper


def said(office: Office, press: Press, kind: str, about: str) -> str:
    return text(papers.open_pdf(office.desk, press, printed(office, press, kind, about)))


def lacking(words: str, *wanted: str) -> list[str]:
    return [word for word in wanted if word not in words]


def not_ready(office: Office, kind: PaperKind, about: str) -> None:
    with pytest.raises(Rejected, match="paper-not-ready"):
        told(office.desk, kind, about)


def test_a_deed_of_birth_names_child_and_parents_and_no_order_that_nobody_told(
    office: Office, press: Press
) -> None:
    done = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko))
    words = said(office, press, "AKTA-LAHIR", done.entry)
    assert lacking(words, "BAYU", "JOKO", "SRI WAHYUNI", "20 November 2026", str(done.state.deed)) == []
    assert "anak ke-" not in words
    assert "seorang anak laki-laki" in words


def test_a_deed_keeps_what_was_so_and_takes_what_was_corrected(office: Office, press: Press) -> None:
    done = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko), THEN)
    child = done.state.residents[0]
    first = printed(office, press, "AKTA-LAHIR", done.entry)
    office.record("NAME_CHANGE", asked.NameChange(child, "Bayu Aji", "5/2026"))
    with pytest.raises(Rejected, match="paper-still-holds"):
        printed(office, press, "AKTA-LAHIR", done.entry)
    wanted = asked.CorrectionWanted(child, "salah tulis", (asked.ElementValue("birth_place", "Solo"),))
    request = corrections.request(office.desk, wanted, by=REGISTRAR, command_id=command("ask"))
    civil.approve(
        office.desk, request.correction, corrections.Approval(), by=ANOTHER, command_id=command("yes")
    )
    second = printed(office, press, "AKTA-LAHIR", done.entry)
    words = text(papers.open_pdf(office.desk, press, second))
    assert lacking(words, "SOLO", "BAYU") == []
    assert "BAYU AJI" not in words
    assert papers.load(office.desk, first).state.replaced_by == second


def test_a_deed_of_death_is_of_who_died_and_not_of_the_successor(office: Office, press: Press) -> None:
    death = asked.Death(office.joko, place="Solo", successors=(asked.Successor(office.sri),))
    done = office.record("DEATH", death)
    words = said(office, press, "AKTA-MATI", done.entry)
    assert lacking(words, "JOKO", "di SOLO", "20 November 2026", "KUTIPAN AKTA KEMATIAN") == []
    assert "SRI WAHYUNI" not in words


def test_a_deed_that_is_annulled_is_not_printed(office: Office) -> None:
    done = office.record("DEATH", asked.Death(office.tono))
    told(office.desk, PaperKind.DEATH, done.entry)
    wanted = asked.CorrectionWanted(office.tono, "hidup", entry=done.entry)
    request = corrections.request(office.desk, wanted, by=REGISTRAR, command_id=command("ask"))
    approval = corrections.Approval(home=ELSEWHERE, relation="1")
    civil.approve(office.desk, request.correction, approval, by=ANOTHER, command_id=command("yes"))
    not_ready(office, PaperKind.DEATH, done.entry)


def annulled(office: Office, done: civil.Recorded, code: str, what: object) -> str:
    """The entry that annuls this one."""
    by = office.record(code, what).entry
    state = civil.entry_of(office.desk, done.entry)
    assert (state.annulled_on, state.annulled_by) == (office.desk.today, by)
    return by


def verdict(office: Office, press: Press, paper: str) -> str:
    return papers.check(office.desk, press, samples.told(papers.open_pdf(office.desk, press, paper))).verdict


@pytest.mark.parametrize("wife", ["ani", ""])
def test_a_marriage_that_is_annulled_names_its_deed_which_holds_no_more(
    office: Office, press: Press, wife: str
) -> None:
    _, (ani,) = office.family(replace(WIFE, name="Ani", marital="1", relation="1"))
    new = asked.Marriage("DISDUKCAPIL", office.tono, ani if wife else "", "" if wife else "Yanti")
    done = office.record("MARRIAGE", new)
    paper = printed(office, press, "AKTA-KAWIN", done.entry)
    assert verdict(office, press, paper) == "valid"
    by = annulled(office, done, "MARRIAGE_ANNUL", asked.MarriageOver("2/2026", office.tono))
    assert verdict(office, press, paper) == "revoked"
    assert papers.load(office.desk, paper).state.reason == "court-order"
    assert annulled_with(office.desk, by, (office.tono,)) == [done.entry]
    not_ready(office, PaperKind.MARRIAGE, done.entry)


def test_a_divorce_that_is_annulled_names_its_deed_which_holds_no_more(office: Office, press: Press) -> None:
    over = asked.MarriageOver("1/2026", office.joko, office.sri, (asked.Related(office.sri, "1"),), ELSEWHERE)
    done = office.record("DIVORCE", over)
    paper = printed(office, press, "AKTA-CERAI", done.entry)
    annulled(office, done, "DIVORCE_ANNUL", asked.DivorceAnnulled("3/2026", office.joko))
    assert verdict(office, press, paper) == "revoked"
    not_ready(office, PaperKind.DIVORCE, done.entry)


def test_of_two_marriages_of_one_couple_the_last_is_annulled(office: Office) -> None:
    _, (ani,) = office.family(replace(WIFE, name="Ani", marital="1", relation="1"))
    wedding = asked.Marriage("DISDUKCAPIL", office.tono, ani)
    first = office.record("MARRIAGE", wedding, THEN)
    office.record("DIVORCE", asked.MarriageOver("1/2026", office.tono, ani), THEN)
    second = office.record("MARRIAGE", wedding)
    annulled(office, second, "MARRIAGE_ANNUL", asked.MarriageOver("2/2026", office.tono, ani))
    assert civil.entry_of(office.desk, first.entry).annulled_on is None


def test_a_paper_of_a_deed_that_a_correction_annuls_is_revoked(office: Office, press: Press) -> None:
    done = office.record("DEATH", asked.Death(office.tono))
    paper = printed(office, press, "AKTA-MATI", done.entry)
    wanted = asked.CorrectionWanted(office.tono, "hidup", entry=done.entry)
    request = corrections.request(office.desk, wanted, by=REGISTRAR, command_id=command("ask"))
    approval = corrections.Approval(home=ELSEWHERE, relation="1")
    civil.approve(office.desk, request.correction, approval, by=ANOTHER, command_id=command("yes"))
    assert verdict(office, press, paper) == "revoked"


def test_a_deed_of_marriage_is_ours_only_where_the_kua_does_not_marry(office: Office, press: Press) -> None:
    ours = office.record("MARRIAGE", asked.Marriage("DISDUKCAPIL", office.tono, spouse_name="Yanti"))
    words = said(office, press, "AKTA-KAWIN", ours.entry)
    assert lacking(words, "TONO", "YANTI", str(ours.state.deed)) == []
    _, (ani,) = office.family(replace(WIFE, name="Ani", marital="1", relation="1"))
    _, (edi,) = office.family(replace(office.SINGLE, name="Edi"))
    theirs = office.record("MARRIAGE", asked.Marriage("KUA", edi, ani), deed="KUA 7/2026")
    not_ready(office, PaperKind.MARRIAGE, theirs.entry)


def test_a_deed_of_divorce_names_the_marriage_that_was_recorded_here(office: Office, press: Press) -> None:
    _, (ani,) = office.family(replace(WIFE, name="Ani", marital="1", relation="1"))
    wedding = office.record("MARRIAGE", asked.Marriage("DISDUKCAPIL", office.tono, ani), THEN)
    done = office.record("DIVORCE", asked.MarriageOver("9/Pdt/2026", office.tono, ani))
    words = said(office, press, "AKTA-CERAI", done.entry)
    wanted = (str(wedding.state.deed), "10 November 2026", "putusan pengadilan Nomor 9/Pdt/2026")
    assert lacking(words, "TONO", "ANI", *wanted) == []


def test_a_marriage_that_came_with_the_household_has_no_deed_on_that_of_its_end(
    office: Office, press: Press
) -> None:
    divorced(office)
    (entry,) = {
        f.header.stream for f in office.ledger.facts if f.header.event == "population.civil-event-recorded"
    }
    assert "Akta Perkawinan" not in said(office, press, "AKTA-CERAI", entry)


@pytest.mark.parametrize("level", ["between-provinces", "between-kecamatan"])
def test_a_letter_of_move_tells_the_household_as_it_was(office: Office, press: Press, level: str) -> None:
    before = office.household(office.home).residence
    heir = (asked.Successor(office.sri),) if level == "between-provinces" else ()
    move = asked.MoveOut((office.joko, office.budi), level, "Jl. Thamrin 1, Jakarta", "kerja", heir)
    done = office.record("MOVE_OUT", move)
    letter = told(office.desk, PaperKind.MOVE, done.entry).contents
    assert isinstance(letter, MoveLetter)
    assert before is not None
    assert (letter.kk, letter.head, letter.applicant) == (before.kk, "Joko", "Joko")
    assert [m.name for m in letter.movers] == ["Joko", "Budi"], "not the new head, whom the entry names too"
    words = said(office, press, "PINDAH", done.entry)
    assert lacking(words, "JL. THAMRIN 1, JAKARTA", "KEPALA KELUARGA", "20 Desember 2026") == []


def test_a_child_card_names_the_deed_of_birth_when_it_is_of_this_register(office: Office) -> None:
    done = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko))
    child = done.state.residents[0]
    not_ready(office, PaperKind.CHILD_CARD, child)
    for one in (child, office.budi):
        office.record("KIA", asked.OfOne(one))
    cards = [told(office.desk, PaperKind.CHILD_CARD, one).contents for one in (child, office.budi)]
    assert [c.birth_deed for c in cards if isinstance(c, ChildCard)] == [done.state.deed, ""]
    assert [c.head for c in cards if isinstance(c, ChildCard)] == ["Joko", "Joko"]
    assert told(office.desk, PaperKind.CHILD_CARD, office.budi).until == date(2032, 3, 1)


def test_a_child_card_prints_what_holds_now(office: Office, press: Press) -> None:
    office.record("KIA", asked.OfOne(office.budi))
    first = printed(office, press, "KIA", office.budi)
    office.record("NAME_CHANGE", asked.NameChange(office.budi, "Budi Utomo", "5/2026"))
    second = printed(office, press, "KIA", office.budi)
    assert "BUDI UTOMO" in text(papers.open_pdf(office.desk, press, second))
    assert papers.load(office.desk, first).state.replaced_by == second


def test_a_family_card_says_since_when_who_is_married(office: Office, press: Press) -> None:
    first = printed(office, press, "KK", office.alone)
    office.record("MARRIAGE", asked.Marriage("DISDUKCAPIL", office.tono, spouse_name="Yanti"), THEN)
    second = printed(office, press, "KK", office.alone)
    card = told(office.desk, PaperKind.FAMILY_CARD, office.alone).contents
    assert isinstance(card, FamilyCard)
    assert [m.married_on for m in card.members] == [THEN]
    assert papers.load(office.desk, first).state.replaced_by == second
    office.record("DIVORCE", asked.MarriageOver("1/2026", office.tono))
    card = told(office.desk, PaperKind.FAMILY_CARD, office.alone).contents
    assert isinstance(card, FamilyCard)
    assert [m.married_on for m in card.members] == [None]


def test_the_family_card_after_a_death_names_the_new_head(office: Office) -> None:
    office.record("DEATH", asked.Death(office.joko, successors=(asked.Successor(office.sri),)))
    card = told(office.desk, PaperKind.FAMILY_CARD, office.home).contents
    assert isinstance(card, FamilyCard)
    assert (card.head, [m.name for m in card.members]) == ("Sri Wahyuni", ["Sri Wahyuni", "Budi"])
    office.record("DEATH", asked.Death(office.tono))
    not_ready(office, PaperKind.FAMILY_CARD, office.alone)


DEEDS: dict[PaperKind, str] = {
    PaperKind.BIRTH: "BIRTH",
    PaperKind.DEATH: "DEATH",
    PaperKind.MARRIAGE: "MARRIAGE",
    PaperKind.DIVORCE: "DIVORCE",
    PaperKind.MOVE: "MOVE_OUT",
}


@pytest.mark.parametrize("kind", DEEDS)
def test_an_entry_has_its_own_deed_and_no_other(office: Office, kind: PaperKind) -> None:
    before, what = _row(DEEDS[kind])
    before(office)
    entry = office.record(DEEDS[kind], what(office), FRIDAY).entry
    for other in DEEDS:
        if other is kind:
            assert told(office.desk, other, entry).number.startswith("3314-")
        else:
            not_ready(office, other, entry)


def _row(code: str) -> tuple[Callable[[Office], object], Callable[[Office], object]]:
    return ROWS[code]
