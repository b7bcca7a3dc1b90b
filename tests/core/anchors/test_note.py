from __future__ import annotations

import pytest

from core.anchors.errors import AnchorError
from core.anchors.note import Checkpoint, Signer, Verifier

SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = f"""{TEXT}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
"""The example of Go's sumdb/note, whose format this is."""


def test_a_note_is_signed_and_opened_as_the_published_one() -> None:
    assert Signer.parse(SKEY).sign(TEXT) == SIGNED
    assert str(Signer.parse(SKEY).verifier) == VKEY
    assert str(Signer.parse(SKEY)) == SKEY
    assert Verifier.parse(VKEY).open(SIGNED) == TEXT


def test_lines_of_other_keys_beside_it_are_passed_over() -> None:
    other = Signer.new("PeterNeumann").sign(TEXT).rpartition("\n\n")[2]
    assert Verifier.parse(VKEY).open(SIGNED + other) == TEXT
    assert Verifier.parse(VKEY).open(SIGNED.replace("\n\n", f"\n\n{other}")) == TEXT


@pytest.mark.parametrize(
    "note",
    [
        *("", TEXT, SIGNED.replace("answer", "Answer"), SIGNED.replace("problem is.\n", "problem is.\n\n")),
        *(SIGNED.replace("JnAM=", "JnAA="), SIGNED.replace("— Peter", "- Peter"), SIGNED.replace("x08g", "x18g")),
        *(SIGNED.replace("JnAM=", "J"), Signer.new("PeterNeumann").sign(TEXT), Signer.new("other").sign(TEXT)),
    ],
)
def test_what_the_key_has_not_signed_does_not_open(note: str) -> None:
    with pytest.raises(AnchorError, match="not signed by PeterNeumann"):
        Verifier.parse(VKEY).open(note)


@pytest.mark.parametrize(
    "vkey", ["", "PeterNeumann", VKEY.replace("c74f", "c74e"), VKEY.replace("Peter", "Pete"), VKEY[:-4], VKEY + "="]
)
def test_a_key_that_is_not_what_it_says_is_refused(vkey: str) -> None:
    with pytest.raises(AnchorError):
        Verifier.parse(vkey)
    with pytest.raises(AnchorError):
        Signer.parse(f"PRIVATE+KEY+{vkey}")


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    checkpoint = Checkpoint("adx.example.com/audit", 12, bytes(range(32)))
    assert str(checkpoint) == "adx.example.com/audit\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert Checkpoint.parse(str(checkpoint)) == checkpoint
    for text in ("", "x\n1\n", f"{checkpoint}more\n", str(checkpoint).replace("12", "012"), str(checkpoint)[:-1]):
        with pytest.raises(AnchorError):
            Checkpoint.parse(text)
