"""What templates can say: ``_``, ``ngettext``, ``say`` and the formatting filters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context

from core.i18n.negotiate import language_name
from core.i18n.speaker import is_right_to_left, speaker
from core.messages import in_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment
    from jinja2.runtime import Context

    from core.messages import Message

FORMATS = (
    "number", "ordinal_form", "percent", "size", "duration", "date", "time", "datetime", "relative", "until", "items",
    "money", "zone",
)  # fmt: skip
"""Methods of the speaker that are filters in templates."""

SHARED_FOLDERS = frozenset({"layouts", "components"})
PATTERNS = "shell/patterns"
"""The page of patterns: for those who build pages and themes, so its texts have a catalogue of their own."""


def install(environment: Environment) -> None:
    """Give an environment the words of the current :func:`core.i18n.speaker`.

    Globals: ``_(text, **params)``, ``ngettext(one, many, count=n)``, both with a ``context`` where one text means two
    things, ``say(message)``, ``lang()``, ``direction()``,
    ``language_name(locale)``, ``now()``. Filters: those of ``FORMATS``, such as
    ``{{ size | size }}`` and ``{{ amount | money("EUR") }}``.
    """
    environment.globals.update(
        _=_gettext,
        gettext=_gettext,
        ngettext=_ngettext,
        say=_say,
        lang=_lang,
        direction=_direction,
        is_right_to_left=is_right_to_left,
        language_name=language_name,
        now=_now,
    )
    environment.tests["near"] = _is_near
    environment.filters.update({name: _formatting(name) for name in FORMATS})


def domain_of_template(name: str | None) -> str:
    """Return the feature whose catalogue a template speaks from: its folder, or ``shell`` for what all share."""
    if name and name.startswith(PATTERNS):
        return "patterns"
    parts = (name or "").split("/")
    if parts[0] == "emails" and len(parts) > 1:
        parts = parts[1:]
    return "shell" if len(parts) < 2 or parts[0] in SHARED_FOLDERS else parts[0]  # noqa: PLR2004  a folder and a file


def _formatting(name: str) -> Callable[..., str]:
    # With the context, so that Jinja does not work out a constant at compile time, once for all languages.
    @pass_context
    def show(context: Context, value: Any, *more: Any) -> str:  # noqa: ANN401, ARG001  # whatever the method takes
        return str(getattr(speaker(), name)(value, *more))

    return show


@pass_context
def _gettext(page: Context, text: str, /, *, context: str | None = None, **params: object) -> str:
    return speaker().translate(in_context(text, context), domain_of_template(page.name), params)


@pass_context
def _ngettext(  # one text with its number
    page: Context, one: str, many: str, /, *, count: int, context: str | None = None, **params: object
) -> str:
    domain, given = domain_of_template(page.name), {"count": count, **params}
    return speaker().translate_plural(in_context(one, context), many, domain, given)


@pass_context
def _say(context: Context, message: Message | str | None) -> str:
    return speaker().say(message, domain_of_template(context.name))


def _lang() -> str:
    return speaker().locale


def _direction() -> str:
    return speaker().direction


def _is_near(value: datetime) -> bool:
    return speaker().is_near(value)


def _now() -> datetime:
    return datetime.now(UTC)
