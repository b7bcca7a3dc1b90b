"""What every feature's pages are made with. A feature imports from here and from nowhere below.

A feature's routes::

    blueprint = feature_blueprint("files")          # templates/files, catalogue "files"

    @blueprint.get("/files")
    @guard(VIEW)                                    # a permission of domain/files/permissions.py; or anyone|pending|
    async def index() -> Response:                  #   signed_in with on="home"|"tenant"|"any"|"usercontent"
        async with unit_of_work("files") as uow:
            files = await FileRepository(uow.session).newest(50)
        return await page("files/index.html", FileListPage(files), fragment="files/_list.html")

    @blueprint.post("/files/<uuid:file_id>/removal")
    @guard(DELETE)
    @limited("removal", hits=60, seconds=60, by=("person",))     # below guard; counts before the route runs
    async def remove(file_id: UUID) -> Response: ...
        return see_other("/files")                  # 303 or its htmx form; reload=True after sign-in and sign-out

- Forms: ``class RegisterForm(Form)`` (WTForms; labels and messages are ``N_()`` of ``N_ = labels_of("auth")``; what is
  typed into fields of one line comes cleaned), ``form = await read_form(RegisterForm)``, ``if not form.validate():
  return await page(..., status=422)``, ``form.refuse(error)`` puts a DomainError beside its field. A form
  has 64 KB and 500 fields at most; ``@large_form(most_bytes=..., most_fields=...)`` below ``guard`` takes more.
- Sending again: what a form does is done once, by the key in ``{{ form_proof() }}`` or of our script. The first
  ``unit_of_work`` that writes claims it; one that only prepares is ``unit_of_work("files", effect=False)``. Routes
  that set cookies say ``@repeats_safely(because="...")`` below ``guard`` (see ``web.kit.submissions``).
- Errors: raise a DomainError; page, message or JSON follow from its kind. Outages become 503 by themselves.
- Slots: ``@slot("files.recent", needed=VIEW)`` on an async function that returns ``render("files/_recent.html",
  model)``; it is also answered at ``/files/recent``. Templates say ``{{ fragment("files.recent") }}``.
  ``fragment(name, lazy=True)`` loads when seen, ``optional=True`` leaves out what no feature offers, ``quiet=True``
  takes no room while it waits.
- Search: ``@searchable("files", title=N_("Files"), needed=VIEW)`` on ``async def find(query: Query) -> Sequence[Hit]``;
  the palette and ``/search`` ask all providers at once.
- Live: ``@live_renderer("run")`` on ``async def show(fact, viewer) -> str | None`` that returns
  ``render_live("runs/_partial.html", model, viewer)``, made of ``<hx-partial>`` elements.
- Events: ``tell(response, EVENT, ...)`` has the page hear an event declared by ``core.live.events.event``, as
  ``uow.publish(EVENT, ...)`` has every open page hear it; parts react by ``hx-trigger="files:changed from:body"``.
- Uploads: ``@streams_body`` below ``guard``; then ``async for part in parts():`` gives UploadedField and UploadedFile,
  or ``async for chunk in request.body``. CSRF comes by header, or as a field before the first file. Bodies that come
  too slowly are refused (``web.kit.body``); ``with patience(seconds):`` stands around storing what came.
- Runs: the cards that ``runs/_card.html`` shows: ``run_cards_of("file", ids)`` of subjects, ``run_card_by_id(run_id)``,
  ``open_run_cards()``, and ``run_card(snapshot, ctx)`` of a snapshot at hand. Asked for at once, told at once:
  ``launch(..., act=act_of(key, size))``, then ``run_groups("files.ingest")`` for ``runs/_groups.html``.
- Charts: ``line_chart(title, labels, [(name, values)])``, ``bar_chart``, ``sparkline(values)``, drawn by
  ``components/chart.html``.
- Drafts: ``@drafts_look(permission)`` on an async function that returns the context with the draft's look;
  ``wear_draft(response)`` and ``take_off_draft(response)`` begin and end it for one browser.
- Telling one person something, on the bell and by mail: ``core.notices.notify`` in the unit of work that it tells of.
- Around: ``static_url(name)``, ``services()``, ``current_context()``, ``current_person()``, ``next_path()``,
  ``session_token()``, ``client_address()``, ``client_site()``, ``mark_browser()``, ``set_session_cookie``,
  ``clear_session_cookie``, ``keep_for_this_session(response)``, ``device_look()``, ``set_device_cookie``,
  ``is_htmx()``, ``wants_fragment()``, ``wants_json()``, ``path_within(url, host)`` of a header that holds an address,
  ``host_cookie(name)`` for a cookie of a feature's own: others are not read.
- In templates: ``ctx`` (``ctx.may("files.upload")``), ``request``, ``_``, ``ngettext``, ``say``, ``static_url(name)``,
  ``theme_url(key)``, ``home_url(path)``, ``form_proof()``, ``csrf_token()``, ``fragment(name)``,
  ``kept(template, name=value)``, ``dom_id(kind, key)``, ``rereads(path, event)``, ``person_mark()``, ``live_after()``,
  ``has_feature(name)``, ``offered(menu)``, ``here(pages)``, ``all_languages()``.
"""

from core.errors import DomainError
from web.kit.blueprint import FeatureBlueprint, feature_blueprint
from web.kit.body import patience, streams_body
from web.kit.charts import Chart, Sparkline, bar_chart, line_chart, sparkline
from web.kit.cookies import host_cookie
from web.kit.csrf import check_token
from web.kit.drafts import drafts_look, take_off_draft, wear_draft
from web.kit.errors import wants_json
from web.kit.form_body import large_form
from web.kit.forms import Form, form_value, form_values, labels_of, one_line, read_form
from web.kit.guards import guard
from web.kit.limits import client_site, limited
from web.kit.live import live_renderer
from web.kit.menus import has_feature, offered
from web.kit.pages import is_htmx, next_path, page, render, render_live, see_other, tell, wants_fragment
from web.kit.run_cards import (
    act_of,
    open_run_cards,
    run_card,
    run_card_by_id,
    run_cards_of,
    run_entries,
    run_group,
    run_groups,
)
from web.kit.searching import Group, Hit, Query, search, searchable
from web.kit.security import (
    clear_session_cookie,
    keep_for_this_session,
    set_device_cookie,
    set_session_cookie,
)
from web.kit.services import Services, services, static_url
from web.kit.slots import slot
from web.kit.submissions import claim_submission, repeats_safely
from web.kit.templates import dom_id
from web.kit.text_editing import edit_texts, edits_texts_here
from web.kit.uploads import UploadedField, UploadedFile, parts
from web.kit.urls import path_within
from web.kit.visit import (
    client_address,
    current_context,
    current_person,
    device_look,
    mark_browser,
    session_token,
    unit_of_work,
)

__all__ = [
    "Chart",
    "DomainError",
    "FeatureBlueprint",
    "Form",
    "Group",
    "Hit",
    "Query",
    "Services",
    "Sparkline",
    "UploadedField",
    "UploadedFile",
    "act_of",
    "bar_chart",
    "check_token",
    "claim_submission",
    "clear_session_cookie",
    "client_address",
    "client_site",
    "current_context",
    "current_person",
    "device_look",
    "dom_id",
    "drafts_look",
    "edit_texts",
    "edits_texts_here",
    "feature_blueprint",
    "form_value",
    "form_values",
    "guard",
    "has_feature",
    "host_cookie",
    "is_htmx",
    "keep_for_this_session",
    "labels_of",
    "large_form",
    "limited",
    "line_chart",
    "live_renderer",
    "mark_browser",
    "next_path",
    "offered",
    "one_line",
    "open_run_cards",
    "page",
    "parts",
    "path_within",
    "patience",
    "read_form",
    "render",
    "render_live",
    "repeats_safely",
    "run_card",
    "run_card_by_id",
    "run_cards_of",
    "run_entries",
    "run_group",
    "run_groups",
    "search",
    "searchable",
    "see_other",
    "services",
    "session_token",
    "set_device_cookie",
    "set_session_cookie",
    "slot",
    "sparkline",
    "static_url",
    "streams_body",
    "take_off_draft",
    "tell",
    "unit_of_work",
    "wants_fragment",
    "wants_json",
    "wear_draft",
]
