"""How pages ask for the workflows of branding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.runs.launch import launch
from domain.branding.types import PublishInput, TestMailInput
from workflows.branding.contract import PUBLISH, TEST_MAIL

if TYPE_CHECKING:
    from uuid import UUID

    from core.db import UnitOfWork
    from core.runs.launch import LaunchedRun
    from domain.branding.types import Publication, TestMail


async def start_publication(uow: UnitOfWork, publication: Publication) -> LaunchedRun:
    """Have a version published."""
    return await launch(
        uow,
        PUBLISH,
        PublishInput(publication.tenant_id, publication.actor_id, publication),
        key=str(publication.version_id),
        subject=("brand", str(publication.tenant_id)),
        result_path="/admin/branding",
    )


async def start_test_mail(uow: UnitOfWork, mail: TestMail, *, key: UUID) -> LaunchedRun:
    """Have a mail sent that shows how mails look."""
    return await launch(
        uow,
        TEST_MAIL,
        TestMailInput(mail.tenant_id, mail.actor_id, mail),
        key=str(key),
        subject=("brand_mail", str(mail.tenant_id)),
        title_params={"address": mail.address},
    )
