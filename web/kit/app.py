"""The web application: the features' blueprints, with everything the kit does around each request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog
from markupsafe import Markup
from quart import Quart, Response, request
from werkzeug.exceptions import ClientDisconnected, RequestTimeout

from core.context import CONTEXT_CHANGED, Context
from core.errors import NotFoundError
from core.i18n import negotiate, speaking
from core.identity import Look, Offers, choose
from core.metrics import STREAMS
from core.turns import BusyError, Turns, working
from web.kit.body import PulledConnection, PulledRequest, current_body
from web.kit.compress import compress
from web.kit.converters import BoundedInteger
from web.kit.drafts import DRAFT_COOKIE, drafted
from web.kit.entry import check_entry
from web.kit.errors import NOT_FOUND, DeadlineError, install_handlers
from web.kit.form_body import FORM_BYTES, MOST_FIELDS
from web.kit.gate import Gate
from web.kit.kept import Kept
from web.kit.limits import client_network
from web.kit.live import FactRenderer
from web.kit.pages import voice_of, wants_fragment
from web.kit.security import SecurityHeaders, set_visitor_cookie
from web.kit.services import Kit
from web.kit.slots import SLOTS, Slot, collecting, fill_slots
from web.kit.static import StaticFiles
from web.kit.submissions import keep_answer
from web.kit.template_globals import template_globals
from web.kit.templates import Templates
from web.kit.text_editing import edits_texts
from web.kit.visit import HOME, current_visit, loggable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quart import Blueprint
    from quart.ctx import RequestContext
    from quart.typing import ResponseTypes
    from quart.wrappers import BaseRequestWebsocket
    from werkzeug.routing import MapAdapter

    from core.i18n import Speaker
    from web.kit.services import Services

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 9.0
"""When an answer is not ready by then, the page says that something does not answer."""

AT_WORK = 8
"""Answers that a process makes at the same time. One thread makes them all, so more at once only makes each later."""
WAITING = 256
WAITING_SECONDS = 6.0
"""How many more may wait for that, and how long. Files, health checks, streams and uploads are not counted here."""


class WebApp(Quart):
    """Quart, with routes by kind of host, bodies that are pulled, and a deadline on every answer."""

    gate: Gate
    asgi_http_class = PulledConnection
    request_class = PulledRequest

    def __init__(self, kit: Kit) -> None:
        super().__init__("web", static_folder=None, template_folder=None, host_matching=True)
        self.kit = kit
        self.turns = Turns(at_once=AT_WORK, waiting=WAITING, seconds=WAITING_SECONDS)
        services = kit.services
        self._offers = Offers(lambda: services.catalogues.locales, lambda: services.themes.keys)
        self.url_map.converters = {**self.url_map.converters, "int": BoundedInteger}
        self.url_map.strict_slashes = False
        self.url_map.merge_slashes = False
        self.config.update(
            MAX_CONTENT_LENGTH=FORM_BYTES,
            MAX_FORM_MEMORY_SIZE=None,
            MAX_FORM_PARTS=MOST_FIELDS,
            RESPONSE_TIMEOUT=None,
            PROPAGATE_EXCEPTIONS=False,
            PROVIDE_AUTOMATIC_OPTIONS=False,
        )

    def create_url_adapter(self, request: BaseRequestWebsocket | None) -> MapAdapter | None:
        """Match routes by the kind of host instead of its name."""
        if request is None:
            return None
        return self.url_map.bind(
            current_visit().kind,
            script_name=request.root_path or "/",
            url_scheme=request.scheme,
            default_method=request.method,
            path_info=request.path,
            query_args=request.query_string.decode("latin-1"),
        )

    async def full_dispatch_request(self, request_context: RequestContext | None = None) -> ResponseTypes:
        """Answer within the deadline. The answer is made in a task of its own, which is left behind if it hangs."""
        with speaking(self._first_voice()):
            task = asyncio.ensure_future(self._in_turn(request_context))
            try:
                if await _finished(task):
                    return task.result()
            except asyncio.CancelledError:
                task.cancel()
                raise
            task.cancel()
            task.add_done_callback(_look_away)
            log.warning("web.deadline", path=loggable(request.path))
            result = await self.handle_user_exception(DeadlineError())
            return await self.finalize_request(result, request_context)

    async def _in_turn(self, request_context: RequestContext | None) -> ResponseTypes:
        """Make the answer when its turn has come; the turn lasts until the work has ended, waited for or not."""
        turn = self.turns.turn(client_network())
        working(turn)
        try:
            await current_body().wait_for_turn(turn)
            return await self._dispatch(request_context)
        except BusyError as error:
            return await self.finalize_request(await self.handle_user_exception(error), request_context)
        except ClientDisconnected:
            return Response("", status=400)  # nobody is there to read it
        finally:
            await turn.end()

    async def _dispatch(self, request_context: RequestContext | None) -> ResponseTypes:
        visit = current_visit()
        try:
            await _settle()
        except Exception as error:  # noqa: BLE001  # told by the handlers below, in as good a language as is known
            visit.failed = error
        with speaking(voice_of(visit.ctx)):
            try:
                return await super().full_dispatch_request(request_context)
            except Exception as error:  # noqa: BLE001  # the answer itself could not be finished
                return await self.handle_exception(error)

    def _first_voice(self) -> Speaker:
        """Return what this device chose and its browser asks for: all that is known before the tenant is."""
        catalogues = self.kit.services.catalogues
        visit = current_visit()
        wanted = request.headers.get("Accept-Language")
        shown = choose(visit.device, Look(), HOME, lambda: negotiate(wanted, catalogues.locales), self._offers)
        visit.ctx = Context(
            tenant=HOME,
            locale=shown.locale,
            theme=shown.theme,
            colour_scheme=shown.colour_scheme,
            timezone=shown.timezone,
        )
        return catalogues.speaker(shown.locale, shown.timezone)


async def _finished(task: asyncio.Task[Any]) -> bool:
    """Wait for the answer. Time during which the browser is still sending does not count."""
    body = current_body()
    loop = asyncio.get_running_loop()
    started = loop.time()
    while not task.done():
        moved = max(started, body.moved_at)
        most = body.patience or ANSWER_SECONDS
        left = most if body.waiting else most - (loop.time() - moved)
        if left <= 0:
            return False
        # A route that was given more patience may have less again meanwhile.
        await asyncio.wait({task}, timeout=min(left, ANSWER_SECONDS))
    return True


def _look_away(task: asyncio.Task[Any]) -> None:
    """Take note of how an answer ended that nobody waits for any more."""
    if not task.cancelled() and task.exception() is not None:
        log.warning("web.late_failure", error=repr(task.exception()))


async def _settle() -> None:
    """Find out who asks, and in which tenant."""
    visit = current_visit()
    if "\0" in request.path:
        raise NotFoundError(NOT_FOUND)
    if visit.kind == "usercontent":
        return
    found = await visit.services.identity.resolve(
        visit.host, visit.token, accept_language=request.headers.get("Accept-Language", ""), device=visit.device
    )
    if found is None:
        raise NotFoundError(NOT_FOUND)
    visit.ctx = await drafted(found, request.cookies.get(DRAFT_COOKIE))
    visit.edits_texts = edits_texts(found)
    await visit.services.wordings.load(found.tenant_id, found.tenant.wording)
    structlog.contextvars.bind_contextvars(tenant=found.tenant.slug)
    if found.person is not None and request.method == "GET" and not wants_fragment():
        visit.position = await visit.services.hub.position(found.tenant_id)


def create_app(services: Services, blueprints: Iterable[Blueprint]) -> WebApp:
    """Build the application of one process. Raises ``TypeError`` when a route has no guard."""
    watch = services.settings.environment == "development"
    static = StaticFiles(watch=watch)
    templates = Templates(template_globals(), watch=watch)
    # In development an edit is seen at the next reload, so nothing is kept.
    kit = Kit(services, templates, static, Kept(templates, most=0) if watch else Kept(templates))
    app = WebApp(kit)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    _offer_slots(app)
    install_handlers(app)
    app.before_request(check_entry)
    app.after_request(_Finishing(SecurityHeaders(services.settings)).finish)
    services.hub.render_with(FactRenderer(kit))
    services.hub.hear(CONTEXT_CHANGED, lambda _: _forget(services))
    STREAMS.set_function(lambda: services.hub.viewers)
    app.before_serving(services.hub.start)
    app.after_serving(services.hub.drain)
    app.gate = Gate(app.asgi_app, kit, app.turns)
    app.asgi_app = app.gate  # type: ignore[method-assign]  # Quart's own way to wrap
    return app


def _forget(services: Services) -> None:
    services.identity.forget()
    services.stream_identity.forget()


def _offer_slots(app: WebApp) -> None:
    """Answer the addresses of the slots whose features this process runs, even if it knows of others."""
    for found in SLOTS.values():
        if found.feature not in app.blueprints:
            continue
        for host in found.guard.hosts:
            endpoint = f"slot.{found.name}".replace(".", "_")
            app.add_url_rule(found.url, endpoint, _route_of(app, endpoint, found), host=host)


def _route_of(app: WebApp, endpoint: str, found: Slot) -> Any:  # noqa: ANN401  # a route
    if endpoint in app.view_functions:
        return app.view_functions[endpoint]

    async def show() -> Response:
        collecting()
        html = await fill_slots(Markup(await found.body()))  # noqa: S704  # rendered by a template
        return Response(html, content_type="text/html; charset=utf-8")

    show.__adx_guard__ = found.guard  # type: ignore[attr-defined]  # read by guard_of
    return show


class _Finishing:
    """What is done to every answer."""

    def __init__(self, headers: SecurityHeaders) -> None:
        self._headers = headers

    async def finish(self, response: Response) -> Response:
        visit = current_visit()
        await keep_answer(response)
        if visit.sets_visitor and visit.visitor is not None:
            set_visitor_cookie(response, visit.visitor)
        self._headers.apply(response, visit.kind, signed_in=visit.ctx.person is not None)
        await compress(request, response)
        if not visit.came_before:
            current_body().leave()
        try:
            await current_body().discard()
        except (TimeoutError, ClientDisconnected, RequestTimeout):
            log.debug("web.body_left", path=loggable(request.path))
        return response
