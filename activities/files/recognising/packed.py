"""Whether a 7z or RAR file is sealed. Only their heads are looked at: neither is unpacked here."""

from __future__ import annotations

import io
import lzma
import struct
from typing import BinaryIO

SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
RAR_4, RAR_5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"

_AES = bytes.fromhex("06f10701")
"""7zFormat.txt: the coder that encrypts, named by every folder that it is used for."""
_LZMA, _LZMA_2 = bytes.fromhex("2303010105"), bytes.fromhex("212101")
"""How a folder names the coder that packs: the length of its name, the name, the length of its settings."""
_LZMA_SETTINGS = 5
_PACKED_HEADER = 0x17
_HEAD = 32
_PLACE = struct.Struct("<QQ")
_FARTHEST = 1 << 62
_LARGEST_HEADER = 16 * 1024 * 1024

_RAR_4_HEAD, _RAR_4_FILE = 0x73, 0x74
_RAR_4_HEADS_ARE_ENCRYPTED, _RAR_4_FILE_IS_ENCRYPTED = 0x80, 0x04
_RAR_4_BLOCK = struct.Struct("<HBHH")
_RAR_5_ENCRYPTION, _RAR_5_FILE = 4, 2
_RAR_5_HAS_EXTRA, _RAR_5_HAS_DATA = 0x1, 0x2
_RAR_5_FILE_ENCRYPTION = 1
_RAR_5_SUM = 4
_LARGEST_BLOCK = 2 * 1024 * 1024
_LONGEST_NUMBER, _GOES_ON = 10, 0x80
_MOST_BLOCKS = 1000


def is_sealed(file: BinaryIO) -> bool:
    """Whether what lies in the archive, or the list of it, is encrypted; not so, where a place is behind any end."""
    try:
        return _is_sealed(file)
    except (OSError, ValueError):
        return False


def _is_sealed(file: BinaryIO) -> bool:
    file.seek(0)
    start = file.read(8)
    if start.startswith(SEVEN_ZIP):
        return _is_sealed_7z(file)
    if start.startswith(RAR_5):
        return _is_sealed_rar_5(file)
    return start.startswith(RAR_4) and _is_sealed_rar_4(file)


def _is_sealed_7z(file: BinaryIO) -> bool:
    """Look for the cipher in the list of coders, which stands at the end and is mostly packed itself."""
    file.seek(12)
    place = file.read(_PLACE.size)
    if len(place) < _PLACE.size:
        return False
    offset, size = _PLACE.unpack(place)
    if size > _LARGEST_HEADER or offset > _FARTHEST:
        return False
    file.seek(_HEAD + offset)
    header = file.read(size)
    if _AES in header:
        return True
    return header[:1] == bytes((_PACKED_HEADER,)) and _AES in _unpacked(file, header)


def _unpacked(file: BinaryIO, header: bytes) -> bytes:
    """Return the list of coders, or nothing where it is not packed as archivers do it."""
    numbers = _Numbers(header[2:])  # behind the two marks: a packed header, and where its pack lies
    position, _streams, _size_mark, size = numbers.next(), numbers.next(), numbers.next(), numbers.next()
    coder = _coder_of(header)
    if coder is None or size > _LARGEST_HEADER or position > _FARTHEST:
        return b""
    file.seek(_HEAD + position)
    try:
        decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[coder])
        return decoder.decompress(file.read(size), max_length=_LARGEST_HEADER)
    except (lzma.LZMAError, ValueError):
        return b""


def _coder_of(header: bytes) -> dict[str, int] | None:
    """Return how the list is packed: by LZMA with its five bytes of settings, or by LZMA2."""
    at = header.find(_LZMA) + len(_LZMA)
    settings = header[at : at + _LZMA_SETTINGS]
    if at >= len(_LZMA) and len(settings) == _LZMA_SETTINGS:
        fields, dictionary = settings[0], min(int.from_bytes(settings[1:], "little"), _LARGEST_HEADER)
        places = {"lc": fields % 9, "lp": fields // 9 % 5, "pb": fields // 45}
        return {"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096), **places}
    return {"id": lzma.FILTER_LZMA2, "dict_size": _LARGEST_HEADER} if _LZMA_2 in header else None


class _Numbers:
    """The numbers of a 7z header: the first byte's leading ones say how many bytes follow."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def next(self) -> int:
        """Return the next number; 0 behind the end."""
        if self._at >= len(self._content):
            return 0
        first = self._content[self._at]
        more = next((count for count in range(8) if not first & (0x80 >> count)), 8)
        low = int.from_bytes(self._content[self._at + 1 : self._at + 1 + more], "little")
        self._at += 1 + more
        return low + ((first & (0x7F >> more)) << 8 * more)


def _is_sealed_rar_4(file: BinaryIO) -> bool:
    file.seek(len(RAR_4))
    for _ in range(_MOST_BLOCKS):
        head = file.read(_RAR_4_BLOCK.size)
        if len(head) < _RAR_4_BLOCK.size:
            return False
        _sum, kind, flags, size = _RAR_4_BLOCK.unpack(head)
        if kind == _RAR_4_HEAD and flags & _RAR_4_HEADS_ARE_ENCRYPTED:
            return True
        if kind == _RAR_4_FILE:
            return bool(flags & _RAR_4_FILE_IS_ENCRYPTED)
        if size < len(head):
            return False
        file.seek(size - len(head), 1)
    return False


def _is_sealed_rar_5(file: BinaryIO) -> bool:
    file.seek(len(RAR_5))
    for _ in range(_MOST_BLOCKS):
        file.seek(_RAR_5_SUM, 1)
        size = _number(file)
        block = io.BytesIO(file.read(size) if size <= _LARGEST_BLOCK else b"")
        kind, flags = _number(block), _number(block)
        if kind == _RAR_5_ENCRYPTION:
            return True
        extra = _number(block) if flags & _RAR_5_HAS_EXTRA else 0
        data = _number(block) if flags & _RAR_5_HAS_DATA else 0
        if kind == _RAR_5_FILE:
            return _is_encrypted(block.getvalue()[-extra:] if extra else b"")
        if not size:
            return False
        file.seek(data, 1)
    return False


def _is_encrypted(extra: bytes) -> bool:
    records = io.BytesIO(extra)
    while size := _number(records):
        end = records.tell() + size
        if _number(records) == _RAR_5_FILE_ENCRYPTION:
            return True
        records.seek(end)
    return False


def _number(stream: BinaryIO) -> int:
    """Return the next number of RAR 5: seven bits a byte, the lowest first; 0 behind the end."""
    value = 0
    for shift in range(0, _LONGEST_NUMBER * 7, 7):
        byte = int.from_bytes(stream.read(1), "little")
        value |= (byte & ~_GOES_ON) << shift
        if not byte & _GOES_ON:
            return value
    return 0
