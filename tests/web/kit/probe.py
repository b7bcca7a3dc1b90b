"""A small feature of no use but to try the kit on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
from markupsafe import Markup
from quart import Response, request
from redis.exceptions import ConnectionError as RedisConnectionError
from wtforms import StringField
from wtforms.validators import DataRequired

from core import errors
from core.ids import new_id
from core.messages import messages_of
from core.permissions import ADMINS, Permission
from entrypoints.manifest import Feature
from web.kit import (
    Form,
    UploadedFile,
    current_context,
    feature_blueprint,
    form_value,
    guard,
    limited,
    live_renderer,
    page,
    parts,
    patience,
    read_form,
    repeats_safely,
    see_other,
    slot,
    streams_body,
    unit_of_work,
)
from web.kit.slots import collecting, fill_slots, fragment

if TYPE_CHECKING:
    from core.live import Fact, LiveViewer

N_ = messages_of("probe")

REFUSALS: dict[str, type[errors.DomainError]] = {
    kind.kind: kind
    for kind in (
        errors.NotFoundError, errors.ConflictError, errors.RefusedError, errors.InvalidError, errors.QuotaError,
        errors.UnavailableError, errors.TooManyError, errors.TooLargeError, errors.UnsupportedError,
    )
}  # fmt: skip
OUTAGES = {
    "redis": RedisConnectionError("no route"),
    "database": ConnectionRefusedError("no route"),
    "starting": asyncpg.CannotConnectNowError("the database system is starting up"),
    "slow": TimeoutError(),
}

PROBING = Permission("probe.try", N_("Probe"), N_("Try the kit."), ADMINS)
FEATURE = Feature(name="probe", title=N_("Probe"), permissions=(PROBING,))

blueprint = feature_blueprint("probe")
evaluated: list[str] = []


class NoteForm(Form):
    text = StringField("Text", [DataRequired()])


@blueprint.get("/probe/page")
@guard("signed_in", on="tenant")
async def show() -> Response:
    model = {"status": 200, "message": current_context().tenant.slug, "reference": None, "retry_after": None}
    return await page("layouts/error.html", model, fragment="kit/_toast.html", text="the part", tone="info")


@blueprint.get("/probe/admins")
@guard(PROBING)
async def admins() -> Response:
    return Response("for admins")


@blueprint.get("/probe/where")
@guard("anyone", on="home")
async def at_home() -> Response:
    return Response("home")


@blueprint.get("/probe/where", endpoint="where_tenant")
@guard("anyone", on="tenant")
async def at_tenant() -> Response:
    return Response("tenant")


@blueprint.get("/probe/refusal/<kind>")
@guard("signed_in", on="tenant")
async def refuse(kind: str) -> Response:
    code = request.args.get("code", "probe_code")
    raise REFUSALS[kind](N_("No: {reason}.", reason="<b>because</b>"), code=code, field="text", retry_after=7)


@blueprint.route("/probe/outage/<which>", methods=["GET", "POST"])
@guard("signed_in", on="tenant")
async def outage(which: str) -> Response:
    raise OUTAGES[which]


@blueprint.get("/probe/mistake")
@guard("signed_in", on="tenant")
async def mistake() -> Response:
    raise ZeroDivisionError("a secret of the code")


@blueprint.get("/probe/hang")
@guard("signed_in", on="tenant")
async def hang() -> Response:
    await asyncio.sleep(60)
    return Response("never")


class Door:
    """What :func:`behind_the_door` waits for; and what was counted meanwhile."""

    def __init__(self) -> None:
        self.knocked = asyncio.Event()
        self.open = asyncio.Event()
        self.counted = 0


door = Door()


@blueprint.get("/probe/door")
@guard("signed_in", on="tenant")
async def behind_the_door() -> Response:
    here = door
    here.knocked.set()
    try:
        await here.open.wait()
    except asyncio.CancelledError:
        if "stubborn" not in request.args:
            raise
        await here.open.wait()
    return Response("open")


@blueprint.get("/probe/counted")
@guard("signed_in", on="tenant")
async def counted() -> Response:
    door.counted += 1
    return Response("counted")


@blueprint.get("/probe/patient")
@guard("signed_in", on="tenant")
async def take_time() -> Response:
    with patience(30):
        await asyncio.sleep(0.9)
    await asyncio.sleep(float(request.args["then"]))
    return Response("stored")


@blueprint.post("/probe/notes")
@guard("signed_in", on="tenant")
async def note() -> Response:
    form = await read_form(NoteForm)
    if not form.validate():
        return Response("; ".join(str(error) for error in form.text.errors), status=422)
    return see_other("/probe/page")


@blueprint.post("/probe/sign-in")
@guard("signed_in", on="tenant")
async def sign_in() -> Response:
    return see_other("/probe/page", reload=True)


@blueprint.post("/probe/guess")
@guard("anyone", on="tenant")
@limited("probe", hits=10, seconds=300, by=("account:email",))
async def guess() -> Response:
    evaluated.append((await request.form)["email"])
    return Response("wrong")


@blueprint.post("/probe/uploads")
@guard("signed_in", on="tenant")
@streams_body
async def upload() -> Response:
    sizes = []
    async for part in parts():
        if isinstance(part, UploadedFile):
            sizes.append(f"{part.filename}={sum([len(chunk) async for chunk in part.chunks])}")
        else:
            sizes.append(f"{part.field}:{part.value}")
    return Response(" ".join(sizes))


@blueprint.get("/probe/slots")
@guard("signed_in", on="tenant")
async def slots() -> Response:
    collecting()
    names = ("probe.quick", "probe.late", "probe.broken", "elsewhere.recent")
    return Response(await fill_slots(Markup("<main id='main'>") + Markup("").join(map(fragment, names))))


@slot("probe.quick")
async def quick() -> str:
    return Markup("<p>quick</p>")


@slot("probe.late", url="/probe/late")
async def late() -> str:
    await asyncio.sleep(5)
    return Markup("<p>late</p>")


@slot("probe.broken")
async def broken() -> str:
    raise ZeroDivisionError


@live_renderer("probe")
async def render_probe(fact: Fact, viewer: LiveViewer) -> str | None:
    if fact.key == "broken":
        raise ZeroDivisionError
    return f'<hx-partial hx-target="#probe"><p lang="{viewer.locale}">{fact.key}</p>\n</hx-partial>'


class Counter:
    """What happens at :func:`count_up`: it may fail before or after its commit, and wait within its transaction."""

    def __init__(self) -> None:
        self.fails_within = self.fails_after = False
        self.inside = asyncio.Semaphore(0)
        self.go_on = asyncio.Event()
        self.go_on.set()


counter = Counter()


@blueprint.post("/probe/counts")
@guard("signed_in", on="tenant")
async def count_up() -> Response:
    name = await form_value("name")
    here = counter
    async with unit_of_work("files", effect=False) as uow:
        await uow.once(f"probe/prepared/{name}")
    async with unit_of_work("files") as uow:
        await uow.is_claimed("probe")
    async with unit_of_work("files") as uow:
        await uow.once(f"probe/{name}/{new_id()}")
        here.inside.release()
        await here.go_on.wait()
        if here.fails_within:
            raise TimeoutError
    if here.fails_after:
        raise TimeoutError
    return tell_of(name)


@blueprint.post("/probe/cookies")
@guard("signed_in", on="tenant")
@repeats_safely(because="its answer is a cookie")
async def set_a_cookie() -> Response:
    async with unit_of_work("files") as uow:
        await uow.once(f"probe/cookie/{new_id()}")
    response = Response("set")
    response.set_cookie("probe", "1")
    return response


def tell_of(name: str) -> Response:
    if name == "elsewhere":
        return see_other("/probe/page")
    return Response(f"{name}: {new_id()}", status=201)
