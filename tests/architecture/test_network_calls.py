from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.architecture.network_calls import network_calls

if TYPE_CHECKING:
    from pathlib import Path

PRODUCT = {
    "core/mail.py": """
import aiosmtplib

class Post:
    async def send(self, mail): await self._hand_over(mail)
    async def _hand_over(self, mail): await aiosmtplib.send(mail)
""",
    "core/words.py": """
from core.db import Database

class Words:
    def __init__(self, db: Database) -> None:
        self._db = db
    async def newest(self):
        async with self._db.unit_of_work(1, "gateway") as uow:
            return await uow.session.scalar("select 1")
""",
    "core/db.py": """
class Database:
    def unit_of_work(self, who, feature): ...
""",
    "domain/orders/service.py": """
import asyncio

async def announce(uow): await asyncio.sleep(1)
async def count(uow): return await uow.session.scalar("select 1")
""",
}

ACTIVITY = """
import asyncio
import httpx
from core.db import Database
from core.mail import Post
from core.words import Words
from domain.orders import service

class Orders:
    def __init__(self, db: Database, post: Post, words: Words) -> None:
        self._db = db
        self._post = post
        self._words = words

    async def run(self, order):
        {lines}

    async def _tell(self, order):
        await self._post.send(order)

    def _work(self, order):
        return self._db.unit_of_work(order, "orders")
"""

INSIDE = "async with self._db.unit_of_work(1, 'orders') as uow:\n            "


def product(root: Path, lines: str) -> Path:
    for name, text in {**PRODUCT, "activities/orders.py": ACTIVITY.replace("{lines}", lines)}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_nothing_waits_for_a_server_within_a_unit_of_work() -> None:
    assert network_calls() == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (f"{INSIDE}await self.mailer.send(order)", "self.mailer.send"),
        (f"{INSIDE}await self._post.send(order)", "self._post.send > self._hand_over > aiosmtplib.send"),
        (f"{INSIDE}await self._tell(order)", "self._tell > self._post.send > self._hand_over > aiosmtplib.send"),
        (f"{INSIDE}await asyncio.gather(self._tell(order))", "self._tell > self._post.send"),
        (f"{INSIDE}await asyncio.wait_for(httpx.get('x'), 1)", "httpx.get"),
        (f"{INSIDE}await asyncio.create_subprocess_exec('x')", "asyncio.create_subprocess_exec"),
        (f"{INSIDE}found = [one async for one in self._storage.list('x')]", "self._storage.list"),
        (f"{INSIDE}if order:\n                await services().redis.get('x')", "services().redis.get"),
        (f"{INSIDE}await self._words.newest()", "self._words.newest > self._db.unit_of_work, a second unit"),
        ("async with self._work(order) as uow:\n            await self._tell(order)", "self._tell"),
        ("async with self._db.unit_of_work(1, 'x') as uow, self._http.get('x'):\n            pass", "self._http.get"),
    ],
)
def test_what_waits_for_one_is_told_with_the_way_there(tmp_path: Path, lines: str, found: str) -> None:
    told = [one for one in network_calls(product(tmp_path, lines)) if "Orders.run" in one]
    assert len(told) == 1
    assert f"Orders.run: {found}" in told[0]


def test_what_is_given_a_unit_of_work_is_within_it(tmp_path: Path) -> None:
    assert network_calls(product(tmp_path, "pass")) == ["domain.orders.service.announce: asyncio.sleep"]


@pytest.mark.parametrize(
    "lines",
    [
        f"{INSIDE}await service.count(uow)\n        await self._post.send(order)",
        "await self._post.send(order)\n        await self._words.newest()",
        f"{INSIDE}later = lambda: self._post.send(order)",
    ],
)
def test_what_comes_before_or_after_is_not_within_it(tmp_path: Path, lines: str) -> None:
    assert [one for one in network_calls(product(tmp_path, lines)) if "Orders.run" in one] == []
