"""Mails about what is unread: one for all of a while, none for what was read, and never twice."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import WorkflowAlreadyStartedError

from core.context import HOME_TENANT_ID, Context, Person, TenantFacts
from core.errors import UnavailableError
from core.ids import new_id
from core.keys import care
from core.messages import Message
from core.notices import RUN_FINISHED, RUN_NEEDS_YOU
from core.runs.contract import workflow_id
from domain.notifications.types import UNREAD_FOR
from tests.factories.notices import tell
from tests.replay.record import save_history
from tests.support.gate import cancel_here, fail_once
from tests.support.waiting import eventually
from workflows.notifications.contract import COLLECT, MAIL

if TYPE_CHECKING:
    from temporalio.client import WorkflowHandle
    from temporalio.testing import WorkflowEnvironment

    from core.keys.ring import KeyRing
    from domain.notifications.types import MailInput
    from tests.workflows.notifications.conftest import Post

PACE = "runs.needs_you"


async def begin(post: Post, mail: MailInput) -> WorkflowHandle[Any, Any]:
    """Start the workflow of a mail, as the collecting one does."""
    return await post.bench.client.start_workflow(
        MAIL.name,
        mail,
        id=workflow_id(mail.tenant_id, MAIL.name, mail.mailing_id),
        task_queue="notifications",
    )


async def begin_due(post: Post, who: Context) -> None:
    """Start what is due and has not been started yet, as the collecting one does."""
    for mail in await post.due(who):
        with suppress(WorkflowAlreadyStartedError):
            await begin(post, mail)


async def the_mail(post: Post, who: Context) -> MailInput:
    (mail,) = await post.due(who)
    return mail


async def test_what_stays_unread_is_mailed_after_ten_minutes_all_in_one(
    quick: Post, time_skipping: WorkflowEnvironment
) -> None:
    acme, member = quick.acme, quick.acme.context()
    await tell(quick.bench.db, member, "first.pdf", href="/files/1")
    await tell(quick.bench.db, quick.globex.context(), "elsewhere.pdf")
    handle = await begin(quick, await the_mail(quick, member))
    await eventually(lambda: "notifications.gather" in quick.bench.gate.calls)
    await time_skipping.sleep(UNREAD_FOR / 2)
    assert quick.subjects(acme) == []
    await tell(quick.bench.db, member, "second.pdf")
    assert await quick.due(member) == [], "it joins the mail that waits"

    await time_skipping.sleep(UNREAD_FOR / 2)
    assert (await handle.result())["outcome"] == "sent"
    await save_history(handle, MAIL.name, "sent")

    (mail,) = quick.bench.mailbox.to(f"member@{acme.slug}.example")
    assert mail.subject == "2 new notifications in Acme"
    assert "* Preparing second.pdf\r\n  Ready\r\n" in mail.text
    assert f"http://{acme.host}/files/1" in mail.text
    assert f"http://{acme.host}/preferences/notifications" in mail.text
    assert "elsewhere" not in mail.text
    assert await quick.states(acme) == ["sent", "sent"]
    await tell(quick.bench.db, member, "third.pdf")
    assert len(await quick.due(member)) == 1, "what comes later begins another mail"


async def test_what_is_read_meanwhile_is_not_mailed(quick: Post, time_skipping: WorkflowEnvironment) -> None:
    member = quick.acme.context()
    await tell(quick.bench.db, member)
    handle = await begin(quick, await the_mail(quick, member))
    await eventually(lambda: "notifications.gather" in quick.bench.gate.calls)
    await quick.read_all(member)

    await time_skipping.sleep(UNREAD_FOR)
    assert (await handle.result())["outcome"] == "read"
    await save_history(handle, MAIL.name, "read")
    assert quick.subjects(quick.acme) == []


async def test_at_once_goes_out_at_the_next_look(post: Post) -> None:
    acme = post.acme
    await post.wants(acme.context(), PACE, "at_once")
    await tell(post.bench.db, acme.context(), "urgent.pdf")
    await tell(post.bench.db, acme.context("owner"), "not-so-urgent.pdf")

    handle = await post.bench.client.start_workflow(
        COLLECT, id=f"schedule/collect-{new_id()}", task_queue="notifications"
    )
    assert await handle.result() >= 2
    await save_history(handle, COLLECT, "done")

    await post.bench.mailbox.wait_for(f"member@{acme.slug}.example", subject="Preparing urgent.pdf")
    await asyncio.sleep(0.2)
    await post.collect()
    await post.collect()
    assert post.subjects(acme) == ["Preparing urgent.pdf"], "once"
    assert post.subjects(acme, "owner") == [], "that one waits"


async def test_who_wants_no_mail_gets_none(post: Post) -> None:
    acme = post.acme
    await post.wants(acme.context(), PACE, "never")
    await tell(post.bench.db, acme.context(), "a.pdf")
    await tell(post.bench.db, acme.context(), "b.pdf", kind=RUN_FINISHED)
    assert await post.due(acme.context()) == []
    assert await post.states(acme) == ["none", "none"]
    await post.wants(acme.context(), PACE, "unread")
    await tell(post.bench.db, acme.context(), "c.pdf")
    assert len(await post.due(acme.context())) == 1


async def test_nobody_gets_mails_of_the_platforms_own_tenant(post: Post) -> None:
    home = Context(tenant=TenantFacts(HOME_TENANT_ID, "home", "ADX"), person=Person(new_id(), "Ada", "ada@x.example"))
    notice_id = await tell(post.bench.db, home)
    assert notice_id not in [mail.mailing_id for mail in await post.due(home)]
    assert await post.bench.owner.fetchval("select mail from platform.notices where id = $1", notice_id) == "none"


async def test_somebody_who_has_left_gets_none(post: Post) -> None:
    acme = post.acme
    await post.wants(acme.context(), PACE, "at_once")
    await tell(post.bench.db, acme.context())
    await post.bench.owner.execute(
        "update platform.people set state = 'deactivated' where user_id = $1", acme.people["member"].id
    )
    handle = await begin(post, await the_mail(post, acme.context()))
    assert (await handle.result())["outcome"] == "unreachable"
    await save_history(handle, MAIL.name, "unreachable")
    assert post.subjects(acme) == []


async def test_a_mail_that_is_tried_again_is_sent_once(post: Post) -> None:
    acme = post.acme
    await post.wants(acme.context(), PACE, "at_once")
    await tell(post.bench.db, acme.context(), "once.pdf")
    down = UnavailableError(Message("core", "down"), code="mail_unavailable")
    post.bench.gate.before["notifications.send"] = fail_once(down)
    handle = await begin(post, await the_mail(post, acme.context()))
    assert (await handle.result())["outcome"] == "sent"
    assert post.bench.gate.calls.count("notifications.send") == 2
    assert post.subjects(acme) == ["Preparing once.pdf"]


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_cancelled_while_gathering_it_sends_nothing_and_keeps_everything(post: Post, moment: str) -> None:
    acme = post.acme
    await tell(post.bench.db, acme.context(), "kept.pdf")
    way_in = post.bench.gate.before if moment == "before" else post.bench.gate.after
    way_in["notifications.gather"] = cancel_here(post.bench.client)
    handle = await begin(post, await the_mail(post, acme.context()))
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    await save_history(handle, MAIL.name, f"cancelled-{moment}-gather")
    assert await post.states(acme) == ["none"]
    assert await post.due(acme.context()) == []
    assert post.subjects(acme) == []
    query = "select read_at from platform.notices where tenant_id = $1"
    assert await post.bench.owner.fetchval(query, acme.id) is None, "it stays on the bell"


async def test_cancelled_while_waiting_it_sends_nothing(post: Post) -> None:
    acme = post.acme
    await tell(post.bench.db, acme.context())
    handle = await begin(post, await the_mail(post, acme.context()))
    await eventually(lambda: "notifications.gather" in post.bench.gate.calls)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert post.bench.gate.calls == ["notifications.gather", "notifications.drop"]
    assert post.subjects(acme) == []


async def test_sorting_and_closing_at_once_lose_nothing(post: Post) -> None:
    """What arrives while a mail goes out is in it, or in the next one."""
    acme, member = post.acme, post.acme.context()
    await post.wants(member, PACE, "at_once")
    for number in range(9):
        await tell(post.bench.db, member, f"{number}.pdf", kind=RUN_NEEDS_YOU)
        await begin_due(post, member)

    async def all_sent() -> bool:
        await begin_due(post, member)
        return await post.states(acme) == ["sent"] * 9

    async with asyncio.timeout(20):
        while not await all_sent():  # noqa: ASYNC110  # workflows elsewhere
            await asyncio.sleep(0.1)

    def texts() -> str:
        return " ".join(mail.text for mail in post.bench.mailbox.to(f"member@{acme.slug}.example"))

    await eventually(lambda: all(f"Preparing {number}.pdf" in texts() for number in range(9)))
    mails = post.bench.mailbox.to(f"member@{acme.slug}.example")
    assert len({mail.message_id for mail in mails}) == len(mails)


async def test_what_is_due_where_everything_was_erased_keeps_no_mail_of_others(post: Post, ring: KeyRing) -> None:
    acme, globex = post.acme, post.globex
    for tenant in (acme, globex):
        await post.wants(tenant.context(), PACE, "at_once")
        await tell(post.bench.db, tenant.context(), "told.pdf")
    await care.shred_tenant(post.bench.db, ring, globex.id)

    await post.collect()

    await post.bench.mailbox.wait_for(f"member@{acme.slug}.example", subject="Preparing told.pdf")
    assert post.subjects(globex) == []


async def test_a_mail_whose_workflow_is_lost_goes_out_after_all(post: Post) -> None:
    acme, member = post.acme, post.acme.context()
    await post.wants(member, PACE, "unread")
    await tell(post.bench.db, member, "lost.pdf")
    mail = await the_mail(post, member)
    handle = await begin(post, mail)
    await eventually(lambda: "notifications.gather" in post.bench.gate.calls)

    async def waits() -> bool:
        return await post.states(acme) == ["waiting"]

    await eventually(waits)
    await handle.terminate("by an operator")
    assert await post.due(member) == [], "it may be at work"
    await post.bench.owner.execute(
        "update platform.notices set created_at = now() - interval '3 hours' where tenant_id = $1", acme.id
    )
    assert await the_mail(post, member) == mail

    await post.collect()
    found = await post.bench.client.get_workflow_handle(handle.id).describe()
    assert (found.status, found.run_id == handle.result_run_id) == (WorkflowExecutionStatus.RUNNING, False)
    await post.collect()
    again = await post.bench.client.get_workflow_handle(handle.id).describe()
    assert again.run_id == found.run_id, "once"
    await post.bench.client.get_workflow_handle(handle.id).terminate("enough")
