"""The page on which those who run a tenant decide what holds for its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response, request

from domain.files.kinds import KINDS
from domain.files.permissions import SET_RULES
from domain.files.policy import Policy, change_policy, policy_of
from web.files.blueprint import blueprint
from web.files.pages import OPENERS, PolicyPage
from web.kit import form_value, form_values, guard, page, see_other, unit_of_work

if TYPE_CHECKING:
    from domain.files.policy import Openers

PATH = "/admin/files"


@blueprint.get(PATH)
@guard(SET_RULES)
async def show_policy() -> Response:
    """Show the rules."""
    async with unit_of_work("files") as uow:
        policy = await policy_of(uow)
    return await page(
        "files/policy.html", PolicyPage(policy, OPENERS, tuple(KINDS.values()), was_saved="saved" in request.args)
    )


@blueprint.post(PATH)
@guard(SET_RULES)
async def save_policy() -> Response:
    """Keep the rules; they hold for what is uploaded from now on."""
    openers: Openers = await form_value("openers")  # type: ignore[assignment]  # change_policy() checks it
    policy = Policy(openers, frozenset(await form_values("refused")))
    async with unit_of_work("files") as uow:
        await change_policy(uow, policy)
    return see_other(f"{PATH}?saved")
