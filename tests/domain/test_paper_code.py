"""The laws of the code on a paper: no personal data, one spelling, and a verdict that follows from the facts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.kernel.errors import Malformed
from domain.papers.code import PaperCode, Verdict, digest, judge, read
from domain.papers.contents import Permit, Place
from domain.papers.paper import Paper, PaperStatus

DAY = date(2026, 11, 24)
CODE = PaperCode(
    "AKTA-LAHIR", "9F2C11AB", "paper-0198c0de0000a1b2c3d4e5f60718293a", DAY, b"D" * 16, b"S" * 10
)
SIGNED = CODE.signed(b"x" * 64)
HOME = Place("Jl. Veteran 3", "", "", "Sine", "kelurahan", "Sragen", "57213")
PERMIT = Permit("0001", "SIUP", "SIUP-KECIL", "Sri", "Toko Sri", "PO", "", "47112", HOME, 1, "")
PAPER = Paper(PaperStatus.VALID, kind="AKTA-LAHIR", issued_on=DAY)


def test_a_code_is_read_as_it_was_written() -> None:
    assert read(SIGNED).code == CODE
    assert read(SIGNED).signature == b"x" * 64
    assert SIGNED.startswith("SIMPUL1.AKTA-LAHIR.9F2C11AB.0198C0DE0000A1B2C3D4E5F60718293A.20261124.")


def test_a_code_fits_the_dense_alphabet_of_a_qr_code() -> None:
    assert set(SIGNED) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
    assert len(SIGNED) <= 262, "version 9, level M"


@pytest.mark.parametrize(
    "typed", [f"https://simpul.example/verify#{SIGNED}", SIGNED.lower(), f" {SIGNED[:40]}\n{SIGNED[40:]} "]
)
def test_an_address_before_it_small_letters_and_broken_lines_do_no_harm(typed: str) -> None:
    assert read(typed) == read(SIGNED)


@pytest.mark.parametrize(
    "broken",
    [
        *("", "SIMPUL1", SIGNED[:-1], SIGNED + "A", SIGNED.replace("SIMPUL1", "SIMPUL2"), "3314105708909001"),
        SIGNED.replace("20261124", "20261332"),
        SIGNED[:-1] + "7",  # bits beyond the last byte: the same signature in another spelling
    ],
)
def test_what_is_no_code_is_refused(broken: str) -> None:
    with pytest.raises(Malformed, match="malformed-paper-code"):
        read(broken)


def test_the_digest_is_of_every_field_and_of_the_salt() -> None:
    of = digest(PERMIT, b"S" * 10)
    assert of == digest(replace(PERMIT), b"S" * 10)
    assert len({of, digest(PERMIT, b"T" * 10), digest(replace(PERMIT, company="Toko Srii"), b"S" * 10)}) == 3


@pytest.mark.parametrize(
    ("paper", "genuine", "verdict"),
    [
        (PAPER, True, Verdict.VALID),
        (PAPER, False, Verdict.FORGED),
        (replace(PAPER, until=DAY), True, Verdict.VALID),
        (replace(PAPER, until=DAY - timedelta(days=1)), True, Verdict.EXPIRED),
        (replace(PAPER, status=PaperStatus.REPLACED), True, Verdict.REPLACED),
        (replace(PAPER, status=PaperStatus.REVOKED), True, Verdict.REVOKED),
        (Paper(), True, Verdict.UNKNOWN),
        (replace(PAPER, kind="KK"), True, Verdict.UNKNOWN),
        (replace(PAPER, issued_on=DAY - timedelta(days=1)), True, Verdict.UNKNOWN),
    ],
)
def test_a_verdict_follows_from_signature_and_fact(paper: Paper, genuine: bool, verdict: Verdict) -> None:
    assert judge(CODE, paper, DAY, genuine=genuine) is verdict
