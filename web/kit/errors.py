"""What went wrong, told once for all routes: as a page, as a message within the page, or as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
import structlog
from quart import Response, jsonify, request
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError as PoolTimeoutError
from temporalio.service import RPCError
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)

from core.db.submission import SubmittedError
from core.errors import DomainError, Kind
from core.i18n import speaker
from core.messages import Message, messages_of
from core.turns import BusyError
from web.kit.busy import BUSY, back_in
from web.kit.csrf import SAFE_METHODS
from web.kit.guards import SignInNeededError, sign_in_url
from web.kit.pages import is_htmx, render, wants_fragment
from web.kit.submissions import answer_given
from web.kit.urls import path_within
from web.kit.visit import current_visit, loggable

if TYPE_CHECKING:
    from quart import Quart

N_ = messages_of("kit")
log = structlog.get_logger(__name__)

STATUS: dict[Kind, int] = {
    "not_found": 404,
    "conflict": 409,
    "refused": 403,
    "invalid": 422,
    "quota": 409,
    "unavailable": 503,
    "too_many": 429,
    "too_large": 413,
    "unsupported": 415,
}
RETRY_SECONDS = 5

NOT_FOUND = N_("The address is wrong, or it is not yours to see.")
TOO_LARGE = N_("That is more than fits at once. Nothing was saved; send less at a time.")
UNAVAILABLE = N_("A part of ADX is not answering. Nothing is lost; this works again as soon as it is back.")
UNSURE = N_("There was no answer in time. What you sent may still have been done; look before sending it again.")
DONE = N_("This was already done when it was sent before. Load the page again to see it.")
SIGN_IN = N_("You’re not logged in here, or your session has ended. What you saved is kept.")
UNKNOWN = N_("This did not work, and it is our fault. What you saved before is kept. Try once more.")

UNREADABLE = N_("That request could not be read. Nothing was changed.")
NO_SUCH_REQUEST = N_("This page doesn’t accept that request.")

REFUSED_AT_THE_GATE: dict[int, Message] = {
    400: UNREADABLE,
    405: NO_SUCH_REQUEST,
    414: N_("This address is too long to be one of ours."),
    431: N_(
        "Your browser sent more with this request than is accepted. Delete its cookies for this site and try again."
    ),
}
"""What is told of a request that is not read, by its status."""

HTTP_REFUSALS: dict[type[HTTPException], tuple[str, Message]] = {
    NotFound: ("not_found", NOT_FOUND),
    MethodNotAllowed: ("method_not_allowed", NO_SUCH_REQUEST),
    RequestEntityTooLarge: ("too_large", TOO_LARGE),
    RequestTimeout: ("too_slow", N_("The connection was too slow, so nothing was saved. Send it again.")),
    UnsupportedMediaType: ("unsupported", N_("This kind of content isn’t accepted.")),
    BadRequest: ("invalid", UNREADABLE),
}

OUTAGES: tuple[type[Exception], ...] = (
    RedisError, RPCError, ConnectionError, TimeoutError, OperationalError, InterfaceError, PoolTimeoutError,
    asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
)  # fmt: skip
"""What a dependency that is down, starting, or too slow looks like from here."""


class DeadlineError(Exception):
    """The answer was not ready in time."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is told: the status, the sentence, and what goes with it; ``kind`` is a domain error's own."""

    status: int
    code: str
    message: Message
    field: str | None = None
    retry_after: int | None = None
    reference: str | None = None
    kind: Kind | None = None


def install_handlers(app: Quart) -> None:
    """Have every error of every route end here."""
    app.register_error_handler(SignInNeededError, _ask_to_sign_in)
    app.register_error_handler(SubmittedError, _answer_again)
    app.register_error_handler(HTTPException, _tell)
    app.register_error_handler(Exception, _tell)


async def _tell(error: Exception) -> Response:
    refusal = refusal_of(error)
    if refusal.status >= 500 and refusal.reference is not None:  # noqa: PLR2004  # server errors
        log.error("web.failed", reference=refusal.reference, path=loggable(request.path), exc_info=error)
    elif refusal.status == STATUS["unavailable"]:
        log.warning("web.unavailable", path=loggable(request.path), error=repr(error.__cause__ or error))
    return answer(refusal)


async def _answer_again(error: SubmittedError) -> Response:
    """Answer what was sent before as it was then; where no answer was ever made, say that it was done."""
    given = await answer_given(error)
    if given is None:
        return answer(Refusal(STATUS["conflict"], "done_already", DONE))
    return Response(given.body, status=given.status, headers=dict(given.headers))


def refusal_of(error: Exception) -> Refusal:
    """Return what is told of an error."""
    if isinstance(error, DomainError):
        retry_after = error.retry_after or (RETRY_SECONDS if error.kind == "unavailable" else None)
        return Refusal(STATUS[error.kind], error.code, error.message, error.field, retry_after, kind=error.kind)
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, BusyError):
        return Refusal(503, "busy", BUSY, retry_after=back_in())
    if isinstance(error, DeadlineError) or is_outage(error):
        # A commit whose answer was lost on the way may have been made: nobody here can tell.
        message = UNAVAILABLE if request.method in SAFE_METHODS else UNSURE
        return Refusal(503, "unavailable", message, retry_after=RETRY_SECONDS)
    return Refusal(500, "unknown", UNKNOWN, reference=current_visit().reference)


def is_outage(error: BaseException | None) -> bool:
    """Whether an error says that a dependency cannot be reached."""
    if isinstance(error, DBAPIError) and (error.connection_invalidated or is_outage(error.orig)):
        return True
    if isinstance(error, ExceptionGroup):
        return any(is_outage(inner) for inner in error.exceptions)
    return isinstance(error, OUTAGES) or (
        error is not None and error.__cause__ is not None and is_outage(error.__cause__)
    )


def _of_http(error: HTTPException) -> Refusal:
    for kind, (code, message) in HTTP_REFUSALS.items():
        if isinstance(error, kind):
            return Refusal(error.code or 400, code, message)
    if error.code is None or error.code >= 500:  # noqa: PLR2004  # server errors
        return Refusal(500, "unknown", UNKNOWN, reference=current_visit().reference)
    return Refusal(error.code, "invalid", HTTP_REFUSALS[BadRequest][1])


async def _ask_to_sign_in(_: SignInNeededError) -> Response:
    visit = current_visit()
    refusal = Refusal(401, "sign_in", SIGN_IN)
    if wants_json():
        return answer(refusal)
    here = request.path if request.method == "GET" else _came_from()
    url = sign_in_url(visit.services.settings.base_url, visit.ctx, here)
    if is_htmx():
        response = answer(refusal)
        response.headers["HX-Redirect"] = url
        return response
    return Response("", status=303, headers={"Location": url})


def _came_from() -> str:
    """Return the page that a form was sent from, as htmx tells it, if it is one of this host."""
    found = path_within(request.headers.get("HX-Current-URL", ""), request.host)
    return found.partition("?")[0] if found else "/"


def answer(refusal: Refusal) -> Response:
    """Return a refusal in the form the request asks for."""
    if wants_json():
        response = _json(refusal)
    elif is_htmx() and request.headers.get("HX-Target", "").startswith("div#slot-"):
        response = _html("")  # the slot's own button says so; what stands in its place stays
        response.headers["HX-Reswap"] = "none"
    elif wants_fragment() or _stays_on_its_page(refusal):
        response = _html(render("kit/_toast.html", {"text": speaker().say(refusal.message), "tone": "danger"}))
        response.headers["HX-Push-Url"] = "false"
    else:
        response = _html(_page(refusal))
    response.status_code = refusal.status
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response


def _stays_on_its_page(refusal: Refusal) -> bool:
    """Whether a boosted request is refused by a message over the page it came from, so that nothing typed is lost."""
    return is_htmx() and (request.method != "GET" or refusal.status >= 500)  # noqa: PLR2004  # server errors


def wants_json() -> bool:
    """Whether a program asks, not a person."""
    accept = request.accept_mimetypes
    return request.path.startswith("/api/") or (
        accept.best_match(["text/html", "application/json"], default="text/html") == "application/json"
    )


def _json(refusal: Refusal) -> Response:
    told = {"code": refusal.code, "message": speaker().say(refusal.message), "field": refusal.field}
    if refusal.reference is not None:
        told["reference"] = refusal.reference
    return jsonify({"error": told})


def _page(refusal: Refusal) -> str:
    given = {
        "status": refusal.status,
        "code": refusal.code,
        "kind": refusal.kind,
        "message": refusal.message,
        "reference": refusal.reference,
        "retry_after": refusal.retry_after,
    }
    try:
        return render("layouts/error.html", given)
    except Exception:  # the error page itself is broken: say it without one
        log.exception("web.error_page_failed")
        return render("kit/error.html", {**given, "message": speaker().say(refusal.message)})


def _html(text: str) -> Response:
    return Response(text, content_type="text/html; charset=utf-8")
