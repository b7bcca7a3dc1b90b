"""How the first page greets: by the whole name that a person chose, at hours that languages divide differently."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from web.shell.pages import greeting_of

if TYPE_CHECKING:
    from core.context import Context


@pytest.mark.parametrize(
    ("hour", "locale", "text"),
    [
        (5, "de", "Good morning, {name}"),
        (12, "es", "Good afternoon, {name}"),
        (18, "de", "Good evening, {name}"),
        (19, "es", "Good afternoon, {name}"),
        (20, "es-MX", "Good evening, {name}"),
        (4, "fr", "Good evening, {name}"),
    ],
)
def test_the_greeting_follows_the_hour_and_the_language(hour: int, locale: str, text: str) -> None:
    person = SimpleNamespace(name="Maria José da Silva")
    ctx = cast("Context", SimpleNamespace(timezone="UTC", locale=locale, person=person))
    greeting = greeting_of(ctx, datetime(2026, 11, 28, hour, tzinfo=UTC))
    assert (greeting.text, greeting.params["name"]) == (text, "Maria José da Silva")
