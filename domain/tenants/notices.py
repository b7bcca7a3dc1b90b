"""What tenants tells people of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of
from core.notices import NoticeKind, notify

if TYPE_CHECKING:
    from core.db import UnitOfWork
    from domain.tenants.types import NewTenant

N_ = messages_of("tenants")

NEWS = NoticeKind(
    "tenants.news",
    # Translators: A kind of notification, in the list of those that one can have by email.
    N_("Workspace news"),
    N_("What changes for everyone here, such as a new workspace being ready."),
    icon="tenant",
)


async def welcome(uow: UnitOfWork, new: NewTenant) -> None:
    """Greet the founder within the new tenant."""
    await notify(
        uow,
        user_id=new.founder.id,
        kind=NEWS,
        key=f"tenant/{new.id}/opened",
        message=N_("The workspace {tenant} is ready", tenant=new.name),
        # Translators: The owner of a workspace that was just created.
        detail=N_("You are its owner."),
        tone="success",
        href="/",
    )
