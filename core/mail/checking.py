"""The last look at a mail: its bytes, read anew and by other means than those by which they were written."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from core.mail.headers import Header

LONGEST_LINE = 998
"""Without its end: RFC 5322."""

ADDRESS = re.compile(r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+(?:@[A-Za-z0-9.-]+)?")
"""An address, or a list's id. Other scripts' domains travel as xn--; what looks like an encoded word is none."""

FIELD = re.compile(r"([A-Za-z-]+): (.+)", re.DOTALL)
OUT_OF_PLACE = re.compile(rb"[^\t\r\n -~]|(?<!\r)\n|\r(?!\n)")
END_OF_HEAD = b"\r\n\r\n"
PART_HEADERS = ["Content-Type", "Content-Transfer-Encoding"]


class UnsafeMailError(Exception):
    """A composed mail is not what was meant, so it is not sent. That is a fault of the product, or an attack on it."""


def check_bytes(raw: bytes, head: Sequence[Header], texts: Mapping[str, str]) -> None:
    """Raise UnsafeMailError unless ``raw`` is exactly the headers ``head``, once each and in order, and ``texts``.

    ``texts`` maps the type of each part of the body, such as ``text/plain``, to its text.
    """
    for fault in _faults(raw, head, texts):
        raise UnsafeMailError(fault)


def _faults(raw: bytes, head: Sequence[Header], texts: Mapping[str, str]) -> Iterator[str]:
    if OUT_OF_PLACE.search(raw):
        yield "a character or a line's end that no mail has"
    if max(map(len, raw.split(b"\r\n"))) > LONGEST_LINE:
        yield "a line that is too long"
    lines = raw.partition(END_OF_HEAD)[0].decode("ascii", "replace").split("\r\n")
    found = list(_fields(lines))
    if [name for name, _ in found] != [header.name for header in head]:
        yield f"other headers than those meant: {', '.join(name for name, _ in found)}"
    for header, (_, wire) in zip(head, found, strict=False):
        yield from _faults_of_header(header, wire)
    yield from _faults_of_body(message_from_bytes(raw, policy=policy.compat32), head, texts)


def _fields(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the headers unfolded; a line that is none comes with an empty name."""
    unfolded: list[str] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and line.strip() and unfolded:
            unfolded[-1] += line
        else:
            unfolded.append(line)
    for line in unfolded:
        field = FIELD.fullmatch(line)
        yield (field[1], field[2]) if field else ("", line)


def _faults_of_header(header: Header, wire: str) -> Iterator[str]:
    if header.address is None:
        if _read(wire) != header.meant:
            yield f"{header.name} does not read as it was meant"
        return
    shown, _, address = wire.rpartition("<")
    if ADDRESS.fullmatch(header.address) is None or address != f"{header.address}>":
        yield f"{header.name} has another address than was meant"
    if _read(_unquoted(shown.strip())) != header.meant:
        yield f"{header.name} names somebody else than was meant"
    if [address for _, address in getaddresses([wire])] != [header.address]:
        yield f"{header.name} does not have exactly one address"


def _read(wire: str) -> str:
    return str(make_header(decode_header(wire)))


def _unquoted(phrase: str) -> str:
    return re.sub(r"\\(.)", r"\1", phrase[1:-1]) if phrase.startswith('"') else phrase


def _faults_of_body(message: Message, head: Sequence[Header], texts: Mapping[str, str]) -> Iterator[str]:
    if message.keys() != [header.name for header in head] or message.defects:
        yield "a reader's program finds other headers than those meant"
    parts = [part for part in message.get_payload() if isinstance(part, Message)] if message.is_multipart() else []
    if [part.get_content_type() for part in parts] != list(texts):
        yield "a body of other parts than those meant"
        return
    for part, text in zip(parts, texts.values(), strict=True):
        content = part.get_payload(decode=True)
        if part.keys() != PART_HEADERS or part.defects or not isinstance(content, bytes):
            yield "a part that is not what was meant"
        elif content.decode("utf-8", "replace").replace("\r\n", "\n").rstrip("\n") != text.rstrip("\n"):
            yield "a part that does not read as it was meant"
