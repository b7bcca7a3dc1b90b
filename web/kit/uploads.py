"""Multipart uploads, read as they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quart import request
from werkzeug.sansio.multipart import Epilogue, Field, File

from core.errors import UnsupportedError
from core.messages import messages_of
from web.kit.body import current_body
from web.kit.csrf import FIELD, check_token
from web.kit.multipart import PartStream
from web.kit.submissions import FIELD as KEY_FIELD, take_key
from web.kit.visit import current_visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

N_ = messages_of("kit")

MOST_PARTS = 100


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file under way. ``chunks`` must be read, or left, before the next part is asked for.

    ``filename`` is as a person may be shown it: one line, without its folders.
    """

    field: str
    filename: str
    content_type: str
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class UploadedField:
    """A field of the form, complete."""

    field: str
    value: str


async def parts() -> AsyncIterator[UploadedFile | UploadedField]:
    """Yield the parts of a multipart request in their order; no file is ever held in memory.

    The CSRF token, if it did not come by header, has to be a field before the first file; the key of the submission
    likewise.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise UnsupportedError(N_("Upload files with the form on the page."), code="not_a_form")
    stream = PartStream(current_body(), boundary, most_parts=MOST_PARTS)
    key = ""
    event = await stream.next()
    while not isinstance(event, Epilogue):
        if isinstance(event, Field):
            value = await stream.text()
            if event.name == FIELD:
                if not current_visit().csrf_checked:
                    check_token(value)
            elif event.name == KEY_FIELD:
                key = value
            else:
                yield UploadedField(event.name, value)
        elif isinstance(event, File):
            if not current_visit().csrf_checked:
                check_token(None)
            if key and current_visit().submission is None:
                # Another file is another submission, though the page that was gone back to has the same key.
                await take_key(key, f"{event.filename}\0{request.content_length}".encode())
            content_type = event.headers.get("content-type", "application/octet-stream")
            yield UploadedFile(event.name, event.filename, content_type, stream.chunks())
            await stream.skip()
        event = await stream.next()
