"""What a process keeps on the disk for a while is gone with it, also when it was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.scratch import SECONDS_TO_LOCK, clear_scratch, scratch
from core.settings import ROOT

HOLD = """
import sys, time
from core.scratch import scratch
with scratch() as folder:
    (folder / "original").write_bytes(b"a person's")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def make_old(folder: Path) -> None:
    long_ago = time.time() - SECONDS_TO_LOCK - 1
    os.utime(folder, (long_ago, long_ago))


def test_it_is_gone_afterwards(tmp_path: Path) -> None:
    with scratch() as folder:
        (folder / "original").write_bytes(b"a person's")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_taken_away_and_what_a_living_one_uses_is_kept(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        left = Path(holder.stdout.readline().decode().strip())
        make_old(left)
        assert clear_scratch() == 0
        assert (left / "original").exists()
        holder.kill()
        holder.wait()
    assert clear_scratch() == 1
    assert not left.exists()


def test_a_folder_that_was_made_just_now_is_kept(tmp_path: Path) -> None:
    (tmp_path / "adx-scratch-new").mkdir()
    assert clear_scratch() == 0


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (tmp_path / "adx-scratch-link").symlink_to(elsewhere)
    make_old(elsewhere)
    assert clear_scratch() == 0
    assert (elsewhere / "kept").exists()
