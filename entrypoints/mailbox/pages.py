"""The mailbox as a page: what was caught, newest first, and one mail in full. For developers, so in English only."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from quart import Quart, Response, abort, jsonify, redirect, render_template, request

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as WerkzeugResponse

    from entrypoints.mailbox.store import MailStore

POLICY = "; ".join(
    [
        "default-src 'none'",
        *("style-src 'self'", "frame-src 'self'", "form-action 'self'"),
        *("base-uri 'none'", "frame-ancestors 'self'"),
    ]
)
# A mail's own styles are shown; whatever else it brings stays dead.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups"
)
HOSTS = frozenset({"localhost", "127.0.0.1"})


def create_mailbox(store: MailStore) -> Quart:
    """Build the application over one store of mails."""
    app = Quart(__name__, template_folder=str(Path(__file__).parent / "templates"), static_folder=None)
    _harden(app)
    _add_pages(app, store)
    _add_data(app, store)
    return app


def _harden(app: Quart) -> None:
    @app.before_request
    def refuse_foreign_hosts() -> None:
        # A page elsewhere could otherwise read the mails by pointing its own name at this machine.
        if request.host.partition(":")[0] not in HOSTS:
            abort(421)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response


def _add_pages(app: Quart, store: MailStore) -> None:
    @app.get("/")
    async def index() -> str:
        return await render_template("index.html", mails=store.newest())

    @app.get("/mails/<mail_id>")
    async def show(mail_id: str) -> str:
        return await render_template("show.html", mail=store.get(mail_id) or abort(404))

    @app.get("/mails/<mail_id>/body")
    async def body(mail_id: str) -> Response:
        mail = store.get(mail_id) or abort(404)
        policy = {"Content-Security-Policy": MAIL_POLICY}
        return Response(mail.html, content_type="text/html; charset=utf-8", headers=policy)

    @app.get("/mailbox.css")
    async def style() -> Response:
        text = (Path(__file__).parent / "templates" / "mailbox.css").read_text()
        return Response(text, content_type="text/css; charset=utf-8")

    @app.post("/removal")
    async def clear() -> WerkzeugResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            abort(403)
        store.clear()
        return redirect("/", 303)


def _add_data(app: Quart, store: MailStore) -> None:
    @app.get("/mails.json")
    async def mails() -> Response:
        found = store.newest(recipient=request.args.get("to", ""))
        return jsonify([asdict(mail) | {"date": mail.date.isoformat() if mail.date else None} for mail in found])
