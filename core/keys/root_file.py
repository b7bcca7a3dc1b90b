"""The root key in a file: one root a line, the newest last, for installations without a key management service.

Each line is a root's id and its 32 bytes, in hexadecimal. The newest wraps, all of them unwrap. Keep the file out of
the state folder and its backups: whoever has both the file and a backup of the database reads everything.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import AfterValidator

if TYPE_CHECKING:
    from collections.abc import Mapping

ID_BYTES = 8
KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"
OWNER_ALONE = 0o600


class RootKeyError(Exception):
    """The root key cannot be used, or is not the one that a key was wrapped with."""


class RootFile:
    """Wraps and unwraps with the roots of a file; reads it again when a key names a root that it does not know yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._roots: Mapping[bytes, AESGCM] = {}

    async def wrap(self, key: bytes, context: str) -> bytes:
        """Return the key sealed by the newest root; it opens in this context alone."""
        self._read()  # another process may have added a root since
        root_id = list(self._roots)[-1]
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + root_id + nonce + self._roots[root_id].encrypt(nonce, key, context.encode())

    async def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Return what :meth:`wrap` was given; raises :class:`RootKeyError` when its root is not here."""
        root_id, rest = wrapped[1 : 1 + ID_BYTES], wrapped[1 + ID_BYTES :]
        if root_id not in self._roots:
            self._read()
        if wrapped[:1] != FORMAT or root_id not in self._roots:
            message = f"A key was wrapped with the root {root_id.hex()}, which {self._path} does not hold."
            raise RootKeyError(message)
        try:
            return self._roots[root_id].decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode())
        except InvalidTag:
            message = f"A key does not open with the root {root_id.hex()} as {context}."
            raise RootKeyError(message) from None

    def newest(self) -> str:
        """Return the id of the root that wraps from now on."""
        self._read()
        return list(self._roots)[-1].hex()

    def add(self) -> str:
        """Add a root, which wraps from now on, and return its id. The older ones stay, for what they have wrapped."""
        lines = self._path.read_text()
        root_id, line = _new_line()
        replacement = self._path.with_name(f".{self._path.name}.new")
        replacement.unlink(missing_ok=True)
        _write(replacement, lines + line)
        replacement.replace(self._path)  # in one step: another process reads the old file or the new one
        self._read()
        return root_id

    def _read(self) -> None:
        if problem := problem_with(self._path):
            message = f"The root key {self._path} {problem}."
            raise RootKeyError(message)
        lines = [line.split() for line in self._path.read_text().splitlines() if line.strip()]
        try:
            self._roots = {bytes.fromhex(root_id): AESGCM(bytes.fromhex(key)) for root_id, key in lines}
        except ValueError:
            message = f"The root key {self._path} is not as `adx keys` has written it."
            raise RootKeyError(message) from None
        if not self._roots:
            message = f"The root key {self._path} is empty."
            raise RootKeyError(message)


def checked_url(url: str) -> str:
    """Return the address of a root key, or nothing; raises ValueError for what names no file."""
    parts = urlsplit(url)
    if url and (parts.scheme != "file" or parts.netloc or not parts.path.startswith("/")):
        raise ValueError("must be file:// and the absolute path of the root key")
    return url


RootKeyUrl = Annotated[str, AfterValidator(checked_url)]
"""A setting that names a root key, or nothing."""


def path_of(url: str) -> Path:
    """Return the file that a ``file:`` address names."""
    return Path(unquote(urlsplit(url).path))


def problem_with(path: Path, *, outside: Path | None = None) -> str | None:
    """Say why the file must not be used as a root key, as the end of a sentence; None when it may be.

    ``outside`` is a folder that it must not be in, whichever way a link leads there.
    """
    try:
        found = path.stat()
    except OSError as error:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    if not stat.S_ISREG(found.st_mode):
        return "is no file"
    if found.st_uid not in {0, os.geteuid()}:
        return "belongs to another user"
    if found.st_mode & 0o077:
        return f"can be read by others (mode {stat.S_IMODE(found.st_mode):04o}); set it to {OWNER_ALONE:04o}"
    if outside and path.resolve().is_relative_to(outside.resolve()):
        return f"is inside the state folder {outside}, whose backups would hold it"
    return None


def make(path: Path) -> bool:
    """Make the file with a first root, for its owner alone; False when it is there already, whoever made it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked: a process that starts at the same moment sees a whole file or none.
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _write(draft, _new_line()[1])
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _new_line() -> tuple[str, str]:
    root_id = secrets.token_hex(ID_BYTES)
    return root_id, f"{root_id} {secrets.token_hex(KEY_BYTES)}\n"
