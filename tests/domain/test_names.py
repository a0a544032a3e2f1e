"""A name is the same name in every spelling; another name is another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.population import names


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Soeharto", "suharto"),
        ("SUHARTO", "suharto"),
        ("Dr. Ir. H. Soekarno", "sukarno"),
        ("Tjokroaminoto", "cokroaminoto"),
        ("Drs. Soedjono", "sujono"),
        ("Soejono", "suyono"),
        ("Djoko Widodo", "joko widodo"),
        ("Joko Widodo", "joko widodo"),
        ("Njoman Oka", "nyoman oka"),
        ("Sjamsoeddin", "syamsudin"),
        ("Jahja", "yahya"),
        ("Achmad Dahlan", "akhmad dahlan"),
        ("H. Slamet, S.Pd.I", "slamet"),
        ("Hj.Siti Aminah", "siti aminah"),
        ("Sri Wahyuni, A.Md.Keb", "sri wahyuni"),
        ("Moh. Noer", "muhamad nur"),
        ("Mochammad Nur", "muhamad nur"),
        ("Slamet", "slamet"),
        ("  Sri   Wahyuni ", "sri wahyuni"),
        ("Nur'aini", "nuraini"),
        ("Drs.", "drs"),
        ("", ""),
    ],
)
def test_a_name_is_heard_as_one_whatever_the_spelling(written: str, heard: str) -> None:
    assert names.key(written) == heard
    assert names.key(heard) == heard


@pytest.mark.parametrize(
    ("one", "other"), [("Sutrisno", "Sutrino"), ("Wahyuni", "Wahjoeni"), ("Fajar", "Pajar")]
)
def test_a_slip_of_the_pen_is_nearly_the_same_word(one: str, other: str) -> None:
    assert names.likeness(names.key(one), names.key(other)) > 0.85


@pytest.mark.parametrize(("one", "other"), [("Slamet", "Wagiyem"), ("Sri", "Budi"), ("Suparman", "Sumini")])
def test_another_word_is_another(one: str, other: str) -> None:
    assert names.likeness(names.key(one), names.key(other)) < 0.6


def test_words_that_sound_alike_have_one_sound() -> None:
    assert names.sound("syamsudin") == names.sound("samsudin")
    assert names.sound("wahyu") == names.sound("wayu")
    assert names.sound("slamet") != names.sound("suparman")


def test_a_part_of_a_name_is_like_it_and_the_whole_is_more_so() -> None:
    asked = ("wahyuni",)
    whole, longer = (names.name_likeness(asked, found) for found in (("wahyuni",), ("sri", "wahyuni")))
    assert whole == 1.0 > longer > 0.9


def test_two_words_written_as_one_are_the_same_name() -> None:
    assert names.name_likeness(("sriwahyuni",), ("sri", "wahyuni")) == 1.0
    assert names.name_likeness(("wahyuni", "sri"), ("sri", "wahyuni")) == 1.0
    assert names.name_likeness((), ("sri",)) == 0.0


LETTERS = st.text("abcd", max_size=8)


def steps(a: str, b: str) -> int:
    """The same count by its definition."""
    if not a or not b:
        return len(a) + len(b)
    found = [steps(a[1:], b) + 1, steps(a, b[1:]) + 1, steps(a[1:], b[1:]) + (a[0] != b[0])]
    if a[:2] == b[1::-1] and len(b) > 1:
        found.append(steps(a[2:], b[2:]) + 1)
    return min(found)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_letters_are_counted_as_the_definition_says(a: str, b: str) -> None:
    assert names._distance(a, b) == steps(a, b)


@given(LETTERS, LETTERS)
def test_one_word_is_as_like_another_as_the_other_is_to_it_unless_one_begins_the_other(
    a: str, b: str
) -> None:
    if not (a.startswith(b) or b.startswith(a)):
        assert names.likeness(a, b) == names.likeness(b, a)
    assert (names.likeness(a, b) == 1.0) == (a == b)
