"""Every route that changes something does it once for one key, and every form brings a key; but for a list by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from core.db.submission import GivenAnswer, SubmittedError
from core.ids import new_id
from core.submissions import Submissions
from tests.security.actors import HOME
from tests.security.routes import Route, routes_of
from web.kit.submissions import is_repeated_safely, repeats_safely

if TYPE_CHECKING:
    import pytest

    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from web.kit.app import WebApp

DONE_AGAIN = {
    ("home", "POST", "/login"), ("home", "POST", "/logout"), ("tenant", "POST", "/logout"),
    ("home", "POST", "/verify/<token>"), ("home", "POST", "/tenants/<slug>/entry"),
    *((host, "POST", f"/preferences/{what}") for host in ("home", "tenant")
      for what in ("colour-scheme", "language", "theme", "timezone")),
    ("tenant", "POST", "/admin/branding/trial"), ("tenant", "POST", "/admin/branding/trial/removal"),
    ("tenant", "POST", "/admin/translations/context"), ("tenant", "POST", "/admin/translations/context/end"),
}  # fmt: skip
"""What is done again when it is sent again: its answer is a cookie or a code, which is never kept."""

TEMPLATES = Path("templates")
POSTS = re.compile(r'<form[^>]*method="post"', re.IGNORECASE)
GIVEN = GivenAnswer(299, {"Content-Type": "text/plain"}, b"as it was then")


async def test_every_unsafe_route_answers_a_key_that_was_used_as_it_did_then(
    app: WebApp, in_tenant: dict[str, Visitor], at_home: dict[str, Visitor], two_tenants: TwoTenants,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    acme = two_tenants.acme.url("")
    home = f"http://{HOME}"
    tokens = {
        "tenant": (in_tenant["owner"], acme, await _token(in_tenant["owner"], f"{acme}/")),
        "home": (at_home["signed in"], home, await _token(at_home["signed in"], f"{home}/sessions")),
    }
    monkeypatch.setattr(Submissions, "check", _found)
    reached = set()
    for route in routes_of(app):
        if route.method in {"GET", "HEAD"} or route.key in DONE_AGAIN:
            continue
        visitor, base, token = tokens[route.host]
        answer = await visitor.post(base + route.path(new_id()), Idempotency_Key="k" * 22, X_CSRF_Token=token)
        assert (route.key, answer.status, answer.content) == (route.key, 299, GIVEN.body)
        reached.add(route.key)
    assert reached


async def test_every_form_on_a_page_has_a_key_of_its_own(
    app: WebApp, in_tenant: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    keys = []
    for route in routes_of(app):
        if route.host != "tenant" or route.method != "GET" or "<" in route.rule:
            continue
        answer = await in_tenant["owner"].get(two_tenants.acme.url(route.rule))
        if answer.status != 200 or not answer.headers["content-type"].startswith("text/html"):  # OK
            continue
        for form in answer.html.all("form", method="post"):
            keys += [field.attributes["value"] for field in [form.one("input", name="idempotency_key")]]
    assert keys
    assert len(set(keys)) == len(keys)


def test_what_is_done_again_is_on_the_list(app: WebApp) -> None:
    assert _unlisted(app) == set()


def test_a_route_that_opts_out_is_noticed(app: WebApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async def planted() -> str:
        return ""

    monkeypatch.setitem(app.view_functions, "tenants.create", repeats_safely(because="planted")(planted))
    assert _unlisted(app) == {("home", "POST", "/tenants")}


def test_every_form_that_changes_something_brings_its_key() -> None:
    bare = [str(path) for path in TEMPLATES.rglob("*.html") if _bare_forms(path.read_text())]
    assert bare == []


def test_a_form_without_a_key_is_noticed() -> None:
    planted = '<form method="post" action="/x"><input name="csrf_token" value="{{ csrf_token() }}"></form>'
    assert _bare_forms(planted)
    assert not _bare_forms('<form method="post" action="/x">{{ form_proof() }}</form>')


def _bare_forms(template: str) -> list[str]:
    forms = [part.partition("</form>")[0] for part in POSTS.split(template)[1:]]
    return [form for form in forms if "form_proof()" not in form]


def _unlisted(app: WebApp) -> set[tuple[str, str, str]]:
    declared = set()
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            if is_repeated_safely(app.view_functions[rule.endpoint]):
                declared.add(Route(rule.host or "", method, rule.rule).key)
    return declared ^ DONE_AGAIN


async def _token(visitor: Visitor, url: str) -> str:
    body = (await visitor.get(url)).html.one("body")
    token: str = json.loads(body.attributes["hx-headers:inherited"])["X-CSRF-Token"]
    return token


async def _found(_: Submissions, __: object) -> None:
    raise SubmittedError(GIVEN)
