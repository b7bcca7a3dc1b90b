"""Too much of anything is answered at once, and what is logged of a failure names nobody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.context import HOME_TENANT_ID
from core.shares import Shares
from domain.auth import passwords

if TYPE_CHECKING:
    from core.db import Database
    from core.health import Check
    from entrypoints.web import Application
    from tests.support.visitor import Visitor


async def test_more_passwords_than_can_be_checked_are_a_503(web: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords.passwords(), "_strangers", Shares(0, most_waiting=0))
    await web.get("/login")

    answer = await web.post("/login", {"email": "ada@example.com", "password": "lantern orchard violet"})

    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_more_passwords_of_one_network_than_it_may_have_waiting_are_a_429(
    web: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords.passwords(), "_strangers", Shares(0, most_waiting_of_one=0))
    typed = {"name": "Ada Lovelace", "email": "ada@example.com", "password": "lantern orchard violet"}
    for address in ("/login", "/register"):
        await web.get(address)

        answer = await web.post(address, typed)

        assert answer.status == 429
        assert int(answer.headers["retry-after"]) > 0


async def test_a_flood_of_health_checks_asks_the_dependencies_once(
    application: Application, web: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert application.app is not None
    health = application.app.kit.services.health
    asked, check = [], health.check

    async def counted() -> dict[str, Check]:
        asked.append(1)
        return await check()

    monkeypatch.setattr(health, "check", counted)
    monkeypatch.setattr(health, "_asking", None)
    monkeypatch.setattr(health, "_asked_at", 0.0)
    monkeypatch.setattr("core.health.clock", lambda: 100.0)

    answers = await asyncio.gather(*(web.get("/health/ready") for _ in range(50)))

    assert {answer.status for answer in answers} == {200}
    assert asked == [1]


async def test_an_error_of_the_database_does_not_repeat_values(db: Database) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with db.unit_of_work(HOME_TENANT_ID, "auth") as uow:
            await uow.session.execute(text("select cast(:email as text), 1 / 0"), {"email": "ada@example.com"})

    assert "ada@example.com" not in str(failed.value)
    assert "parameters hidden" in str(failed.value)
