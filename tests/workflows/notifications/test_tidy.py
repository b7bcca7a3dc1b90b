from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, SYSTEM_ACTOR_ID
from core.ids import new_id
from domain.notifications.types import TidyNoticesInput
from tests.factories.notices import tell
from tests.replay.record import save_history
from workflows.notifications.contract import TIDY

if TYPE_CHECKING:
    from tests.workflows.notifications.conftest import Post

AGE = "update platform.notices set {column} = now() - $2::interval where id = $1"


async def test_what_was_read_long_ago_goes_and_nothing_else(post: Post) -> None:
    db, member, stranger = post.bench.db, post.acme.context(), post.globex.context()
    read_long_ago, read_lately, never_read, forgotten = [await tell(db, member, f"{n}.pdf") for n in range(4)]
    theirs = await tell(db, stranger)
    for notice_id, column, age in (
        (read_long_ago, "read_at", timedelta(days=91)),
        (read_lately, "read_at", timedelta(days=89)),
        (never_read, "created_at", timedelta(days=200)),
        (forgotten, "created_at", timedelta(days=366)),
        (theirs, "read_at", timedelta(days=91)),
    ):
        await post.bench.owner.execute(AGE.format(column=column), notice_id, age)

    handle = await post.bench.client.start_workflow(
        TIDY.name,
        TidyNoticesInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID),
        id=f"schedule/tidy-notices-{new_id()}",
        task_queue="notifications",
    )
    assert (await handle.result())["swept"]["removed"] >= 3
    await save_history(handle, TIDY.name, "tidied")

    query = "select id from platform.notices where tenant_id = any($1) order by id"
    rows = await post.bench.owner.fetch(query, [post.acme.id, post.globex.id])
    assert [row["id"] for row in rows] == [read_lately, never_read]
