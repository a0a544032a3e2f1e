"""Notes are those of C2SP and signatures those of RFC 8032: any auditor's tool can check them."""

import stat
from pathlib import Path
from random import Random

import pytest

from adapters.evidence.note import LogKey
from adapters.evidence.simpul_verify import Checkpoint, Vkey, ed25519, open_note, parse_checkpoint
from domain.kernel.errors import StoreUnavailable

# The example of Go's package note, which the format comes from.
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = f"""{TEXT}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
""".encode()
STRANGER = LogKey("stranger", bytes(range(32)))

# RFC 8032, 7.1: tests 1 to 3.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize("pure", [True, False])
@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_signatures_are_those_of_the_rfc(key: str, message: str, signature: str, pure: bool) -> None:
    given = bytes.fromhex(key), bytes.fromhex(signature), bytes.fromhex(message)
    assert ed25519(*given, pure=pure)
    assert not ed25519(given[0], given[1], given[2] + b"\0", pure=pure)


def test_our_own_arithmetic_agrees_with_the_library() -> None:
    random = Random(5)
    for n in range(20):
        key = LogKey("k", random.randbytes(32))
        signature = key._private().sign(b"%d" % n)
        assert ed25519(key.vkey.key, signature, b"%d" % n, pure=True)
        bad = bytearray(signature)
        bad[random.randrange(64)] ^= 1 << random.randrange(8)
        assert not ed25519(key.vkey.key, bytes(bad), b"%d" % n, pure=True)
        assert not ed25519(key.vkey.key, bytes(bad), b"%d" % n, pure=False)


def test_a_second_form_of_one_signature_is_refused() -> None:
    """S + L verifies in careless code."""
    key = LogKey("k", bytes(32))
    good = key._private().sign(b"m")
    order = 2**252 + 27742317777372353535851937790883648493
    again = good[:32] + (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")
    assert [ed25519(key.vkey.key, again, b"m", pure=pure) for pure in (True, False)] == [False, False]


def test_the_well_known_note_is_made_and_opened() -> None:
    key = LogKey.parse(PRIVATE)
    assert str(key.vkey) == PUBLIC
    assert key.sign(TEXT) == SIGNED
    assert open_note(SIGNED, Vkey.parse(PUBLIC)) == TEXT


def test_signatures_of_others_are_ignored_and_our_own_must_hold() -> None:
    key = LogKey.parse(PRIVATE)
    line = STRANGER.sign(TEXT).splitlines(keepends=True)[-1]
    assert open_note(SIGNED + line, key.vkey) == TEXT
    with pytest.raises(ValueError, match="more than one"):
        open_note(SIGNED + line, key.vkey, only=True)
    with pytest.raises(ValueError, match="not signed by this key"):
        open_note(SIGNED, STRANGER.vkey)


def test_a_note_with_any_byte_changed_is_refused() -> None:
    key = Vkey.parse(PUBLIC)
    for at in range(len(SIGNED)):
        bad = bytearray(SIGNED)
        bad[at] ^= 1
        with pytest.raises(ValueError, match=r".+"):
            open_note(bytes(bad), key)


def test_a_checkpoint_has_one_form() -> None:
    made = Checkpoint("log.example/1", 7, bytes(32))
    assert parse_checkpoint(made.text()) == made
    for wrong in (
        made.text() + "extension\n",
        made.text().replace("7", "07"),
        made.text()[:-1],
        "a\n1\nAA==\n",
    ):
        with pytest.raises(ValueError, match=r".*"):
            parse_checkpoint(wrong)


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "checkpoint.key"
    made = LogKey.open(path, "a.example/log", create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert LogKey.open(path, "another-name", create=True) == made
    assert made.name == "a.example/log"
    assert made.seed.hex() not in repr(made)


@pytest.mark.parametrize(
    "content", ["", "PRIVATE+KEY+x+00000000+AQ==", PRIVATE.replace("c74f", "c74e"), PUBLIC]
)
def test_a_damaged_key_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    with pytest.raises(StoreUnavailable, match="key-damaged"):
        LogKey.open(tmp_path / "key", "x", create=True)


def test_a_key_that_was_there_is_missed(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="signing-key-missing"):
        LogKey.open(tmp_path / "key", "x", create=False)
