"""Files in every state, of every length of name and any size, and thousands of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle, product
from typing import TYPE_CHECKING, Any, get_args

from core.ids import new_id
from domain.files import quota
from domain.files.models import File
from domain.files.service import key_of
from domain.files.types import Note, Verdict
from entrypoints.extremes.names import NAMES, SHORT, UNBROKEN, WITH_BLANKS, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from core.db import UnitOfWork
    from core.storage import Storage

MANY = 2000
SIZES = (0, 1, 999, 123_456_789, 987_654_321_012, 8_765_432_109_876)
STATES: tuple[str, ...] = ("pending", *get_args(Verdict))
NAMED_ONCE_A_STATE = (UNBROKEN[0], UNBROKEN[3], UNBROKEN[4], WITH_BLANKS[1], SHORT[0])
TYPES = (
    "application/zip",
    "audio/flac",
    "video/mp4",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/octet-stream",
)
"""Kinds of which nothing is drawn, since there are no bytes to draw."""
SPACE = 9 * 10**15
FAR = timedelta(days=36_500)
"""So far ahead that nothing takes what is seeded for forgotten."""


async def add_files(uow: UnitOfWork, uploaders: Sequence[UUID]) -> tuple[File, ...]:
    """Write the rows of all files, the extreme ones newest, and the space that they take; return them."""
    now, whose = datetime.now(UTC), cycle(uploaders)
    files = tuple(
        File(tenant_id=uow.tenant_id, id=new_id(), uploader_id=next(whose), lease_until=now + FAR, **row)
        for row in (*_many(now), *_one_of_each(now))
    )
    uow.session.add_all(files)
    await uow.session.flush()
    await quota.recount(uow)
    return files


async def add_bytes(storage: Storage, files: Iterable[File]) -> None:
    """Store something for the small files; the others can be looked at, not downloaded."""
    for file in files:
        if file.is_available and file.size < MANY:
            await storage.put_bytes(key_of(file.tenant_id, file.id), b"x" * file.size)


def _many(now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(MANY):
        yield _row(f"{number:09d}.csv", "ready", 123_456 + number, now - timedelta(days=MANY - number))


def _one_of_each(now: datetime) -> Iterator[dict[str, Any]]:
    sizes, types = cycle(SIZES), cycle(TYPES)
    for state, name in product(STATES, NAMED_ONCE_A_STATE):
        yield _row(name, state, next(sizes), now) | {"type": next(types)}
    for note, name in zip((note for note in get_args(Note) if note), NAMES, strict=False):
        yield _row(name, "ready", next(sizes), now) | {"type": "image/jpeg", "note": note, "details": _details(name)}
    for name in NAMES:
        yield _row(name, "ready", next(sizes), now)
    yield _row(SHORT[0], "ready", 1, now)  # the newest can be downloaded


def _row(name: str, state: str, size: int, created_at: datetime) -> dict[str, Any]:
    charge = {"ready": "used", "sealed": "used", "pending": "reserved"}.get(state, "none")
    return {
        "name": name,
        "size": size,
        "sha256": b"\xff" * 32,
        "declared_type": "application/octet-stream",
        "type": "text/csv",
        "state": state,
        "charge": charge,
        "scanner": "ClamAV",
        "signature": "Win." + "Trojan" * 12 if state in {"infected", "sealed"} else "",
        "note": "",
        "width": 987_654_321,
        "height": 123_456_789,
        "pages": 123_456_789,
        "taken_at": None,
        "details": {},
        "created_at": created_at,
    }


def _details(name: str) -> dict[str, str]:
    return {"camera": name_of(NAMES.index(name) + 1), "title": name}
