"""A text that reads differently from a version on: what was stored by its old words is found by the new ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from core.i18n.placeholders import placeholders
from core.settings import ROOT
from migrations.renaming import FOLDER, Renamed, moves, statements

if TYPE_CHECKING:
    from pathlib import Path

    import asyncpg

RENAMED: Renamed = {
    "files": {
        "Remove": "Delete",
        "Removing {name}": "Deleting {name}",
        "Reference": {"one": "Reference: {code}", "as": "{text} {code}"},
    }
}
COUNTED: Renamed = {
    "translations": {
        "At most {most} files.": {
            "one": "At most {count} file.",
            "other": "At most {count} files.",
            "number": "most",
        },
        "{count} new": {"one": "{count} new", "other": "{count} new"},
    }
}
TOLD_APART: Renamed = {"translations": {"Import": ["Import", "heading\x04Import"]}}
NEWEST_FIRST = "select source, forms from translations.changes where tenant_id = $1 order by length(source), id desc"
ITEMS = "select position, source, forms, applied from translations.batch_items where batch_id = $1 order by position"
FORMS_OF = {"ar": 6, "de": 2, "en": 2, "es": 2, "fr": 2, "ja": 1, "zh": 1, "pl": 3, "pt-BR": 2, "ar-EG": 6}
OWN = "insert into platform.wordings values ($1, $2, 'translations', $3, $4)"
ALL_OWN = "select locale, source, forms from platform.wordings where tenant_id = $1"
CHANGE = """
    insert into translations.changes (tenant_id, id, locale, domain, source, forms, before, kind, actor_name)
    values ($1, $2, $3, 'translations', $4, $5, $6, 'edit', 'Ada')
"""
CHANGE_OF = """
    insert into translations.changes (tenant_id, id, locale, domain, source, forms, before, kind, actor_name)
    values ($1, $2, 'de', $3, $4, '{Ablage}', null, 'edit', 'Ada')
"""
DOMAINS_OF_CHANGES = "select domain from translations.changes where tenant_id = $1"
BATCH = """
    insert into translations.batches (tenant_id, id, kind, locale, domain, name, actor_id, actor_name)
    values ($1, $2, 'import', 'ar', 'translations', 'a.po', $2, 'Ada')
"""
ITEM = """
    insert into translations.batch_items (tenant_id, batch_id, position, domain, source, forms, fault)
    values ($1, $2, 1, 'translations', $3, $4, $5)
"""
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
        for domain, source in (("files", "Remove"), ("runs", "Remove"), ("files", "Save"), ("files", "Reference")):
            await owner_connection.execute(WORDING, tenant, domain, source, [f"{domain}: {source}"])
        await owner_connection.execute(NOTICE, tenant, person, json.dumps(title), json.dumps(detail))

        await _migrate(owner_connection)

        found = [tuple(row) for row in await owner_connection.fetch(WORDINGS, tenant)]
        assert found == [
            ("files", "Delete", "files: Remove"),
            ("files", "Reference: {code}", "files: Reference {code}"),
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


async def test_a_text_that_begins_to_count_has_all_forms_of_its_language(owner_connection: asyncpg.Connection) -> None:
    tenant, batch = uuid4(), uuid4()
    fault = {"text": "At most {most} files.", "params": {"most": 5}}
    counted = {"text": "At most {count} file.", "params": {"count": 5}, "plural": "At most {count} files."}
    transaction = owner_connection.transaction()
    await transaction.start()
    try:
        for locale in FORMS_OF:
            for source in ("At most {most} files.", "{count} new", "Save"):
                await owner_connection.execute(OWN, tenant, locale, source, [f"{locale} {source}"])
            await owner_connection.execute(CHANGE, tenant, uuid4(), locale, fault["text"], ["{most}!"], ["{most}?"])
        await owner_connection.execute(BATCH, tenant, batch)
        await owner_connection.execute(ITEM, tenant, batch, fault["text"], ["{most}!"], json.dumps(fault))
        stored = {"domain": "translations", **fault, "plural": None}
        await owner_connection.execute(NOTICE, tenant, uuid4(), json.dumps(stored), None)

        for _ in ("once", "again"):
            await _migrate(owner_connection, COUNTED)

            found = {tuple(row[:2]): row[2] for row in await owner_connection.fetch(ALL_OWN, tenant)}
            assert found == {
                (locale, source): [f"{locale} {said}"] * (forms if source != "Save" else 1)
                for locale, forms in FORMS_OF.items()
                for source, said in (
                    (counted["text"], "At most {count} files."),
                    ("{count} new", "{count} new"),
                    ("Save", "Save"),
                )
            }
            changes = await owner_connection.fetch("select * from translations.changes where tenant_id = $1", tenant)
            assert {row["locale"]: (row["source"], row["forms"], row["before"]) for row in changes} == {
                locale: (counted["text"], ["{count}!"] * forms, ["{count}?"] * forms)
                for locale, forms in FORMS_OF.items()
            }
            item = await owner_connection.fetchrow("select * from translations.batch_items where batch_id = $1", batch)
            assert (item["source"], item["forms"], item["before"]) == (counted["text"], ["{count}!"] * 6, None)
            assert json.loads(item["fault"]) == counted
            notice = await owner_connection.fetchval(
                "select message from platform.notices where tenant_id = $1", tenant
            )
            assert json.loads(notice) == stored | counted
    finally:
        await transaction.rollback()


async def test_what_is_said_of_a_text_that_becomes_two_is_said_of_both(owner_connection: asyncpg.Connection) -> None:
    tenant, batch = uuid4(), uuid4()
    transaction = owner_connection.transaction()
    await transaction.start()
    try:
        await owner_connection.execute(BATCH, tenant, batch)
        await owner_connection.execute(ITEM, tenant, batch, "Import", ["Holen"], None)
        await owner_connection.execute("update translations.batch_items set applied = true where batch_id = $1", batch)
        for locale, source in (("de", "Import"), ("ja", "Import"), ("ja", "heading\x04Import")):
            await owner_connection.execute(OWN, tenant, locale, source, [f"{locale} {source}"])
        for moment in (1, 2):
            await owner_connection.execute(CHANGE, tenant, UUID(int=moment << 80), "de", "Import", [f"{moment}"], None)

        for _ in ("once", "again"):
            await _migrate(owner_connection, TOLD_APART)

            found = {tuple(row[:2]): row[2] for row in await owner_connection.fetch(ALL_OWN, tenant)}
            assert found == {
                ("de", "Import"): ["de Import"],
                ("de", "heading\x04Import"): ["de Import"],
                ("ja", "Import"): ["ja Import"],
                ("ja", "heading\x04Import"): ["ja heading\x04Import"],
            }
            changes = await owner_connection.fetch(NEWEST_FIRST, tenant)
            assert [(row["source"], row["forms"]) for row in changes] == [
                ("Import", ["2"]),
                ("Import", ["1"]),
                ("heading\x04Import", ["2"]),
                ("heading\x04Import", ["1"]),
            ]
            items = await owner_connection.fetch(ITEMS, batch)
            assert [tuple(row) for row in items] == [
                (1, "Import", ["Holen"], True),
                (2, "heading\x04Import", ["Holen"], True),
            ]
    finally:
        await transaction.rollback()


async def test_what_is_said_of_a_text_goes_along_into_another_catalogue(owner_connection: asyncpg.Connection) -> None:
    tenant = uuid4()
    transaction = owner_connection.transaction()
    await transaction.start()
    try:
        for domain, source in (("shell", "Files"), ("shell", "People"), ("shell", "Home"), ("tenants", "People")):
            await owner_connection.execute(WORDING, tenant, domain, source, [f"{domain}: {source}"])
        await owner_connection.execute(CHANGE_OF, tenant, uuid4(), "shell", "Files")
        for _ in ("once", "again"):
            await _run(owner_connection, moves({"shell": {"Files": "files", "People": "tenants"}}))

            found = [tuple(row) for row in await owner_connection.fetch(WORDINGS, tenant)]
            assert found == [
                ("files", "Files", "shell: Files"),
                ("shell", "Home", "shell: Home"),
                ("shell", "People", "shell: People"),
                ("tenants", "People", "tenants: People"),
            ]
            assert await owner_connection.fetchval(DOMAINS_OF_CHANGES, tenant) == "files"
    finally:
        await transaction.rollback()


def test_texts_have_moved_to_where_they_are_now() -> None:
    for file in sorted((FOLDER / "moved").glob("*.json")):
        for feature, texts in json.loads(file.read_text("utf-8")).items():
            for source, to in texts.items():
                assert f'"{source}"' in (ROOT / "locales" / f"{to}.pot").read_text(), f"{feature}: {source}"


async def _migrate(connection: asyncpg.Connection, renamed: Renamed = RENAMED) -> None:
    await _run(connection, statements(renamed))


async def _run(connection: asyncpg.Connection, wanted: list[str]) -> None:
    await connection.execute("set local role adx_owner")
    for statement in wanted:
        await connection.execute(statement)
    await connection.execute("reset role")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_the_values_of_before_fit_the_new_words(file: Path) -> None:
    for texts in json.loads(file.read_text("utf-8")).values():
        assert [old for old, new in texts.items() if not _needed(new) <= placeholders(old)] == []


def _needed(new: str | list[str] | dict[str, str]) -> frozenset[str]:
    """Return the placeholders of a new text, by their names of before."""
    if not isinstance(new, dict):
        return placeholders("".join(new))
    names = placeholders(new["one"]) | placeholders(new.get("other", ""))
    taken_in = placeholders(new.get("as", ""))
    return frozenset(new.get("number", name) if name == "count" else name for name in names - taken_in)
