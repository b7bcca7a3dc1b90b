"""When the product says a text in other words: what is stored by the words of before follows.

The English source of a text is its key. Notices, a tenant's own wording and its history are stored by it.
"""

from __future__ import annotations

import json
from pathlib import Path

from alembic import op

TABLES = ("platform.wordings", "translations.changes", "translations.batch_items", "platform.notices")

FOLDER = Path(__file__).parent / "texts"

RENAMED = """
    with renamed as (
        select feature.key as domain, entry.key as old, entry.value as new
        from jsonb_each($texts${texts}$texts$::jsonb) as feature, jsonb_each_text(feature.value) as entry
    )
"""

OWN_WORDING = """
    update platform.wordings as own set source = renamed.new from renamed
    where own.domain = renamed.domain and own.source = renamed.old and not exists (
        select from platform.wordings as other
        where (other.tenant_id, other.locale, other.domain, other.source)
            = (own.tenant_id, own.locale, own.domain, renamed.new)
    )
"""

HISTORY = """
    update translations.{table} as stored set source = renamed.new from renamed
    where stored.domain = renamed.domain and stored.source = renamed.old
"""

NOTICES = """
    update platform.notices as notice set {column} = jsonb_set(notice.{column}, '{{text}}', to_jsonb(renamed.new))
    from renamed
    where notice.{column} ->> 'domain' = renamed.domain and notice.{column} ->> 'text' = renamed.old
"""


def rename_texts(name: str) -> None:
    """Have all that is stored follow ``migrations/texts/<name>.json``: by feature, the old text and the new one.

    Both must have the same placeholders, since the values are stored with the old text.
    """
    for statement in statements(json.loads((FOLDER / f"{name}.json").read_text("utf-8"))):
        op.execute(statement.replace(":", r"\:"))


def statements(renamed: dict[str, dict[str, str]]) -> list[str]:
    """Return the SQL that renames the texts of each feature."""
    head = RENAMED.replace("{texts}", json.dumps(renamed, ensure_ascii=False, sort_keys=True))
    # A tenant's rows are bound for the owner too, who would find none. All is one transaction.
    return [
        *(f"alter table {table} no force row level security" for table in TABLES),
        head + OWN_WORDING,
        *(head + HISTORY.format(table=table) for table in ("changes", "batch_items")),
        *(head + NOTICES.format(column=column) for column in ("message", "detail")),
        *(f"alter table {table} force row level security" for table in TABLES),
    ]
