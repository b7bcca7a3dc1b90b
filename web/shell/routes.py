"""The shell's own pages: the front door of the base host, and the first page of a tenant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from quart import request

from core.errors import NotFoundError
from core.messages import messages_of
from core.runs.card import RunCard
from core.runs.queries import OPEN_STATES, runs_of
from core.runs.report import ENDED
from core.theming import theme_cards
from web.kit import current_context, guard, page, run_entries, see_other, services, unit_of_work
from web.shell import install, search  # noqa: F401  # bring their routes
from web.shell.blueprint import blueprint
from web.shell.pages import DashboardPage, checklist, greeting_of
from web.shell.patterns import sample_page, shown_as

if TYPE_CHECKING:
    from quart import Response

N_ = messages_of("shell")

RUNS_SHOWN = 10
RUNS_LATELY = 5
RUNS_LOOKED_AT = 50


@blueprint.get("/")
@guard("anyone", on="home")
async def landing() -> Response:
    """Welcome a stranger; take someone who is signed in to their workspaces."""
    ctx = current_context()
    if ctx.person is None:
        return await page("shell/landing.html")
    return see_other("/register/check-mail" if ctx.is_pending else "/tenants")


@blueprint.get("/", endpoint="dashboard")
@guard("signed_in", on="tenant")
async def dashboard() -> Response:
    """Show what needs this person, what is happening and what changed."""
    ctx = current_context()
    async with unit_of_work("runs") as uow:
        ended = await runs_of(uow, ctx, states=tuple(sorted(ENDED)), limit=RUNS_LOOKED_AT)
    entries = await run_entries(OPEN_STATES, limit=RUNS_SHOWN)
    lately = await run_entries(tuple(sorted(ENDED)), limit=RUNS_LATELY)
    return await page(
        "shell/dashboard.html",
        DashboardPage(
            greeting=greeting_of(ctx, datetime.now(UTC)),
            needs_you=[entry for entry in entries if entry.state == "needs_you"],
            running=[entry for entry in entries if entry.state != "needs_you"],
            lately=[entry for entry in lately if isinstance(entry, RunCard) or entry.is_over],
            first_steps=checklist(
                services().first_steps, frozenset(run.contract for run in ended if run.state == "done")
            ),
        ),
        fragment="shell/_runs_now.html",
    )


@blueprint.get("/patterns")
@guard("anyone", on="any")
async def patterns() -> Response:
    """Show every component in every state, for those who build pages and themes. Not in production."""
    if services().settings.environment == "production":
        raise NotFoundError(N_("There is nothing here."))
    themes, locales = services().themes, services().catalogues.locales
    ctx = shown_as(current_context(), request.args, themes.keys, locales)
    return await page("shell/patterns.html", sample_page(ctx, request.args, theme_cards(themes), locales), ctx=ctx)
