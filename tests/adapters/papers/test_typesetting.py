"""Every paper says what it should, as PDF/A, the same for the same data, with a code that a telephone reads."""

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from adapters.papers.qr import matrix
from adapters.papers.typesetting import TEMPLATES, Typesetter
from domain.papers.code import read
from domain.papers.paper import PaperKind
from tests.adapters.papers.samples import (
    ISSUE,
    KK,
    PAPERS,
    SAYS,
    SUPARMAN,
    code,
    copy,
    scanned,
    squares,
    text,
)

KINDS = list(PaperKind)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


@pytest.fixture(scope="module")
def another() -> Typesetter:
    return Typesetter()


def test_there_is_a_template_for_every_kind_of_paper() -> None:
    assert {type(contents) for contents in PAPERS.values()} == set(TEMPLATES)
    assert set(PAPERS) == set(SAYS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_says_what_it_must(typesetter: Typesetter, kind: PaperKind) -> None:
    said = text(typesetter.pdf(copy(kind)))
    assert [words for words in SAYS[kind] if words not in said] == []
    assert "None" not in said


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_claims_to_be_pdf_a(typesetter: Typesetter, kind: PaperKind) -> None:
    document = PdfReader(BytesIO(typesetter.pdf(copy(kind))))
    claim = document.xmp_metadata
    assert claim is not None
    about = claim.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in about
    assert "/StructTreeRoot" in document.root_object, "it can be read out"
    assert document.metadata is not None
    assert document.metadata.author == ISSUE.office


@pytest.mark.parametrize("kind", KINDS)
def test_equal_data_give_equal_bytes(typesetter: Typesetter, another: Typesetter, kind: PaperKind) -> None:
    first, second = (setter.pdf(copy(kind)) for setter in (typesetter, another))
    assert first == second
    assert another.pdf(replace(copy(kind), issue=replace(ISSUE, edition=2))) != first, "the control"


@pytest.mark.parametrize("kind", KINDS)
def test_the_paper_of_an_invented_person_is_marked(typesetter: Typesetter, kind: PaperKind) -> None:
    assert "SINTETIS" in text(typesetter.pdf(copy(kind)))
    real = replace(copy(kind), issue=replace(ISSUE, synthetic=False))
    assert "SINTETIS" not in text(typesetter.pdf(real))


def test_a_telephone_reads_the_code_off_the_page(typesetter: Typesetter) -> None:
    (page,) = typesetter.pictures(copy(PaperKind.RECEIPT), ppi=130)
    (found,) = scanned(page)
    assert found == code(PaperKind.RECEIPT)


@pytest.mark.parametrize("address", ["", "https://simpul.example/verify"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_code_may_lead_to_the_page_that_checks_it(kind: PaperKind, address: str) -> None:
    found = squares(matrix(code(kind), address))
    assert found == (f"{address}#{code(kind)}" if address else code(kind))
    assert read(found) == read(code(kind))
    assert read(found).code.kind == kind


def test_a_large_family_goes_on_on_a_second_page(typesetter: Typesetter) -> None:
    members = tuple(replace(SUPARMAN, name=f"Anggota Ke{n}") for n in range(1, 25))
    pdf = typesetter.pdf(replace(copy(PaperKind.FAMILY_CARD), contents=replace(KK, members=members)))
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    assert len(pages) > 1
    assert all("Nama Lengkap" in page or "Nama Ayah" in page for page in pages), "the head is repeated"
    assert "ANGGOTA KE24" in " ".join(pages)


def test_what_is_typed_is_text_and_never_a_command(typesetter: Typesetter) -> None:
    name = '#panic("x") *tebal* $x$ <a> "Ani" \\ _b_'
    pdf = typesetter.pdf(replace(copy(PaperKind.FAMILY_CARD), contents=replace(KK, head=name)))
    assert '#PANIC("X") *TEBAL*' in text(pdf)
