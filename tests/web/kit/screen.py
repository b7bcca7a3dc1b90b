"""Pages to try the scripts on: the real layout, with a few things in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from markupsafe import Markup
from quart import Response

from core.errors import TooLargeError, TooManyError
from core.messages import messages_of
from web.kit import UploadedFile, feature_blueprint, guard, live_renderer, parts, render, slot, streams_body
from web.kit.csrf import csrf_token
from web.kit.slots import collecting, fill_slots, fragment

if TYPE_CHECKING:
    from core.live import Fact, LiveViewer

N_ = messages_of("screen")

blueprint = feature_blueprint("screen")

state = {"seq": 1, "reads": 0, "broken": 0, "crowded": 0}

MAIN = """
<h1>{title}</h1>
<article id="run-x" data-seq="{seq}" data-state="running">{seq}</article>
<a id="there" href="/screen/there">there</a> <a id="late" href="/screen/late">late</a>
<button id="opener" type="button" data-dialog-open="ask">ask</button>
<dialog id="ask"><form method="dialog"><button id="closer" data-dialog-close>close</button></form></dialog>
<details class="menu" data-menu id="menu"><summary>menu</summary><p>inside</p></details>
<button id="copier" type="button" data-copy="copied text">copy</button>
<form id="typing" method="post" action="/screen"><input name="text" id="text"></form>
<form id="upload" method="post" action="/screen/uploads" enctype="multipart/form-data" hx-boost="false" data-upload
      data-upload-sending="Uploading"
      data-upload-many="{{done}} of {{total}} uploaded"
      data-upload-progress="Uploading: {{percent}}" data-upload-begun="Uploading {{name}}"
      data-upload-told="{{label}}: {{value}}" data-upload-waiting="Waiting"
      data-upload-sent="Received" data-upload-failed="Not uploaded">
  <input type="hidden" name="csrf_token" value="{token}">
  <div data-upload-zone><input type="file" name="file" id="files" multiple></div>
  <ul data-upload-rows></ul>
  <template data-upload-row><li><b data-upload-name></b> <i data-upload-state></i>
    <button type="button" data-upload-cancel>cancel</button>
    <button type="button" data-upload-retry hidden>again</button>
    <progress max="100" value="0"></progress></li></template>
</form>
"""


@live_renderer("screen")
async def show_run(fact: Fact, _viewer: LiveViewer) -> str:
    seq = fact.params["number"]
    told = f' data-announce="Run x: {fact.key}"' if fact.key == "done" else ""
    return (
        f'<hx-partial hx-target="#run-x" hx-swap="outerMorph">'
        f'<article id="run-x" data-seq="{seq}" data-state="{fact.key}"{told}>{seq}</article></hx-partial>'
    )


@blueprint.get("/screen")
@guard("signed_in", on="tenant")
async def here() -> Response:
    state["reads"] += 1
    return await whole("Here")


@blueprint.get("/screen/there")
@guard("signed_in", on="tenant")
async def there() -> Response:
    return await whole("There")


@blueprint.get("/screen/late")
@guard("signed_in", on="tenant")
async def late() -> Response:
    """Read the state, then take a while to arrive."""
    answer = await whole("Late")
    await asyncio.sleep(1)
    return answer


@blueprint.post("/screen/uploads")
@guard("signed_in", on="tenant")
@streams_body
async def upload() -> Response:
    name, size = "", 0
    async for part in parts():
        if isinstance(part, UploadedFile):
            size = sum([len(chunk) async for chunk in part.chunks])
            if part.filename.startswith("refused"):
                raise TooLargeError(N_("Too large for this tenant."))
            if state["crowded"]:
                raise TooManyError(N_("Too many."), retry_after=1)
            if part.filename.startswith("lost") and state["broken"]:
                raise ZeroDivisionError
            name = part.filename
    return Response(f'<article id="run-{name[0]}" data-seq="1">{name}: {size}</article>', content_type="text/html")


@blueprint.get("/screen/slots")
@guard("signed_in", on="tenant")
async def slots() -> Response:
    return await whole("Slots", "screen.raises", "screen.hangs", "screen.fine")


@slot("screen.raises")
async def raises() -> str:
    if state["broken"]:
        raise ZeroDivisionError
    return "<p id='mended'>mended</p>"


@slot("screen.hangs")
async def hangs() -> str:
    await asyncio.sleep(0.6)
    return "<p id='late-part'>late</p>"


@slot("screen.fine")
async def fine() -> str:
    return "<p id='fine-part'>fine</p>"


async def whole(title: str, *more: str) -> Response:
    collecting()
    slots = "".join(str(fragment(name)) for name in ("elsewhere.recent", *more))
    content = MAIN.format(title=title, seq=state["seq"], token=csrf_token()) + slots
    html = str(render("layouts/base.html")).replace("</main>", f"{content}</main>")
    filled = await fill_slots(Markup(html))  # noqa: S704  # our own
    return Response(filled, content_type="text/html; charset=utf-8")
