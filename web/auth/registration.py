"""Registering, and waiting for the mail."""

from __future__ import annotations

from quart import Response, request

from core.context import Person
from core.ids import new_id
from domain.auth.passwords import Asker, passwords
from domain.auth.sealing import Sealer
from domain.auth.types import Application
from web.auth.blueprint import blueprint
from web.auth.entering import enter
from web.auth.forms import RegisterForm
from web.auth.pages import CheckMailPage, RegisterPage
from web.kit import (
    claim_submission,
    client_site,
    current_context,
    current_person,
    guard,
    limited,
    page,
    read_form,
    run_card_by_id,
    see_other,
    services,
    unit_of_work,
)
from workflows.auth.start import run_id_of, start_registration, workflow_id_of

CHECK_MAIL = "/register/check-mail"


@blueprint.get("/register")
@guard("anyone", on="home")
async def register_form() -> Response:
    """Show the form."""
    if current_context().is_known:
        return see_other("/tenants")
    return await page("auth/register.html", RegisterPage(await read_form(RegisterForm)))


@blueprint.post("/register")
@guard("anyone", on="home")
@limited("register", hits=100, seconds=3600, by=("network",))
@limited("register_address", hits=5, seconds=3600, by=("account:email",))
async def register() -> Response:
    """Begin a registration. An address that has an account gets the same answer; its owner gets a mail."""
    form = await read_form(RegisterForm)
    if not form.validate():
        return await page("auth/register.html", RegisterPage(form), status=422)
    person = Person(new_id(), form.name.data or "", form.email.data or "")
    await _start(person, form.password.data or "")
    return await enter(person, "pending", CHECK_MAIL)


@blueprint.get(CHECK_MAIL)
@guard("pending", on="home")
async def check_mail() -> Response:
    """Show the run that waits for the click."""
    ctx = current_context()
    if ctx.person is None or not ctx.is_pending:
        return see_other("/tenants", reload=True)
    card = await run_card_by_id(run_id_of(ctx.person.id))
    model = CheckMailPage(
        email=ctx.person.email,
        card=card,
        is_over=card is None or card.ended_at is not None,
        sent_again="sent" in request.args,
        mailbox_url=services().settings.mailbox_url,
    )
    return await page("auth/check_mail.html", model)


@blueprint.post("/register/mails")
@guard("pending", on="home")
@limited("register_mails", hits=3, seconds=900, by=("person",))
async def send_again() -> Response:
    """Have the mail sent once more."""
    await services().temporal.signal(workflow_id_of(current_person().id), "resend")
    await claim_submission("auth")
    return see_other(f"{CHECK_MAIL}?sent=1")


async def _start(person: Person, password: str) -> None:
    password_hash = await passwords().hash(password, Asker(client_site()))
    application = Application(person.name, person.email, password_hash)
    sealed = Sealer(services().settings.secret_key).seal(application, person.id)
    async with unit_of_work("auth") as uow:
        await start_registration(uow, person.id, name=person.name, application=sealed, locale=current_context().locale)
