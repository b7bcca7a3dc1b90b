from __future__ import annotations

import pytest

from domain.files.kinds import HEAD_SIZE, KINDS, recognise
from tests.factories.files import EICAR, archive, pdf, picture

OFFICE = "application/vnd.openxmlformats-officedocument"
TAKEN = {
    "image/jpeg": picture(),
    "image/png": picture(form="PNG"),
    "image/gif": picture(form="GIF"),
    "image/webp": picture(form="WEBP"),
    "image/tiff": picture(form="TIFF"),
    "image/heic": picture(form="HEIF"),
    "application/pdf": pdf(),
    "application/zip": archive(note=b"hello"),
    f"{OFFICE}.wordprocessingml.document": archive(**{"word/document.xml": b"<x/>"}),
    f"{OFFICE}.spreadsheetml.sheet": archive(**{"xl/workbook.xml": b"<x/>"}),
    "application/vnd.oasis.opendocument.text": archive(mimetype=b"application/vnd.oasis.opendocument.text"),
    "text/plain": "Grüße, 世界\n\tsecond line\r\n".encode(),
    "video/mp4": b"\x00\x00\x00\x18ftypisom" + bytes(16),
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(16),
}
NOT_TAKEN = {
    "a Windows program": b"MZ\x90\x00" + bytes(200),
    "a Linux program": b"\x7fELF\x02\x01\x01" + bytes(60),
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "a web page": b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>",
    "a drawing with script": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "XML": b'<?xml version="1.0"?><svg/>',
    "server code": b"<?php system($_GET['c']);",
    "noise": bytes(range(256)),
    "another RIFF": b"RIFF\x24\x00\x00\x00AVI LIST",
    "another container": b"\x00\x00\x00\x18ftypevil" + bytes(16),
}


@pytest.mark.parametrize("media_type", TAKEN)
def test_a_kind_is_told_from_the_first_bytes(media_type: str) -> None:
    assert recognise(TAKEN[media_type][:HEAD_SIZE]) == media_type
    assert media_type in KINDS


@pytest.mark.parametrize("content", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_what_is_not_on_the_list_is_not_taken(content: bytes) -> None:
    assert recognise(content[:HEAD_SIZE]) not in KINDS


def test_the_test_virus_gets_as_far_as_the_scanner() -> None:
    assert recognise(EICAR) == "text/plain"


def test_an_empty_file_is_text() -> None:
    assert recognise(b"") == "text/plain"
