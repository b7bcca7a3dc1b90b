"""The bodies of forms: no larger than a form is, unless its route says so, and whole or refused, never half read."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl

from quart.datastructures import FileStorage
from quart.formparser import FormDataParser
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Epilogue, Field, File

from core.errors import InvalidError
from core.messages import messages_of
from web.kit.multipart import PartStream

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quart.wrappers.request import Body

N_ = messages_of("kit")
RouteT = TypeVar("RouteT", bound="Callable[..., Any]")

FORM_BYTES = 64 * 1024
MOST_FIELDS = 500


@dataclass(frozen=True, slots=True)
class FormBounds:
    """How much a route's form may hold."""

    most_bytes: int = FORM_BYTES
    most_fields: int = MOST_FIELDS


ORDINARY = FormBounds()


def large_form(*, most_bytes: int = FORM_BYTES, most_fields: int = MOST_FIELDS) -> Callable[[RouteT], RouteT]:
    """Have a route take a form that is larger than others: more bytes, more fields. Stands below ``guard``."""

    def mark(route: RouteT) -> RouteT:
        route.__adx_form__ = FormBounds(most_bytes, most_fields)  # type: ignore[attr-defined]  # read by bounds_of
        return route

    return mark


def bounds_of(route: object) -> FormBounds:
    """Return what :func:`large_form` declared, or what all others keep."""
    found: FormBounds = getattr(route, "__adx_form__", ORDINARY)
    return found


class FormParser(FormDataParser):
    """Reads a form into memory. What is no form, or holds a zero byte, is refused as a whole.

    Raises:
        InvalidError: it cannot be read.
        RequestEntityTooLarge: it has more fields than the route takes.
    """

    async def parse(
        self,
        body: Body,
        mimetype: str,
        content_length: int | None,  # noqa: ARG002  # the body itself judges its length
        options: dict[str, str] | None = None,
    ) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
        """Return fields and files; of a body that is no form, neither, and it is not read."""
        fields: list[tuple[str, str]] = []
        files: list[tuple[str, FileStorage]] = []
        if mimetype == "application/x-www-form-urlencoded":
            fields = self._pairs(await body)
        elif mimetype == "multipart/form-data":
            fields, files = await self._parts(body, (options or {}).get("boundary", ""))
        if any("\0" in name or "\0" in value for name, value in fields):
            raise unreadable()
        storage = self.cls or MultiDict
        return storage(fields), storage(files)

    def _pairs(self, raw: bytes) -> list[tuple[str, str]]:
        if raw.count(b"&") >= self._most_fields:
            raise RequestEntityTooLarge
        try:
            return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict")
        except ValueError as error:
            raise unreadable() from error

    async def _parts(self, body: Any, boundary: str) -> tuple[list[tuple[str, str]], list[tuple[str, FileStorage]]]:  # noqa: ANN401  # a PulledBody
        stream = PartStream(body, boundary, most_parts=self._most_fields)
        fields: list[tuple[str, str]] = []
        files: list[tuple[str, FileStorage]] = []
        event = await stream.next()
        while not isinstance(event, Epilogue):
            if isinstance(event, Field):
                fields.append((event.name, await stream.text()))
            elif isinstance(event, File):
                content = BytesIO(b"".join([chunk async for chunk in stream.chunks()]))
                files.append((event.name, FileStorage(content, event.filename, event.name, headers=event.headers)))
            event = await stream.next()
        return fields, files

    @property
    def _most_fields(self) -> int:
        return MOST_FIELDS if self.max_form_parts is None else self.max_form_parts


def unreadable() -> InvalidError:
    """What was sent is no form: a zero byte, which nobody types and no database takes, or text in no encoding."""
    return InvalidError(N_("That request could not be read. Nothing was changed."))
