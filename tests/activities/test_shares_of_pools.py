"""Whatever is scarce in a worker is shared by tenant: what one of them keeps busy never keeps all others waiting."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from activities.branding import publishing
from activities.branding.publishing import PublishingActivities
from activities.files.scanning import ScanningActivities
from activities.notifications.collecting import _in_turns
from core.context import HOME_TENANT_ID
from core.ids import new_id
from core.mail import Mail, Mailer
from core.messages import Message
from core.storage import Storage
from domain.files.types import FileRef, Scanned
from domain.notifications.types import MailInput

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from core.settings import Settings

MANY = 30


@dataclass
class Slow:
    """What takes until it is let go; ``busy`` are the tenants whose turn it is."""

    settings: Settings
    busy: list[object] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self, key: object) -> None:
        self.busy.append(key)
        await self.done.wait()


async def scans(slow: Slow, _: pytest.MonkeyPatch) -> Callable[[UUID], Awaitable[Any]]:
    class Scanner:
        async def scan(self, _: object) -> Scanned:
            await slow.work(None)
            return Scanned("clean", "none")

    scanning = ScanningActivities(Storage.from_url("memory:"), Scanner())
    return lambda tenant_id: scanning.scan(FileRef(tenant_id, new_id()))


async def mails(slow: Slow, patch: pytest.MonkeyPatch) -> Callable[[UUID], Awaitable[Any]]:
    async def hand_over(_: Mailer, address: str, __: bytes) -> None:
        await slow.work(address)

    patch.setattr(Mailer, "_hand_over", hand_over)
    patch.setattr(Mailer, "compose", lambda *_: b"")
    mailer = Mailer(slow.settings, None)  # type: ignore[arg-type]  # nothing is composed
    hello = Message("core", "Hello", {})
    return lambda tenant_id: mailer.send(Mail("1", "Ada", "ada@acme.example", hello, "none", tenant_id=tenant_id))


async def pictures(slow: Slow, patch: pytest.MonkeyPatch) -> Callable[[UUID], Awaitable[Any]]:
    async def draw(*_: object, **__: object) -> tuple[()]:
        await slow.work(None)
        return ()

    @dataclass
    class Thing:
        tenant_id: UUID
        type: str = "image/png"

    patch.setattr(publishing, "draw", draw)
    activities = PublishingActivities(None, None)  # type: ignore[arg-type]  # neither is asked
    return lambda tenant_id: activities._draw(Thing(tenant_id), "check", Thing(tenant_id), Path())  # type: ignore[arg-type]


@pytest.mark.parametrize("pool", [scans, mails, pictures])
async def test_one_tenants_slow_work_leaves_room_for_another(
    pool: Callable[[Slow, pytest.MonkeyPatch], Awaitable[Callable[[UUID], Awaitable[Any]]]],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    slow, acme, globex = Slow(settings), new_id(), new_id()
    work = await pool(slow, monkeypatch)

    many = [asyncio.ensure_future(work(acme)) for _ in range(MANY)]
    await _settled()
    of_one = len(slow.busy)
    assert 0 < of_one < MANY

    other = asyncio.ensure_future(work(globex))
    await _settled()
    assert len(slow.busy) == of_one + 1

    slow.done.set()
    await asyncio.gather(*many, other)
    assert len(slow.busy) == MANY + 1


async def test_mails_of_the_platform_itself_wait_by_address(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    slow = Slow(settings)
    work = await mails(slow, monkeypatch)
    sent = [asyncio.ensure_future(work(HOME_TENANT_ID)) for _ in range(MANY)]
    await _settled()
    assert 0 < len(slow.busy) < MANY
    slow.done.set()
    await asyncio.gather(*sent)


def test_mails_are_begun_by_the_tenants_in_turns() -> None:
    one, two, three = new_id(), new_id(), new_id()
    due = [[_mail(one), _mail(one), _mail(one)], [_mail(two)], [], [_mail(three), _mail(three)]]
    assert [mail.tenant_id for mail in _in_turns(due)] == [one, two, three, one, three, one]


def _mail(tenant_id: UUID) -> MailInput:
    return MailInput(tenant_id, new_id(), new_id(), new_id(), "unread")


async def _settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)
