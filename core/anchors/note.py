"""Checkpoints and the notes that sign them, as of c2sp.org/tlog-checkpoint and c2sp.org/signed-note, by Ed25519."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.anchors.errors import AnchorError

ED25519 = b"\x01"
KEY_BYTES = 32
ID_BYTES = 4
PRIVATE = "PRIVATE+KEY+"
SIGNED_BY = "— "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and the root of a log; ``origin`` names the log."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Return what ``str`` of a checkpoint has written; raises :class:`AnchorError` for anything else."""
        try:
            origin, size, root = text.removesuffix("\n").split("\n")
            found = cls(origin, int(size), b64decode(root, validate=True))
        except ValueError:
            raise AnchorError("A checkpoint is not made of an origin, a size and a root.") from None
        if str(found) != text:
            raise AnchorError("A checkpoint is not written as it must be.")
        return found

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whose notes are believed: a name and a public key, written as ``name+id+key``."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Return what ``str`` of a verifier has written; raises :class:`AnchorError` for anything else."""
        name, _, rest = vkey.strip().partition("+")
        found = cls(name, _key_in(rest))
        if str(found) != vkey.strip():
            raise AnchorError("A verifier key does not belong to the id that it carries.")
        return found

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.key).decode()}"

    @property
    def id(self) -> bytes:
        """The first bytes of a hash over name and key, by which a note says who has signed it."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:ID_BYTES]

    def open(self, note: str) -> str:
        """Return the text of a note that this key has signed; raises :class:`AnchorError` when it has not."""
        text, empty_line, signatures = note.rpartition("\n\n")
        text += "\n"
        for line in signatures.splitlines() if empty_line else ():
            name, _, encoded = line.removeprefix(SIGNED_BY).partition(" ")
            if line.startswith(SIGNED_BY) and name == self.name and self._has_signed(text, encoded):
                return text
        message = f"A note is not signed by {self.name}."
        raise AnchorError(message)

    def _has_signed(self, text: str, encoded: str) -> bool:
        try:
            signed = b64decode(encoded, validate=True)
            if signed[:ID_BYTES] != self.id:
                return False  # of another key of that name
            Ed25519PublicKey.from_public_bytes(self.key).verify(signed[ID_BYTES:], text.encode())
        except (binascii.Error, InvalidSignature):
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Signs notes by a name and a private key, written as Go's ``sumdb/note`` does."""

    name: str
    seed: bytes

    @classmethod
    def parse(cls, skey: str) -> Signer:
        """Return what ``str`` of a signer has written; raises :class:`AnchorError` for anything else."""
        name, _, rest = skey.strip().removeprefix(PRIVATE).partition("+")
        found = cls(name, _key_in(rest))
        if str(found) != skey.strip():
            raise AnchorError("A signing key does not belong to the id that it carries.")
        return found

    @classmethod
    def new(cls, name: str) -> Signer:
        """Make a key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    def __str__(self) -> str:
        return f"{PRIVATE}{self.name}+{self.verifier.id.hex()}+{b64encode(ED25519 + self.seed).decode()}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._private().public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return a note of the text, which ends in a newline."""
        signature = self.verifier.id + self._private().sign(text.encode())
        return f"{text}\n{SIGNED_BY}{self.name} {b64encode(signature).decode()}\n"

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def _key_in(written: str) -> bytes:
    try:
        key = b64decode(written.partition("+")[2], validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 1 + KEY_BYTES or key[:1] != ED25519:
        raise AnchorError("A key is not written as name+id+key, of the kind Ed25519.")
    return key[1:]
