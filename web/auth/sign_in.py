"""Logging in and out."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from quart import Response, request

from core.errors import InvalidError
from domain.auth.passwords import passwords
from domain.auth.sign_in import SignIn
from web.auth.blueprint import blueprint
from web.auth.entering import enter
from web.auth.forms import SignInForm
from web.auth.known_browsers import is_known, is_stranger, known_browser, known_browser_key
from web.auth.pages import SignInPage
from web.kit import (
    clear_session_cookie,
    client_site,
    current_context,
    guard,
    limited,
    next_path,
    page,
    read_form,
    repeats_safely,
    see_other,
    services,
    unit_of_work,
)

CHOOSE = "/tenants"


@blueprint.get("/login")
@guard("anyone", on="home")
async def login_form() -> Response:
    """Show the form; a person who is signed in already goes on."""
    if current_context().is_known:
        return see_other(_afterwards())
    return await page("auth/login.html", await _model())


@blueprint.post("/login")
@guard("anyone", on="home")
@repeats_safely(because="its answer is a session, which is never kept")
@limited("login_known", hits=10, seconds=300, by=(known_browser_key,), when=is_known)
@limited("login_known_account", hits=40, seconds=900, by=("account:email",), when=is_known)
@limited("login", hits=10, seconds=300, by=("account:email", "site"), when=is_stranger)
@limited("login_network", hits=300, seconds=300, by=("network",), when=is_stranger)
@limited("login_site", hits=900, seconds=300, by=("site",), when=is_stranger)
@limited("login_account", hits=100, seconds=900, by=("account:email",), when=is_stranger)
async def login() -> Response:
    """Let a person in who knows their password."""
    model = await _model()
    if not model.form.validate():
        return await page("auth/login.html", model, status=422)
    check = SignIn(services().db, passwords(), client_site(), await known_browser())
    try:
        person = await check.person(current_context(), model.form.email.data or "", model.form.password.data or "")
    except InvalidError as error:
        model.form.refuse(error)
        return await page("auth/login.html", model, status=422)
    return await enter(person, "full", _afterwards())


@blueprint.post("/logout")
@guard("anyone", on="any")
@repeats_safely(because="its answer takes the session away, and who is out is out")
async def logout() -> Response:
    """End the session here, the one it came from, and all that came from that one."""
    ctx = current_context()
    if ctx.session_id is not None:
        identity = services().identity
        await identity.sessions.close(ctx.session_id)
        identity.forget()
        async with unit_of_work("auth") as uow:
            await uow.audit("session.closed", f"account:{ctx.actor_id}")
    response = see_other("/", reload=True)
    clear_session_cookie(response)
    return response


async def _model() -> SignInPage:
    return SignInPage(await read_form(SignInForm), request.args.get("tenant", ""), next_path())


def _afterwards() -> str:
    """Return where the person wanted to go: into a tenant, to a page of the base host, or to choose."""
    tenant = request.args.get("tenant", "")
    if tenant:
        return f"/tenants/{quote(tenant, safe='')}/entry?{urlencode({'next': next_path() or '/'})}"
    return next_path() or CHOOSE
