from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli

from web.kit.static import StaticFiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.visitor import Visitor


async def test_a_file_is_found_by_its_content_and_kept_for_ever(new_visitor: Callable[[], Visitor]) -> None:
    url = StaticFiles().url("css/app.css")
    visitor = new_visitor()
    plain = await visitor.get(url, Accept_Encoding="identity")
    packed = await visitor.get(url, Accept_Encoding="gzip, br")
    assert plain.status == packed.status == 200
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-encoding"] == "br"
    assert packed.content == plain.content
    assert plain.headers["content-type"] == "text/css; charset=utf-8"
    assert plain.content.startswith(b"/* The order of the layers")


async def test_older_addresses_answer_but_are_not_kept_and_unknown_ones_do_not(
    new_visitor: Callable[[], Visitor],
) -> None:
    visitor = new_visitor()
    older = await visitor.get("/static/0000000000000000/css/app.css")
    assert (older.status, older.headers["cache-control"]) == (200, "no-store")
    for path in ("/static/x/nothing.css", "/static/x/../../pyproject.toml", "/static/", "/static/x/%2e%2e/kit/app.py"):
        assert (await visitor.get(path)).status == 404


def test_layers_are_joined_in_order_and_packed(tmp_path: Path) -> None:
    folder = tmp_path / "web" / "static" / "css"
    folder.mkdir(parents=True)
    (folder / "20-b.css").write_text("b{}")
    (folder / "10-a.css").write_text("a{}")
    files = StaticFiles(tmp_path)
    asset = files._assets["css/app.css"]
    assert asset.plain == b"a{}\nb{}"
    assert brotli.decompress(asset.br or b"") == asset.plain
    assert gzip.decompress(asset.gzip or b"") == asset.plain


def test_in_development_a_change_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "web" / "static" / "css"
    folder.mkdir(parents=True)
    (folder / "10-a.css").write_text("a{}")
    files = StaticFiles(tmp_path, watch=True)
    before = files.url("css/app.css")
    (folder / "10-a.css").write_text("a{color:red}")
    files._looked_at = 0
    assert files.url("css/app.css") != before
