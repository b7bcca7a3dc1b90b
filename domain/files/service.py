"""What may happen to a file, each within the caller's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func

from core.ids import new_id
from core.live.events import event
from core.plain_text import file_name, one_line
from core.storage import object_key
from domain.files import quota
from domain.files.errors import given_up, no_such_file, still_in_work
from domain.files.models import File
from domain.files.policy import policy_of
from domain.files.repository import FileRepository
from domain.files.types import KEPT, FileRef

if TYPE_CHECKING:
    from core.db import UnitOfWork
    from core.storage import Stored
    from domain.files.types import Findings

CHANGED = event("files:changed", "A file has arrived, changed its state, or left: every open list reads itself again.")

LONGEST_NAME = 200
LONGEST_TYPE = 100
KEY_PARTS = len(("tenants", "<tenant>", "files", "<file>", "<name>"))


def key_of(tenant_id: UUID, file_id: UUID, name: str = "original") -> str:
    """Return the storage key of a file's original or of one of its renditions."""
    return object_key(tenant_id, "files", file_id, name if name == "original" else f"{name}.webp")


def folder_of(tenant_id: UUID, file_id: UUID) -> str:
    """Return the storage folder that holds everything of a file."""
    return object_key(tenant_id, "files", file_id)


def file_of(key: str) -> FileRef | None:
    """Return the file that an object belongs to, or None for an object of another feature."""
    parts = key.split("/")
    if len(parts) != KEY_PARTS or parts[0] != "tenants" or parts[2] != "files":
        return None
    return FileRef(UUID(parts[1]), UUID(parts[3]))


LEASE = timedelta(minutes=10)
"""How long an upload of which nothing is heard keeps its row and its space."""


async def begin_upload(uow: UnitOfWork, uploader_id: UUID, name: str, declared_type: str, size: int) -> File:
    """Note that a file of ``size`` bytes is arriving; QuotaError or UnsupportedError before a byte is taken.

    Its ``size`` is what is reserved for it; :func:`keep_upload` lets that grow with what arrives.
    """
    (await policy_of(uow)).check_claim(name, declared_type)
    reserved = await quota.reserve(uow, size)
    file = File(
        tenant_id=uow.tenant_id,
        id=new_id(),
        name=tidy_name(name),
        size=reserved,
        declared_type=one_line(declared_type)[:LONGEST_TYPE],
        state="receiving",
        charge="reserved",
        uploader_id=uploader_id,
        lease_until=func.now() + LEASE,
    )
    FileRepository(uow.session).add(file)
    return file


async def keep_upload(uow: UnitOfWork, file_id: UUID, arrived: int, reserved: int) -> int:
    """Note that so much of a file has arrived, renew its lease and return how much is reserved for it now.

    Raises:
        QuotaError: there is no space for it.
        ConflictError: it was given up, because nothing was heard of it for too long.
    """
    if not await FileRepository(uow.session).renew_lease(file_id, LEASE):
        raise given_up()
    return await quota.extend(uow, file_id, arrived) if arrived > reserved else reserved


async def complete_upload(uow: UnitOfWork, file_id: UUID, stored: Stored) -> File:
    """All bytes have arrived: correct the reservation and let the file be looked at."""
    await quota.shrink(uow, file_id, stored.size)
    file = await FileRepository(uow.session).get(file_id)
    file.state = "pending"
    file.sha256 = stored.sha256
    uow.publish(CHANGED, str(file_id))
    return file


async def abandon_upload(uow: UnitOfWork, file_id: UUID) -> bool:
    """Forget a file that never came whole; False if it did, and nothing was changed. Repeatable."""
    file = await FileRepository(uow.session).find(file_id, lock=True)
    if file is None:
        return True
    if file.state != "receiving":
        return False
    await forget(uow, file_id)
    return True


async def forget(uow: UnitOfWork, file_id: UUID) -> None:
    """Take the file off the books: its row, its renditions' rows and its share of the space. Repeatable."""
    await quota.release(uow, file_id)
    await FileRepository(uow.session).remove(file_id)
    uow.publish(CHANGED, str(file_id))


async def take_back(uow: UnitOfWork, file_id: UUID) -> bool:
    """Forget an upload that is undone; False for a file on which there is a verdict: it is not this one's to undo."""
    file = await FileRepository(uow.session).find(file_id, lock=True)
    if file is not None and file.verdict is not None:
        return False
    await forget(uow, file_id)
    return True


async def settle(uow: UnitOfWork, findings: Findings) -> None:
    """Turn the reservation of a file that is kept into use; give back that of another. Repeatable."""
    await _to_be_judged(uow, findings)
    move = quota.use if findings.verdict in KEPT else quota.release
    await move(uow, findings.file_id)


async def index(uow: UnitOfWork, findings: Findings) -> None:
    """Write down what was found out and open, or block, the file. Repeatable."""
    files = FileRepository(uow.session)
    file = await _to_be_judged(uow, findings)
    if file.opened_at is not None:
        return  # somebody was quicker than the second try of this step
    facts = findings.facts
    file.state, file.type = findings.verdict, findings.type
    file.scanner, file.signature, file.note = findings.scanner, findings.signature, findings.note
    file.width, file.height, file.pages, file.taken_at = facts.width, facts.height, facts.pages, facts.taken_at
    file.details = {"camera": facts.camera, "title": facts.title}
    await files.replace_renditions(file, findings.pictures)


async def unindex(uow: UnitOfWork, file_id: UUID) -> None:
    """Close a file again, as before :func:`index`. Repeatable, and fine if it is gone."""
    file = await FileRepository(uow.session).find(file_id, lock=True)
    if file is not None:
        file.state = "pending"
        await FileRepository(uow.session).replace_renditions(file, ())


async def _to_be_judged(uow: UnitOfWork, findings: Findings) -> File:
    """Return a file that waits for its verdict, or has this one; raises NotFoundError for any other."""
    file = await FileRepository(uow.session).get(findings.file_id, lock=True)
    if file.state not in {"pending", findings.verdict} and file.opened_at is None:
        raise no_such_file()
    return file


async def open_sealed(uow: UnitOfWork, file_id: UUID) -> None:
    """Open what nobody could look into, and note who did it. Repeatable; NotFoundError for what is not closed."""
    files = FileRepository(uow.session)
    file = await files.get(file_id, lock=True)
    if file.opened_at is not None:
        return
    if not file.is_sealed:
        raise no_such_file()
    file.state, file.opened_by, file.opened_at = "ready", uow.actor_id, await files.now()
    await uow.audit("files.opened", f"file:{file_id}", sealed={"name": file.name})
    uow.publish(CHANGED, str(file_id))


async def trash(uow: UnitOfWork, file_id: UUID) -> File:
    """Put a file out of sight and out of reach; its bytes stay until they are erased. Repeatable."""
    files = FileRepository(uow.session)
    file = await files.get(file_id, lock=True)
    if file.state in {"receiving", "pending"}:
        raise still_in_work()
    if file.trashed_at is None:
        file.trashed_at = await files.now()
        await uow.audit("files.trashed", f"file:{file_id}", sealed={"name": file.name})
    uow.publish(CHANGED, str(file_id))
    return file


async def in_trash(uow: UnitOfWork, ref: FileRef) -> File | None:
    """Return a file, locked, that lies in the trash since the moment that ``ref`` names, if it names one; else None."""
    file = await FileRepository(uow.session).find(ref.file_id, lock=True)
    if file is None or file.trashed_at is None or ref.trashed_at not in {None, file.trashed_at}:
        return None
    return file


async def restore(uow: UnitOfWork, ref: FileRef) -> None:
    """Take a file out of the trash. Repeatable, and fine if it is gone, or was put there by somebody else since."""
    file, file_id = await in_trash(uow, ref), ref.file_id
    if file is not None:
        file.trashed_at = None
        await uow.audit("files.restored", f"file:{file_id}", sealed={"name": file.name})
        uow.publish(CHANGED, str(file_id))


async def available(uow: UnitOfWork, file_id: UUID) -> File:
    """Return a file whose bytes may be handed out; raises NotFoundError for any other."""
    file = await FileRepository(uow.session).find(file_id)
    if file is None or not file.is_available:
        raise no_such_file()
    return file


def tidy_name(name: str) -> str:
    """Return the last part of a name as a browser sent it, in one spelling and without what cannot be seen."""
    return file_name(name, longest=LONGEST_NAME) or "file"
