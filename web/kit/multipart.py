"""Multipart bodies, read as they arrive: bounded in what waits, in the headers of each part and in what names hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import Data, Event, Field, File, MultipartDecoder, NeedData, State

from core.errors import InvalidError
from core.messages import messages_of
from core.plain_text import CONTROLS, file_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from web.kit.body import PulledBody

N_ = messages_of("kit")

FIELD_BYTES = 64 * 1024
WAITING_BYTES = 64 * 1024
"""What may wait for the rest of it: what stands before the first part and after the last one."""

MOST_PART_HEADER_BYTES = 4096
MOST_PART_HEADERS = 8
"""Browsers send two for each part."""

LONGEST_BOUNDARY = 70
"""RFC 2046, section 5.1.1."""


class PartStream:
    """The parts of one body, in their order; fed from the request as it runs out of data.

    Raises InvalidError for whatever is no such body, has more parts than ``most_parts``, or headers out of proportion.
    """

    def __init__(self, body: PulledBody, boundary: str, *, most_parts: int) -> None:
        if not 0 < len(boundary) <= LONGEST_BOUNDARY or not boundary.isascii():
            raise broken_upload()
        self._body = body
        self._decoder = _Decoder(boundary.encode(), max_form_memory_size=None, max_parts=most_parts)
        self._inside = False

    async def next(self) -> Event:
        """Return what comes next: the head of a part, a piece of it, or the end."""
        while True:
            try:
                event = self._decoder.next_event()
            except ValueError as error:
                raise broken_upload() from error
            if not isinstance(event, NeedData):
                self._inside = isinstance(event, (Field, File)) or (isinstance(event, Data) and event.more_data)
                return event
            await self._feed()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield what is left of the current part."""
        while self._inside:
            event = await self.next()
            if isinstance(event, Data) and event.data:
                yield event.data

    async def skip(self) -> None:
        """Pass over what is left of the current part."""
        async for _ in self.chunks():
            pass

    async def text(self) -> str:
        """Return the current part as the value of a field."""
        value = bytearray()
        async for chunk in self.chunks():
            value += chunk
            if len(value) > FIELD_BYTES:
                raise broken_upload()
        return value.decode("utf-8", "replace")

    async def _feed(self) -> None:
        # The decoder keeps all of a header that never ends, and all that follows the last part.
        if len(self._decoder.buffer) > WAITING_BYTES:
            raise broken_upload()
        piece = await anext(aiter(self._body), None)
        try:
            self._decoder.receive_data(piece)
        except ValueError as error:
            raise broken_upload() from error


class _Decoder(MultipartDecoder):
    """Werkzeug's decoder. The head of a part is small before it is parsed, and what it names comes cleaned."""

    def next_event(self) -> Event:
        event = super().next_event()
        if isinstance(event, NeedData) and self.state is State.PART and len(self.buffer) > MOST_PART_HEADER_BYTES:
            raise ValueError("the head of a part does not end")
        if isinstance(event, (Field, File)) and not _is_name(event.name):
            raise ValueError("a part has no name")
        return replace(event, filename=file_name(event.filename)) if isinstance(event, File) else event

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        lines = data.count(b"\n") + data.count(b"\r")
        if len(data) > MOST_PART_HEADER_BYTES or lines > 2 * MOST_PART_HEADERS:
            raise ValueError("the head of a part is too large")
        return Headers([(name, CONTROLS.sub("", value)) for name, value in super()._parse_headers(data)])


def broken_upload() -> InvalidError:
    """What is sent is no form, or one that no browser makes."""
    return InvalidError(N_("The upload arrived broken, so nothing was saved. Send it again."), code="broken_upload")


def _is_name(name: str | None) -> bool:
    return bool(name) and CONTROLS.search(name or "") is None
