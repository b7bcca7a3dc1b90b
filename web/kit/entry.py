"""What a request has to pass before its route runs: the guard first, a look into the body last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import current_app, request
from werkzeug.exceptions import HTTPException

from core.denials import note_denial
from core.errors import DomainError, NotFoundError
from web.kit import csrf
from web.kit.body import current_body
from web.kit.errors import NOT_FOUND
from web.kit.form_body import FORM_BYTES, bounds_of
from web.kit.guards import SignInNeededError, guard_of
from web.kit.limits import client_network
from web.kit.services import current_kit
from web.kit.submissions import begin_submission
from web.kit.visit import current_context, current_visit, unit_of_work

if TYPE_CHECKING:
    from web.kit.form_body import FormBounds


async def check_entry() -> None:
    """Refuse what may not reach its route."""
    visit = current_visit()
    if visit.failed is not None:
        raise visit.failed
    if request.routing_exception is not None or request.url_rule is None:
        return
    visit.route = request.url_rule.rule
    route = current_app.view_functions[request.url_rule.endpoint]
    try:
        await _check_sender(route)
    except (DomainError, SignInNeededError, HTTPException):
        if request.method not in csrf.SAFE_METHODS and visit.ctx.person is None:
            await current_kit().refusals.count(visit.services.throttle, client_network())
        raise


async def _check_sender(route: object) -> None:
    """Check the person, then what is known before the body, and only then look for a token in the body."""
    visit = current_visit()
    guard = guard_of(route)
    if guard is None:
        raise NotFoundError(NOT_FOUND)
    try:
        guard.check(visit.ctx)
    except DomainError as error:
        if visit.ctx.person is not None:  # of a stranger nobody could be named
            async with unit_of_work("gateway", effect=False) as uow:
                await note_denial(uow, visit.ctx, request.method, visit.route, error.code)
        raise
    streams = getattr(route, "__adx_streams__", False)
    if streams:
        await current_body().stream(visit.services.settings.max_upload_bytes + FORM_BYTES)
    if request.method in csrf.SAFE_METHODS:
        return
    knows_token = _check_before_body()
    if not streams:
        await _check_form(bounds_of(route), knows_token=knows_token)
    if knows_token or not streams:
        await begin_submission(route, streams=streams)


def _check_before_body() -> bool:
    """Refuse what another site or a network under suspicion has sent, unread; returns whether the token is known."""
    try:
        csrf.check_origin()
        csrf.check_browser()
        if current_context().person is None and csrf.HEADER not in request.headers:
            current_kit().refusals.check(client_network())
    except DomainError:
        current_body().leave()
        raise
    return csrf.check_header()


async def _check_form(bounds: FormBounds, *, knows_token: bool) -> None:
    current_body().bound(bounds.most_bytes)
    request.max_form_parts = bounds.most_fields
    if not knows_token:
        await csrf.check_in_body()
