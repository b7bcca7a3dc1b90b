"""Rows that read the same to many: rendered once and kept, as live messages are.

A list of fifty files is the same fifty rows for everybody who may do the same, in one language and theme. Rendering
them is most of what such a page costs, so ``{{ kept("files/_row.html", file=file) }}`` renders a row when its values
change.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from core.i18n import speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from markupsafe import Markup

    from core.context import Context
    from web.kit.templates import Templates

MOST_KEPT = 4096
SECONDS_A_TIME_IS_TRUE = 60
"""Rows say "5 minutes ago": they are made anew each minute, and the page itself counts on in between."""

_keeping: ContextVar[bool] = ContextVar("keeping", default=False)


class Kept:
    """The rows of one process, the least used of which are forgotten."""

    def __init__(self, templates: Templates, *, most: int = MOST_KEPT) -> None:
        self._templates = templates
        self._most = most
        self._rows: OrderedDict[Hashable, Markup] = OrderedDict()

    def render(self, ctx: Context, template: str, values: dict[str, Hashable]) -> Markup:
        """Return ``template`` with ``values`` and ``may`` as its only variables.

        It knows no ``ctx`` and no ``csrf_token()``: what would differ from person to person must not be kept.
        Raises ``TypeError`` for values that can change (lists, dicts).
        """
        now = int(time.time()) // SECONDS_A_TIME_IS_TRUE
        key = (template, ctx.theme, ctx.permissions, ctx.tenant_id, speaker(), now, *values.items())
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = self._render(ctx, template, values)
            if len(self._rows) > self._most:
                self._rows.popitem(last=False)
        else:
            self._rows.move_to_end(key)
        return row

    def _render(self, ctx: Context, template: str, values: dict[str, Hashable]) -> Markup:
        with _for_everybody():
            return self._templates.render(template, {"may": ctx.may, **values}, theme=ctx.theme)


def personal(value: Callable[[], str]) -> Callable[[], str]:
    """Return a template global that refuses to be part of what is kept."""

    def refuse_or_return() -> str:
        if _keeping.get():
            raise LookupError("what is kept for everybody cannot hold what is one person's, like csrf_token()")
        return value()

    return refuse_or_return


@contextmanager
def _for_everybody() -> Iterator[None]:
    token = _keeping.set(True)
    try:
        yield
    finally:
        _keeping.reset(token)
