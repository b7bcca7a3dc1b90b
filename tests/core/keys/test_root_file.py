"""The root key in a file: for its owner alone, replaced without losing what it has wrapped."""

# ruff: noqa: ASYNC240  # small files of a test
from __future__ import annotations

import asyncio
import os
import stat
from typing import TYPE_CHECKING

import pytest

from core.keys.root_file import RootFile, RootKeyError, make, problem_with

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "etc" / "root_key"
    assert make(made)
    return made


async def test_a_wrapped_key_opens_in_its_context_alone(path: Path) -> None:
    wrapped = await RootFile(path).wrap(KEY, "tenant/1")
    assert KEY not in wrapped
    assert await RootFile(path).unwrap(wrapped, "tenant/1") == KEY
    with pytest.raises(RootKeyError, match="tenant/2"):
        await RootFile(path).unwrap(wrapped, "tenant/2")
    with pytest.raises(RootKeyError):
        await RootFile(path).unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]), "tenant/1")


async def test_a_new_root_wraps_and_the_old_one_opens_in_processes_that_run_already(path: Path) -> None:
    running = RootFile(path)
    old = await running.wrap(KEY, "x")
    added = RootFile(path).add()
    new = await running.wrap(KEY, "x")
    assert running.newest() == added
    assert bytes.fromhex(added) in new
    assert bytes.fromhex(added) not in old
    assert [await running.unwrap(wrapped, "x") for wrapped in (old, new)] == [KEY, KEY]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_root_that_is_lost_is_named(path: Path) -> None:
    wrapped = await RootFile(path).wrap(KEY, "x")
    path.unlink()
    make(path)
    with pytest.raises(RootKeyError, match=wrapped[1:9].hex()):
        await RootFile(path).unwrap(wrapped, "x")


async def test_processes_that_start_at_once_make_one_file(tmp_path: Path) -> None:
    path = tmp_path / "root_key"
    made = await asyncio.gather(*(asyncio.to_thread(make, path) for _ in range(20)))
    assert made.count(True) == 1
    assert [found.name for found in tmp_path.iterdir()] == ["root_key"]
    assert len(path.read_text().splitlines()) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_a_file_that_others_can_reach_is_refused(path: Path, mode: int) -> None:
    assert problem_with(path) is None
    path.chmod(mode)
    assert "can be read by others" in (problem_with(path) or "")


async def test_it_is_refused_while_it_is_in_use_too(path: Path) -> None:
    root = RootFile(path)
    await root.wrap(KEY, "x")
    path.chmod(0o644)
    with pytest.raises(RootKeyError, match="others"):
        await root.wrap(KEY, "x")


def test_a_file_that_is_not_there_or_none_is_refused(path: Path) -> None:
    assert "cannot be read" in (problem_with(path.with_name("other")) or "")
    assert problem_with(path.parent) == "is no file"


def test_a_file_inside_the_state_folder_is_refused_by_whatever_way_it_is_named(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path)
    for named in (path, link, path.parent / ".." / "etc" / "root_key"):
        assert "state folder" in (problem_with(named, outside=path.parent) or "")
    assert problem_with(path, outside=tmp_path / "elsewhere") is None


@pytest.mark.parametrize("content", ["", "\n", "no key", "aa bb cc\n", "00 zz\n"])
async def test_a_file_with_something_else_in_it_is_refused(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(RootKeyError):
        await RootFile(path).wrap(KEY, "x")


def test_a_file_of_somebody_else_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = path.stat()
    theirs = os.stat_result([4321 if place == stat.ST_UID else found[place] for place in range(10)])
    monkeypatch.setattr(type(path), "stat", lambda _: theirs)
    assert problem_with(path) == "belongs to another user"
