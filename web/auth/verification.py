"""The link in the mail. Opening it changes nothing, since mail scanners open links; pressing its button confirms."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.context import Person
from domain.auth import registration
from domain.auth.errors import wrong_password
from domain.auth.passwords import Asker, passwords
from domain.auth.repository import AccountRepository
from web.auth.blueprint import blueprint
from web.auth.entering import enter
from web.auth.forms import ConfirmForm
from web.auth.pages import VerifyPage
from web.auth.registration import CHECK_MAIL
from web.kit import (
    client_site,
    current_context,
    guard,
    limited,
    page,
    read_form,
    repeats_safely,
    services,
    unit_of_work,
)
from workflows.auth.start import AFTERWARDS, workflow_id_of

if TYPE_CHECKING:
    from uuid import UUID

    from quart import Response

    from domain.auth.models import Account

PATIENCE = 3.0
"""Seconds that the answer waits for the account to open; a slower one is shown on the run card instead."""

LOOK_EVERY = 0.05


@blueprint.get("/verify/<token>")
@guard("anyone", on="home")
async def verify_form(token: str) -> Response:
    """Show what is going to be confirmed, and the button."""
    account = await _account(token)
    return await page("auth/verify.html", await _model(token, account))


@blueprint.post("/verify/<token>")
@guard("anyone", on="home")
@repeats_safely(because="its answer is a session, and an account is confirmed once")
@limited("verify", hits=10, seconds=300, by=("network",))
async def verify(token: str) -> Response:
    """Confirm the address and let this browser in."""
    account = await _account(token)
    model = await _model(token, account)
    if model.form is not None and not await _proves_to_be(account, model.form):
        return await page("auth/verify.html", model, status=422)
    await services().temporal.signal(workflow_id_of(account.id), "confirm")
    person = Person(account.id, account.name, account.email)
    if await _opens_in_time(account.id):
        return await enter(person, "full", AFTERWARDS)
    return await enter(person, "pending", CHECK_MAIL)


async def _account(token: str) -> Account:
    async with unit_of_work("auth") as uow:
        return await registration.account_of_link(uow, token)


async def _model(token: str, account: Account) -> VerifyPage:
    # Whoever registered a stranger's address must not get in when the stranger, unsuspecting, presses the button:
    # the browser that began is known by its session, any other has to know the password.
    begun_here = current_context().actor_id == account.id
    return VerifyPage(token, account.name, account.email, None if begun_here else await read_form(ConfirmForm))


async def _proves_to_be(account: Account, form: ConfirmForm) -> bool:
    if not form.validate():
        return False
    verdict = await passwords().check(account.password_hash, form.password.data or "", Asker(client_site()))
    if not verdict.fits:
        form.refuse(wrong_password())
        return False
    return True


async def _opens_in_time(account_id: UUID) -> bool:
    """Wait for the workflow to open the account, but not for long."""
    for _ in range(round(PATIENCE / LOOK_EVERY)):
        async with unit_of_work("auth") as uow:
            account = await AccountRepository(uow.session).get(account_id)
        if account is None or account.state == "active":
            return account is not None
        await asyncio.sleep(LOOK_EVERY)
    return False
