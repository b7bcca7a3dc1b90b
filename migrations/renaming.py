"""When the product says a text in other words: what is stored by the words of before follows.

The English source of a text is its key. Notices, a tenant's own wording and its history are stored by it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

from alembic import op
from babel.messages.plurals import DEFAULT_PLURAL, PLURALS

TABLES = (
    "platform.wordings",
    "platform.notices",
    "translations.changes",
    "translations.batch_items",
    "translations.batches",
)
FOLDER = Path(__file__).parent / "texts"

Renamed: TypeAlias = dict[str, dict[str, str | list[str] | dict[str, str]]]
"""By feature and old text: the new text, the several that it has become, or the two that count: ``one``, ``other``.

Of several, notices follow the first; what a tenant says is said of all, and can be undone of all. ``number`` is the
placeholder of the old text that is ``{count}`` now, where it had another name. A text that takes in what stood beside
it is given as ``one``, and ``as`` says how what is said of it was shown: ``{text} {reference}``.
"""
Moved: TypeAlias = dict[str, dict[str, str]]
"""By feature and text: the feature whose catalogue it is in now."""

RENAMED = """
    with renamed as (
        select feature.key as domain, entry.key as old,
            coalesce(entry.value ->> 'one', entry.value ->> 0, entry.value #>> '{{}}') as new,
            case jsonb_typeof(entry.value) when 'array' then entry.value - 0 else '[]' end as others,
            entry.value ->> 'other' as plural,
            coalesce(entry.value ->> 'number', 'count') as number,
            coalesce(entry.value ->> 'as', '{{text}}') as shown
        from jsonb_each($texts${texts}$texts$::jsonb) as feature, jsonb_each(feature.value) as entry
    ),
    languages as (select key as locale, value::int as forms from jsonb_each_text('{languages}'::jsonb))
"""

OWN_WORDING = """
    update platform.wordings as own set source = renamed.new, forms = {forms}
    from renamed
    where own.domain = renamed.domain and own.source = renamed.old and (renamed.new = renamed.old or not exists (
        select from platform.wordings as other
        where (other.tenant_id, other.locale, other.domain, other.source)
            = (own.tenant_id, own.locale, own.domain, renamed.new)
    ))
"""

CHANGES = """
    update translations.changes as own set source = renamed.new, forms = {forms}, before = {before}
    from renamed
    where own.domain = renamed.domain and own.source = renamed.old
"""

OTHERS = """
    insert into platform.wordings (tenant_id, locale, domain, source, forms)
    select own.tenant_id, own.locale, own.domain, other, own.forms
    from platform.wordings as own, renamed, jsonb_array_elements_text(renamed.others) as other
    where own.domain = renamed.domain and own.source = renamed.new
    on conflict do nothing
"""

CHANGES_OF_OTHERS = """
    insert into translations.changes
        (tenant_id, id, locale, domain, source, forms, before, kind, actor_id, actor_name, batch_id, created_at)
    select own.tenant_id, overlay(own.id::text placing left(md5(own.id::text || other), 8) from 29)::uuid, own.locale,
        own.domain, other, own.forms, own.before, own.kind, own.actor_id, own.actor_name, own.batch_id, own.created_at
    from translations.changes as own, renamed, jsonb_array_elements_text(renamed.others) as other
    where own.domain = renamed.domain and own.source = renamed.new
    on conflict do nothing
"""
"""An id begins with the time, by which changes are sorted, and ends by chance."""

BATCH_ITEMS = """
    update translations.batch_items as own set source = renamed.new, forms = {forms}, before = {before}
    from renamed, translations.batches as batch
    where own.domain = renamed.domain and own.source = renamed.old
        and (batch.tenant_id, batch.id) = (own.tenant_id, own.batch_id)
"""

ITEMS_OF_OTHERS = """
    insert into translations.batch_items (tenant_id, batch_id, position, domain, source, forms, before, applied)
    select own.tenant_id, own.batch_id, last.position + row_number() over (
            partition by own.tenant_id, own.batch_id order by own.position, other
        ), own.domain, other, own.forms, own.before, own.applied
    from translations.batch_items as own, renamed, jsonb_array_elements_text(renamed.others) as other, lateral (
        select max(each.position) as position from translations.batch_items as each
        where (each.tenant_id, each.batch_id) = (own.tenant_id, own.batch_id)
    ) as last
    where own.domain = renamed.domain and own.source = renamed.new and own.applied and not exists (
        select from translations.batch_items as known
        where (known.tenant_id, known.batch_id, known.domain, known.source)
            = (own.tenant_id, own.batch_id, own.domain, other)
    )
"""
"""So that a batch that is undone is undone of all that its text has become."""

FAULTS = """
    update translations.batch_items as own set fault = {message}
    from renamed
    where renamed.domain = 'translations' and own.fault ->> 'text' = renamed.old
"""

NOTICES = """
    update platform.notices as own set {column} = {message}
    from renamed
    where own.{column} ->> 'domain' = renamed.domain and own.{column} ->> 'text' = renamed.old
"""

FORMS = """
    case
        when own.{column} is null then null
        when renamed.plural is null then array(
            select replace(renamed.shown, '{{text}}', form)
            from unnest(own.{column}) with ordinality as each (form, place) order by place
        )
        when cardinality(own.{column}) <> 1 then own.{column}
        else array_fill(
            replace(own.{column}[1], '{{' || renamed.number || '}}', '{{count}}'),
            array[coalesce(
                (select forms from languages where locale = {locale}),
                (select forms from languages where locale = split_part({locale}, '-', 1)),
                {usual}
            )]
        )
    end
"""
"""What is said, with what it has taken in; and what reads alike for every number, once for each plural form."""

MESSAGE = """
    own.{column} || jsonb_build_object('text', renamed.new) || case
        when renamed.plural is null then '{{}}'::jsonb
        else jsonb_build_object(
            'plural', renamed.plural,
            'params', (own.{column} -> 'params') - renamed.number
                || jsonb_build_object('count', own.{column} -> 'params' -> renamed.number)
        )
    end
"""


MOVED = """
    with moved as (
        select feature.key as domain, entry.key as source, entry.value as to_domain
        from jsonb_each($texts${texts}$texts$::jsonb) as feature, jsonb_each_text(feature.value) as entry
    )
"""

MOVED_WORDING = """
    update platform.wordings as own set domain = moved.to_domain
    from moved
    where own.domain = moved.domain and own.source = moved.source and not exists (
        select from platform.wordings as other
        where (other.tenant_id, other.locale, other.domain, other.source)
            = (own.tenant_id, own.locale, moved.to_domain, own.source)
    )
"""

MOVED_HISTORY = """
    update translations.{table} as own set domain = moved.to_domain
    from moved
    where own.domain = moved.domain and own.source = moved.source
"""


def rename_texts(name: str) -> None:
    """Have all that is stored follow ``migrations/texts/<name>.json``: by feature, the old text and the new one.

    Both must have the same placeholders, since the values are stored with the old text. A text that begins to count is
    given for one and for other numbers; what a tenant says instead of it becomes all plural forms of its language.
    """
    for statement in statements(json.loads((FOLDER / f"{name}.json").read_text("utf-8"))):
        op.execute(statement.replace(":", r"\:"))


def statements(renamed: Renamed) -> list[str]:
    """Return the SQL that renames the texts of each feature."""
    texts = json.dumps(renamed, ensure_ascii=False, sort_keys=True)
    languages = json.dumps({locale.replace("_", "-"): forms for locale, (forms, _) in PLURALS.items()})
    head = RENAMED.format(texts=texts, languages=languages)
    # A tenant's rows are bound for the owner too, who would find none. All is one transaction.
    return [
        *(f"alter table {table} no force row level security" for table in TABLES),
        head + OWN_WORDING.format(forms=_forms("forms", "own.locale")),
        head + CHANGES.format(forms=_forms("forms", "own.locale"), before=_forms("before", "own.locale")),
        head + OTHERS,
        head + CHANGES_OF_OTHERS,
        head + BATCH_ITEMS.format(forms=_forms("forms", "batch.locale"), before=_forms("before", "batch.locale")),
        head + ITEMS_OF_OTHERS,
        head + FAULTS.format(message=MESSAGE.format(column="fault")),
        *(
            head + NOTICES.format(column=column, message=MESSAGE.format(column=column))
            for column in ("message", "detail")
        ),
        *(f"alter table {table} force row level security" for table in TABLES),
    ]


def _forms(column: str, locale: str) -> str:
    return FORMS.format(column=column, locale=locale, usual=DEFAULT_PLURAL[0])


def move_texts(name: str) -> None:
    """Have what tenants say follow texts into other catalogues.

    ``migrations/texts/moved/<name>.json`` says which text of which feature has gone to which. What a tenant says there
    already, it goes on saying.
    """
    for statement in moves(json.loads((FOLDER / "moved" / f"{name}.json").read_text("utf-8"))):
        op.execute(statement.replace(":", r"\:"))


def moves(moved: Moved) -> list[str]:
    """Return the SQL that brings texts from one feature's catalogue into another's."""
    head = MOVED.format(texts=json.dumps(moved, ensure_ascii=False, sort_keys=True))
    return [
        *(f"alter table {table} no force row level security" for table in TABLES),
        head + MOVED_WORDING,
        *(head + MOVED_HISTORY.format(table=table) for table in ("changes", "batch_items")),
        *(f"alter table {table} force row level security" for table in TABLES),
    ]
