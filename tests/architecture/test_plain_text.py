from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.architecture.plain_text import prints_as_it_is, uncleaned

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_printed_is_spelt_out_first() -> None:
    assert prints_as_it_is() == []


def test_what_people_type_goes_through_the_one_cleaner() -> None:
    assert uncleaned() == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("found = (await request.files).get('file')", "takes files from a request"),
        ("shown = [c for c in name if c.isprintable()]", "calls c.isprintable"),
        ("shown = [c for c in name if unicodedata.category(c) != 'Cc']", "calls unicodedata.category"),
    ],
)
def test_what_gets_past_it_is_told(tmp_path: Path, line: str, fault: str) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "new.py").write_text(line)
    assert fault in uncleaned(tmp_path)[0]


@pytest.mark.parametrize("line", ["print(name)", "typer.echo(name)", "sys.stdout.write(name)"])
def test_what_is_printed_as_it_is_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "entrypoints").mkdir()
    (tmp_path / "entrypoints" / "new.py").write_text(line)
    assert prints_as_it_is(tmp_path) == [f"entrypoints/new.py:1: {line.partition('(')[0]}"]
