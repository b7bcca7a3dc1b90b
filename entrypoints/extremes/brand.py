"""A brand of the loudest colours that may be published, and a draft of such that may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.ids import derived_id
from domain.branding import service
from domain.branding.sheet import sheet_of
from domain.branding.types import Assets, Finished, Look, Publication

if TYPE_CHECKING:
    from core.context import Person
    from core.db import UnitOfWork

LOUD = Look(accent="#c00000", accent_dark="#ffe000", hue=300, tint=6, radius=20, font="editorial", name="M" * 60)
UNREADABLE = Look(accent="#ffff00", accent_dark="#111111", hue=60, tint=6, radius=0, font="industrial", name="W" * 60)


async def add_brand(uow: UnitOfWork, person: Person) -> None:
    """Publish the loud look as its workflow does, without pictures, and leave the unreadable one in the draft."""
    version_id = derived_id(uow.tenant_id, "loud brand")
    publication = Publication(uow.tenant_id, person.id, person.name, version_id, LOUD, Assets())
    service.check(publication)
    await service.publish(uow, Finished(publication, (), sheet_of(LOUD)))
    await service.keep_look(uow, person.id, UNREADABLE)
