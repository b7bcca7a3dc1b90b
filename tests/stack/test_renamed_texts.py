"""A text that reads differently from a version on: what was stored by its old words is found by the new ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from core.i18n.placeholders import placeholders
from migrations.renaming import FOLDER, statements

if TYPE_CHECKING:
    from pathlib import Path

    import asyncpg

RENAMED = {"files": {"Remove": "Delete", "Removing {name}": "Deleting {name}"}}
WORDING = "insert into platform.wordings values ($1, 'de', $2, $3, $4)"
WORDINGS = "select domain, source, forms[1] from platform.wordings where tenant_id = $1 order by domain, source"
NOTICE = """
    insert into platform.notices (tenant_id, id, user_id, key, kind, message, detail, href)
    values ($1, $2, $2, 'run/1', 'runs.finished', $3, $4, '/')
"""


async def test_what_is_stored_follows(owner_connection: asyncpg.Connection) -> None:
    tenant, person = uuid4(), uuid4()
    title: dict[str, object] = {
        "domain": "files",
        "text": "Removing {name}",
        "params": {"name": "Remove"},
        "plural": None,
    }
    detail: dict[str, object] = {"domain": "runs", "text": "Remove", "params": {}, "plural": None}
    transaction = owner_connection.transaction()
    await transaction.start()
    try:
        for domain, source in (("files", "Remove"), ("runs", "Remove"), ("files", "Save")):
            await owner_connection.execute(WORDING, tenant, domain, source, [f"{domain}: {source}"])
        await owner_connection.execute(NOTICE, tenant, person, json.dumps(title), json.dumps(detail))

        await _migrate(owner_connection)

        found = [tuple(row) for row in await owner_connection.fetch(WORDINGS, tenant)]
        assert found == [
            ("files", "Delete", "files: Remove"),
            ("files", "Save", "files: Save"),
            ("runs", "Remove", "runs: Remove"),
        ]
        notice = await owner_connection.fetchrow("select message, detail from platform.notices where id = $1", person)
        assert json.loads(notice["message"]) == title | {"text": "Deleting {name}"}
        assert json.loads(notice["detail"]) == detail
    finally:
        await transaction.rollback()


async def test_own_words_for_the_new_text_are_kept(owner_connection: asyncpg.Connection) -> None:
    tenant = uuid4()
    transaction = owner_connection.transaction()
    await transaction.start()
    try:
        for source in ("Remove", "Delete"):
            await owner_connection.execute(WORDING, tenant, "files", source, [source])
        await _migrate(owner_connection)
        found = [tuple(row) for row in await owner_connection.fetch(WORDINGS, tenant)]
        assert found == [("files", "Delete", "Delete"), ("files", "Remove", "Remove")]
    finally:
        await transaction.rollback()


async def _migrate(connection: asyncpg.Connection) -> None:
    await connection.execute("set local role adx_owner")
    for statement in statements(RENAMED):
        await connection.execute(statement)
    await connection.execute("reset role")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_the_values_of_before_fit_the_new_words(file: Path) -> None:
    for texts in json.loads(file.read_text("utf-8")).values():
        assert [old for old, new in texts.items() if not placeholders(new) <= placeholders(old)] == []
