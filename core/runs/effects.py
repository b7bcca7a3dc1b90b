"""Effects of activities that happen once, however often an activity is tried.

What a transaction writes is claimed in that same transaction: ``if await uow.once(effect_key("create"))``. What goes
over the network is not done within one, since it would hold a connection for as long as the other side likes. It is
held, committed, done, and marked as done:

    async with self._work(wanted) as uow:
        mail = await self._mail(uow) if await begin(uow, key) else None
    if mail:
        await finish(partial(self._work, wanted), key, self._mailer.send(mail))

An attempt that dies in between leaves a key that is held for :data:`SECONDS_HELD`; then the next one does it again.
Whether the first one got through, only the other side knows: a mail has the same Message-ID, by which doubles are
dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import activity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from core.db import UnitOfWork

SECONDS_HELD = 20
"""Longer than any call that is held for may take, such as a mail (``core.mail.SECONDS_FOR_A_MAIL``)."""


class UnderWayError(Exception):
    """Another attempt is at the same effect, or died at it a moment ago. To be tried again."""


def effect_key(name: str) -> str:
    """Return the key of one effect of the running workflow: the same over retries, restarts and continues."""
    return f"{activity.info().workflow_id}:{name}"


async def begin(uow: UnitOfWork, key: str) -> bool:
    """Hold an effect that is done once this transaction is committed; False when it has been done before.

    Raises UnderWayError while another attempt holds it.
    """
    holds = await uow.hold(_held(key), SECONDS_HELD)
    # Looked up after the key is held: whoever held it before has marked the effect in the transaction that let go.
    if await uow.is_claimed(key):
        if holds:
            await uow.forget(_held(key))
        return False
    if not holds:
        raise UnderWayError(key)
    return True


async def finish(
    work: Callable[[], AbstractAsyncContextManager[UnitOfWork]], key: str, effect: Awaitable[object]
) -> None:
    """Do what :func:`begin` holds, and mark it as done; when it fails, the next attempt may begin at once."""
    try:
        await effect
    except BaseException:  # a cancel as well: whatever kept it from being done, the key is given back
        async with work() as uow:
            await uow.forget(_held(key))
        raise
    async with work() as uow:
        await uow.once(key)
        await uow.forget(_held(key))


def _held(key: str) -> str:
    return f"{key}#held"
