"""Kept rows: the same for many readers, and never one reader's for another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from core.context import Context, TenantFacts
from core.i18n import Catalogues, speaking
from core.ids import new_id
from core.messages import messages_of
from web.kit.kept import Kept, personal
from web.kit.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

N_ = messages_of("shell")

ROW = "{{ tick() }}|{{ name }}|{{ may('files.delete') }}|{{ lang() }}"


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    (tmp_path / "locales" / "de" / "LC_MESSAGES").mkdir(parents=True)
    return Catalogues.load(tmp_path / "locales")


@pytest.fixture(autouse=True)
def said(catalogues: Catalogues) -> Iterator[None]:
    with speaking(catalogues.speaker("en")):
        yield


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "row.html").write_text(ROW)
    (tmp_path / "templates" / "personal.html").write_text("{{ csrf_token() }}")
    (tmp_path / "templates" / "nosy.html").write_text("{{ ctx.person }}")
    ticks = iter(range(1000))
    globals_ = {"tick": lambda: next(ticks), "csrf_token": personal(lambda: "token")}
    return Kept(Templates(globals_, root=tmp_path), most=3)


def context(permissions: frozenset[str] = frozenset({"files.delete"}), theme: str = "adx") -> Context:
    return Context(TenantFacts(new_id(), "acme", "Acme"), permissions=permissions, theme=theme)


def test_a_row_is_rendered_once_for_all_who_see_the_same(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.kit.kept.time.time", lambda: 0.0)
    ctx = context()
    again = replace(ctx, session_id=new_id())
    assert kept.render(ctx, "row.html", {"name": "a"}) == kept.render(again, "row.html", {"name": "a"})


Difference = Literal["permissions", "theme", "tenant", "language", "value", "minute"]


@pytest.mark.parametrize("difference", ["permissions", "theme", "tenant", "language", "value", "minute"])
def test_what_differs_is_rendered_anew(
    kept: Kept, catalogues: Catalogues, difference: Difference, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("web.kit.kept.time.time", lambda: clock[0])
    ctx, name, locale = context(), "a", "en"
    first = kept.render(ctx, "row.html", {"name": name})
    match difference:
        case "permissions":
            ctx = replace(ctx, permissions=frozenset())
        case "theme":
            ctx = replace(ctx, theme="paper")
        case "tenant":
            ctx = context()
        case "language":
            locale = "de"
        case "value":
            name = "b"
        case "minute":
            clock[0] = 61.0
    with speaking(catalogues.speaker(locale)):
        assert kept.render(ctx, "row.html", {"name": name}) != first


def test_messages_are_values_too(kept: Kept) -> None:
    ctx = context()
    one, same, other = (N_("{count} files", count=n) for n in (1, 1, 2))
    assert kept.render(ctx, "row.html", {"name": one}) == kept.render(ctx, "row.html", {"name": same})
    assert kept.render(ctx, "row.html", {"name": one}) != kept.render(ctx, "row.html", {"name": other})


def test_the_least_used_are_forgotten(kept: Kept) -> None:
    ctx = context()
    first = kept.render(ctx, "row.html", {"name": "first"})
    for name in "abc":
        kept.render(ctx, "row.html", {"name": name})
    assert kept.render(ctx, "row.html", {"name": "first"}) != first


@pytest.mark.parametrize("template", ["personal.html", "nosy.html"])
def test_what_is_personal_cannot_be_kept(kept: Kept, template: str) -> None:
    with pytest.raises(Exception, match=r"csrf_token|ctx"):
        kept.render(context(), template, {"name": "a"})


def test_what_can_change_cannot_be_kept(kept: Kept) -> None:
    with pytest.raises(TypeError):
        kept.render(context(), "row.html", {"name": ["a"]})  # type: ignore[dict-item]  # the point
