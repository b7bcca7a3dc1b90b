"""A decoder that was taken over reads no secret of the worker, and the worker reads nothing for it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from core.confinement import NOBODY, read_written
from core.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path


async def tried(what: str, where: object = "") -> Any:  # whatever it answers
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.core.confined", what, str(where)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(said.splitlines()[-1])


async def test_a_process_that_hides_is_closed_to_others_of_its_user() -> None:
    assert await tried("open") is True
    assert await tried("hidden") is False


@pytest.mark.parametrize("process", ["worker", "web", "mailbox.server"])
async def test_processes_that_serve_hide_at_a_desk_too(process: str) -> None:
    assert await tried("serving", process) is False


async def test_the_process_that_granian_starts_hides_too() -> None:
    assert await tried("application") is False


async def test_what_hides_is_found_by_its_session_when_its_stack_was_killed() -> None:
    assert await tried("left") == [False, True, False]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
async def test_who_has_become_nobody_has_one_file_to_read_and_one_folder_to_write_into(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir(mode=0o700)
    (tmp_path / "work" / "original").write_bytes(b"jpeg")
    (tmp_path / "secret").write_text("secret")

    found = await tried("nobody", tmp_path)

    assert found.pop("ids") == [NOBODY, NOBODY]
    assert {what for what, may in found.items() if may} == {"reads the original", "writes a picture"}


def test_what_was_drawn_is_read(tmp_path: Path) -> None:
    (tmp_path / "thumbnail.webp").write_bytes(b"webp")
    assert read_written(tmp_path, "thumbnail.webp") == b"webp"


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_only_leads_elsewhere_is_not_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / "secret").write_text("secret")
    place = tmp_path / "thumbnail.webp"
    made = {"link": lambda: place.symlink_to(tmp_path / "secret"), "pipe": lambda: os.mkfifo(place)}
    made.get(kind, place.mkdir)()
    with pytest.raises(OSError, match="thumbnail"):
        read_written(tmp_path, "thumbnail.webp")


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "", ".", "..", "folder/thumbnail.webp"])
def test_a_name_that_steps_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match="not a"):
        read_written(tmp_path / "work", name)
