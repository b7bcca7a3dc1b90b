"""Multipart uploads, read as they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quart import request
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from core.errors import InvalidError, UnsupportedError
from core.messages import messages_of
from core.plain_text import file_name
from web.kit.csrf import FIELD, check_token
from web.kit.visit import current_visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

N_ = messages_of("kit")

FIELD_BYTES = 64 * 1024
WAITING_BYTES = 64 * 1024
"""What may wait for the rest of it: headers of a part, or what stands before the first and after the last one."""


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

    The CSRF token, if it did not come by header, has to be a field before the first file.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise UnsupportedError(
            N_("Files are taken from a form. Send them with the page's own button."), code="not_a_form"
        )
    stream = _Stream(MultipartDecoder(boundary.encode("latin-1", "replace"), max_form_memory_size=None, max_parts=100))
    event = await stream.next()
    while not isinstance(event, Epilogue):
        if isinstance(event, Field):
            value = await stream.text()
            if event.name == FIELD:
                if not current_visit().csrf_checked:
                    check_token(value)
            else:
                yield UploadedField(event.name, value)
        elif isinstance(event, File):
            if not current_visit().csrf_checked:
                check_token(None)
            content_type = event.headers.get("content-type", "application/octet-stream")
            yield UploadedFile(event.name, file_name(event.filename), content_type, stream.chunks())
            await stream.skip()
        event = await stream.next()


class _Stream:
    """The decoder, fed from the request as it runs out of data."""

    def __init__(self, decoder: MultipartDecoder) -> None:
        self._decoder = decoder
        self._inside = False

    async def next(self) -> Event:
        while True:
            try:
                event = self._decoder.next_event()
            except ValueError as error:
                raise _broken() from error
            if not isinstance(event, NeedData):
                self._inside = isinstance(event, (Field, File)) or (isinstance(event, Data) and event.more_data)
                return event
            await self._feed()

    async def _feed(self) -> None:
        # The decoder keeps all of a header that never ends, and all that follows the last part.
        if len(self._decoder.buffer) > WAITING_BYTES:
            raise _broken()
        piece = await anext(aiter(request.body), None)
        try:
            self._decoder.receive_data(piece)
        except ValueError as error:
            raise _broken() from error

    async def chunks(self) -> AsyncIterator[bytes]:
        while self._inside:
            event = await self.next()
            if isinstance(event, Data) and event.data:
                yield event.data

    async def skip(self) -> None:
        async for _ in self.chunks():
            pass

    async def text(self) -> str:
        value = bytearray()
        async for chunk in self.chunks():
            value += chunk
            if len(value) > FIELD_BYTES:
                raise _broken()
        return value.decode("utf-8", "replace")


def _broken() -> InvalidError:
    return InvalidError(N_("The upload arrived broken, so nothing was kept. Send it again."), code="broken_upload")
