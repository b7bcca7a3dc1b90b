"""The pages of branding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response, request

from core.ids import new_id
from core.messages import messages_of
from domain.branding import service
from domain.branding.permissions import CHANGE
from domain.branding.types import TestMail
from web.branding import live, pictures, published, trial  # noqa: F401  # bring their routes
from web.branding.blueprint import blueprint
from web.branding.editor import (
    dressed,
    editor_page,
    keep,
    launch_publication,
    preview_of,
    read_brand_form,
)
from web.branding.originals import erase_unneeded
from web.kit import (
    current_context,
    current_person,
    guard,
    limited,
    page,
    repeats_safely,
    see_other,
    unit_of_work,
    wear_draft,
)
from workflows.branding.start import start_test_mail

if TYPE_CHECKING:
    from web.branding.forms import BrandForm

N_ = messages_of("branding")

EDITOR = "/admin/branding"
UNPROCESSABLE = 422


@blueprint.get("/admin/branding")
@guard(CHANGE)
async def index() -> Response:
    """Show the editor with the draft, a preview and the versions so far."""
    return await page("branding/index.html", await editor_page(), fragment="branding/_versions.html")


@blueprint.get("/admin/branding/preview")
@guard(CHANGE)
async def preview() -> Response:
    """Show what the choices of the form would look like, and what of it can be read; nothing is written."""
    return await page("branding/_preview.html", await preview_of(request.args))


@blueprint.get("/admin/branding/preview.css")
@guard(CHANGE)
async def preview_sheet() -> Response:
    """Answer with the sheet that dresses the preview: the theme's tokens and the brand's, for that part of the page."""
    return Response(dressed(request.args), content_type="text/css; charset=utf-8")


@blueprint.post("/admin/branding/draft")
@guard(CHANGE)
async def save() -> Response:
    """Keep the choices. Colours that cannot be read are kept too: it is a draft."""
    form = await read_brand_form()
    if not form.validate():
        return await _refused(form)
    await keep(form)
    return see_other(f"{EDITOR}?saved=1")


@blueprint.post("/admin/branding/trial")
@guard(CHANGE)
@repeats_safely(because="its answer is a cookie, and a draft is the same twice")
async def begin_trial() -> Response:
    """Keep the choices and show them to this browser on every page."""
    form = await read_brand_form()
    if not form.validate():
        return await _refused(form)
    await keep(form)
    response = see_other("/", reload=True)
    wear_draft(response)
    return response


@blueprint.post("/admin/branding/publication")
@guard(CHANGE)
@limited("branding.publication", hits=30, seconds=600, by=("tenant",))
async def publish() -> Response:
    """Keep the choices and have them published, unless something cannot be read."""
    form = await read_brand_form()
    if not form.validate() or form.refuse_contrast():
        return await _refused(form)
    await launch_publication(form)
    return see_other(EDITOR)


@blueprint.post("/admin/branding/versions/<int:number>/restoration")
@guard(CHANGE)
async def restore(number: int) -> Response:
    """Go back to an earlier version, at once."""
    async with unit_of_work("branding") as uow:
        await service.go_back(uow, current_person().id, number)
    await erase_unneeded()
    return see_other(EDITOR)


@blueprint.post("/admin/branding/removal")
@guard(CHANGE)
async def remove() -> Response:
    """Go back to the theme's own look, at once."""
    async with unit_of_work("branding") as uow:
        await service.take_off(uow)
    return see_other(EDITOR)


@blueprint.post("/admin/branding/draft/removal")
@guard(CHANGE)
async def discard() -> Response:
    """Begin again with what is published."""
    async with unit_of_work("branding") as uow:
        await service.begin_again(uow, current_person().id)
    await erase_unneeded()
    return see_other(EDITOR)


@blueprint.post("/admin/branding/mails")
@guard(CHANGE)
@limited("branding.mails", hits=10, seconds=600, by=("person",))
async def send_mail() -> Response:
    """Send the admin a mail with the brand that is published."""
    person, ctx = current_person(), current_context()
    mail = TestMail(ctx.tenant_id, person.id, person.name, person.email, ctx.locale)
    async with unit_of_work("branding") as uow:
        await start_test_mail(uow, mail, key=new_id())
    return see_other(EDITOR)


async def _refused(form: BrandForm) -> Response:
    return await page("branding/index.html", await editor_page(form), status=UNPROCESSABLE)
