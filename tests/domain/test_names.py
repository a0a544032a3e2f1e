"""A name is the same name in every spelling; another name is another."""

import pytest

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
