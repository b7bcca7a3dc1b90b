"""Forms carry a key, so that sending one again does not do it twice.

A 503, or no answer at all, may have come of something that was done. So every form and every unsafe request of our
pages brings a key, the same when a person sends the same again. The first transaction that has an effect claims it in
that same commit (``UnitOfWork.complete``): what was rolled back is not claimed, and what was committed is. Whoever
comes again with a claimed key gets the answer of then; or, where none was ever made, is told that it was done.

A key counts for one session or browser, in one tenant, for one address and the same fields. Other fields under the
same key are another submission, not a mistake: a browser without scripts sends a form that was gone back to and
corrected with the key of the first.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from markupsafe import Markup
from quart import request
from quart.wrappers.response import DataBody

from core.db.submission import GivenAnswer, Submission, SubmittedError
from core.plain_text import file_name
from core.submissions import Submissions
from web.kit import csrf
from web.kit.form_body import unreadable
from web.kit.services import services
from web.kit.visit import current_visit, loggable, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from quart import Response

log = structlog.get_logger(__name__)
RouteT = TypeVar("RouteT", bound="Callable[..., Any]")

FIELD = "idempotency_key"
HEADER = "Idempotency-Key"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")

LARGEST_KEPT = 64 * 1024
SECONDS_TO_KEEP = 1.0
"""The answer waits for no longer. One that is not kept is told as done, should it be asked for again."""

SERVER_ERRORS = 500
KEPT_HEADERS = frozenset({"location", "content-type", "vary", "cache-control"})
FIELDS = Markup(
    '<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="idempotency_key" value="{}">'
)


def form_proof() -> Markup:
    """Return the hidden fields of every form that changes something: that it is ours, and which submission it is."""
    return FIELDS.format(csrf.csrf_token(), secrets.token_urlsafe(16))


def repeats_safely(*, because: str) -> Callable[[RouteT], RouteT]:
    """Mark a route that is done again when it is sent again, since its answer cannot be repeated. Below ``guard``.

    ``because`` says why twice is as good as once. Cookies are such a reason: they are never kept with an answer.
    """

    def mark(route: RouteT) -> RouteT:
        route.__adx_repeats__ = because  # type: ignore[attr-defined]  # read by is_repeated_safely
        return route

    return mark


def is_repeated_safely(route: object) -> bool:
    """Whether :func:`repeats_safely` was declared, through decorators that keep it."""
    return hasattr(route, "__adx_repeats__")


async def begin_submission(route: object, *, streams: bool) -> None:
    """Know an unsafe request by its key; raises SubmittedError when it was done. A body that streams is not read."""
    if is_repeated_safely(route):
        return
    key = request.headers.get(HEADER)
    if key is None and not streams:
        key = (await request.form).get(FIELD)
    if key is not None:
        await take_key(key, b"" if streams else await _digest_of_form())


async def take_key(key: str, fields: bytes = b"") -> None:
    """Know this request as the submission ``key``; raises SubmittedError when it was done."""
    visit = current_visit()
    if not KEY.fullmatch(key):
        raise unreadable()
    visit.submission = Submission(visit.ctx.tenant_id, _whose(key, fields))
    await Submissions(visit.services.db).check(visit.submission)


async def claim_submission(feature: str) -> None:
    """Claim this request where its effect is a message that has gone out, to a workflow, and not a transaction.

    If the message went out and this did not come about, the same may be sent again: better told twice than never.
    """
    if current_visit().submission is not None:
        async with unit_of_work(feature) as uow:
            uow.acted_elsewhere = True


async def answer_given(error: SubmittedError) -> GivenAnswer | None:
    """Return how this submission was answered when it was done, if it was."""
    visit = current_visit()
    if error.given is not None or visit.submission is None:
        return error.given
    try:
        await Submissions(services().db).check(visit.submission)
    except SubmittedError as found:
        return found.given
    return None


async def keep_answer(response: Response) -> None:
    """Keep the answer of a submission that was done, unless it is large, or has cookies, which nobody may repeat."""
    submission = current_visit().submission
    if submission is None or not submission.claimed or response.status_code >= SERVER_ERRORS:
        return
    if "Set-Cookie" in response.headers or not isinstance(response.response, DataBody):
        return
    body = await response.get_data(as_text=False)
    if len(body) > LARGEST_KEPT:
        return
    headers = {name: value for name, value in response.headers.items() if _is_kept(name.lower())}
    try:
        async with asyncio.timeout(SECONDS_TO_KEEP):
            await Submissions(services().db).keep(submission, GivenAnswer(response.status_code, headers, body))
    except Exception as error:  # noqa: BLE001  # what was done stays done, and is told so should it be sent again
        log.warning("web.answer_not_kept", path=loggable(request.path), error=repr(error))


def _is_kept(header: str) -> bool:
    return header in KEPT_HEADERS or header.startswith("hx-")


def _whose(key: str, fields: bytes) -> bytes:
    visit = current_visit()
    secret = services().settings.secret_key.get_secret_value().encode()
    who = f"session\0{visit.token}" if visit.token else f"visitor\0{visit.visitor}"
    what = f"submission\0{who}\0{request.method}\0{request.full_path}\0{key}\0"
    return hmac.digest(secret, what.encode() + fields, hashlib.sha256)


async def _digest_of_form() -> bytes:
    digest = hashlib.sha256()
    for name, value in (await request.form).items(multi=True):
        if name not in {csrf.FIELD, FIELD}:
            _add(digest, name.encode(), value.encode())
    for name, file in (await request.files).items(multi=True):
        content = file.stream.read()
        file.stream.seek(0)
        _add(digest, name.encode(), file_name(file.filename or "").encode(), content)
    return digest.digest()


def _add(digest: Any, *parts: bytes) -> None:  # noqa: ANN401  # hashlib's type has no name
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
