from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from core.context import CONTEXT_CHANGED
from core.identity import Sessions
from core.live import Fact, Transport, holders, only, user_or_holders
from core.live.fact import EVERYONE, Audience
from tests.web.kit.probe import PROBING

if TYPE_CHECKING:
    from collections.abc import Callable

    import asyncpg
    from redis.asyncio import Redis

    from core.db import Database
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from tests.web.kit.conftest import OpenStream, SignIn
    from web.kit import Services


@pytest.fixture
def transport(redis: Redis) -> Transport:
    return Transport(redis)


def fact(tenant: TestTenant, key: str, *, topic: str = "probe", audience: Audience = EVERYONE) -> Fact:
    return Fact(tenant.id, topic, key, audience, {"n": 1})


async def test_facts_arrive_in_order_for_the_tenant_alone(
    two_tenants: TwoTenants, sign_in: SignIn, open_stream: OpenStream, transport: Transport
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    ours = await open_stream(acme.host, await sign_in(acme, "member")).open()
    theirs = await open_stream(globex.host, await sign_in(globex, "member")).open()

    for number in range(50):
        await transport.publish([fact(acme, f"a{number}")])
    await transport.publish([fact(globex, "g"), fact(acme, "quota", topic="files:changed")])

    await ours.until(lambda: len(ours.messages) == 51)
    await theirs.until(lambda: len(theirs.messages) == 1)
    assert ours.keys == [f"a{number}" for number in range(50)]
    assert ours.messages[-1][1:] == ("files:changed", '{"key":"quota","n":1}')
    assert theirs.keys == ["g"]


async def test_who_may_see_a_fact(
    two_tenants: TwoTenants, sign_in: SignIn, open_stream: OpenStream, transport: Transport
) -> None:
    acme = two_tenants.acme
    member = await open_stream(acme.host, await sign_in(acme, "member")).open()
    guest = await open_stream(acme.host, await sign_in(acme, "guest")).open()
    admin = await open_stream(acme.host, await sign_in(acme, "admin")).open()
    person = acme.people["member"].id

    await transport.publish(
        [
            fact(acme, "admins", audience=holders(PROBING)),
            fact(acme, "mine", audience=only(person)),
            fact(acme, "run", audience=user_or_holders(person, PROBING)),
            fact(acme, "all"),
        ]
    )

    for stream, keys in ((member, ["mine", "run", "all"]), (guest, ["all"]), (admin, ["admins", "run", "all"])):
        await stream.until(lambda stream=stream: "all" in stream.keys)
        assert stream.keys == keys


async def test_a_page_that_was_away_gets_what_it_missed_once(
    two_tenants: TwoTenants, sign_in: SignIn, open_stream: OpenStream, transport: Transport
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    published = await transport.publish([fact(acme, f"f{number}") for number in range(10)])

    stop = asyncio.Event()

    async def go_on() -> None:
        number = 10
        while not stop.is_set():
            await transport.publish([fact(acme, f"f{number}")])
            number += 1
            await asyncio.sleep(0.05)

    publishing = asyncio.create_task(go_on())
    streams = [open_stream(acme.host, visitor, last_event_id=published[4].id) for _ in range(20)]
    for stream in streams:
        await stream.open()
    await asyncio.sleep(0.1)
    stop.set()
    await publishing
    last = (await transport.publish([fact(acme, "last")]))[0].id
    for stream in streams:
        await stream.until(lambda stream=stream: stream.messages and stream.messages[-1][0] == last)
        numbers = [int(key[1:]) for key in stream.keys[:-1]]
        assert numbers == list(range(5, numbers[-1] + 1)), "a gap or a double"
        # Heartbeats may repeat where the page is; the news themselves come once and in order.
        places = [place for place, name, _ in stream.messages if not name]
        assert places == sorted(set(places))


async def test_the_position_of_a_page_closes_the_gap_to_its_stream(
    two_tenants: TwoTenants, sign_in: SignIn, open_stream: OpenStream, transport: Transport, kit_services: Services
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    await transport.publish([fact(acme, "before")])
    position = await kit_services.hub.position(acme.id)
    await transport.publish([fact(acme, "between")])
    stream = await open_stream(acme.host, visitor, after=position).open()
    await transport.publish([fact(acme, "after")])
    await stream.until(lambda: len(stream.messages) == 2)
    assert stream.keys == ["between", "after"]


async def test_what_can_no_longer_be_told_has_the_page_read_again(
    two_tenants: TwoTenants, sign_in: SignIn, open_stream: OpenStream, redis: Redis
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    short = Transport(redis, keep=10)
    first = (await short.publish([fact(acme, "first")]))[0].id
    await short.publish([fact(acme, str(number)) for number in range(400)])

    for position in (first, "99999999999999-0"):
        stream = await open_stream(acme.host, visitor, last_event_id=position).open()
        await stream.until(lambda stream=stream: stream.messages)
        assert stream.messages[0][1] == "live:reset"
        await short.publish([fact(acme, "later")])
        await stream.until(lambda stream=stream: "later" in stream.keys)

    kept = (await short.publish([fact(acme, "kept")]))[0].id
    stream = await open_stream(acme.host, visitor, last_event_id=kept).open()
    await short.publish([fact(acme, "next")])
    await stream.until(lambda: stream.messages)
    assert stream.keys == ["next"]


async def test_a_renderer_that_fails_has_the_page_read_again(
    two_tenants: TwoTenants, sign_in: SignIn, open_stream: OpenStream, transport: Transport
) -> None:
    acme = two_tenants.acme
    stream = await open_stream(acme.host, await sign_in(acme, "member")).open()
    await transport.publish([fact(acme, "broken"), fact(acme, "sound")])
    await stream.until(lambda: len(stream.messages) == 2)
    assert [name for _, name, _ in stream.messages] == ["live:reset", ""]


async def test_once_a_page_has_been_told_no_page_shows_what_was_before(  # noqa: PLR0917
    two_tenants: TwoTenants,
    sign_in: SignIn,
    open_stream: OpenStream,
    transport: Transport,
    kit_services: Services,
    owner_connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.identity.identity.SECONDS_TRUSTED", 3600)
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    stream = await open_stream(acme.host, member).open()
    before = await kit_services.identity.tenant_by_host(acme.host)
    await owner_connection.execute("update platform.tenants set name = 'North Pier' where id = $1", acme.id)
    assert await kit_services.identity.tenant_by_host(acme.host) == before

    await transport.publish([fact(acme, "", topic=CONTEXT_CHANGED), fact(acme, "told")])

    await stream.until(lambda: stream.keys == ["told"])
    after = await kit_services.identity.tenant_by_host(acme.host)
    assert after is not None
    assert after.name == "North Pier"
    kit_services.identity.forget()  # what was remembered for an hour


async def test_who_may_not_look_gets_no_stream_and_no_redirect(
    two_tenants: TwoTenants, new_visitor: Callable[[], Visitor], open_stream: OpenStream
) -> None:
    acme = two_tenants.acme
    assert (await open_stream(acme.host, new_visitor()).open()).status == 401
    assert (await open_stream("nobody-here.localhost:8000", new_visitor()).open()).status == 404


async def test_a_revoked_session_and_a_changed_role_end_the_stream(
    two_tenants: TwoTenants,
    sign_in: SignIn,
    open_stream: OpenStream,
    db: Database,
    owner_connection: asyncpg.Connection,
) -> None:
    acme = two_tenants.acme
    streams = {
        role: await open_stream(acme.host, await sign_in(acme, role)).open() for role in ("member", "admin", "guest")
    }
    member, admin = acme.people["member"].id, acme.people["admin"].id
    await Sessions(db).close_others(member, keep=admin)
    await owner_connection.execute(
        "delete from platform.sessions where user_id = $1 and tenant_id = $2", member, acme.id
    )
    await owner_connection.execute(
        "update platform.people set role = 'guest' where user_id = $1 and tenant_id = $2", admin, acme.id
    )
    await streams["member"].until(lambda: streams["member"].ended, seconds=6)
    await streams["admin"].until(lambda: streams["admin"].ended, seconds=6)
    await asyncio.sleep(1)
    assert not streams["guest"].ended


async def test_a_viewer_who_takes_nothing_is_let_go_and_comes_back_for_the_rest(
    two_tenants: TwoTenants,
    sign_in: SignIn,
    open_stream: OpenStream,
    transport: Transport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("web.kit.live.LAST_SECONDS", 0.2)
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    slow = await open_stream(acme.host, visitor).open()
    quick = await open_stream(acme.host, visitor).open()
    slow.blocked.clear()

    published = await transport.publish([fact(acme, str(number)) for number in range(600)])
    await quick.until(lambda: len(quick.messages) == 600)
    await slow.until(lambda: slow.ended)
    assert len(slow.messages) < 600

    back = await open_stream(acme.host, visitor, last_event_id=published[579].id).open()
    await back.until(lambda: len(back.messages) == 20)
    assert back.keys == [str(number) for number in range(580, 600)]
    far_back = await open_stream(acme.host, visitor, last_event_id=published[0].id).open()
    await far_back.until(lambda: far_back.messages)
    assert [name for _, name, _ in far_back.messages] == ["live:reset"]


async def test_a_numbered_event_that_is_published_again_is_told_once(redis: Redis, two_tenants: TwoTenants) -> None:
    transport, acme = Transport(redis), two_tenants.acme
    events = [Fact(acme.id, "run", "a", params={"seq": number}) for number in (1, 2)]
    other = Fact(acme.id, "run", "b", params={"seq": 1})
    assert len(await transport.publish(events)) == 2
    assert [told.key for told in await transport.publish([*events, other])] == ["b"]
    assert [found.params["seq"] for found in await transport.after(acme.id, "0-0")] == [1, 2, 1]
