from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from core.kept import keep, kept

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_kept_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "key"
    assert [kept(path, lambda: "first"), kept(path, lambda: "second")] == ["first", "first"]
    assert path.stat().st_mode & 0o077 == 0
    assert [found.name for found in path.parent.iterdir()] == ["key"]


def test_of_two_who_make_it_at_once_one_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert kept(path, lambda: kept(path, lambda: "other") + " mine") == "other"


def test_an_empty_file_of_a_start_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch()
    assert kept(path, lambda: "made") == "made"


def test_a_writing_that_is_cut_off_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "env"
    keep(path, "before")

    def cut(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(KeyboardInterrupt):
        keep(path, "after")
    assert path.read_text() == "before"
