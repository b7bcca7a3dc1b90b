"""A decoder that a file has taken over finds every door shut, and nothing of it is left when its job ends."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
import pytest

from activities.files.drawing.studio import Desk, DrawingError
from core.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from core.settings import Settings

    Opened = Callable[..., "Desk"]

PLAIN = 12345
"""A user of the machine who owns nothing."""

IS_ROOT = os.geteuid() == 0
USERS = [("--user", str(PLAIN)), ()] if IS_ROOT else [()]
OPEN_WITHOUT_WALLS = [
    *("connects to Valkey", "connects to PostgreSQL", "connects to a unix socket", "connects to an abstract socket"),
    *("sends a datagram", "listens", "reads /etc/passwd", "lists /", "writes into /tmp", "lists processes", "forks"),
    *("leaves its session", "shares memory", "calls socket", "calls shmget", "calls memfd_create"),
]
SYSTEMS = [(), ("--without-rooms",)]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are those of the Linux kernel")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for one job, as the worker makes them; whoever the desk runs as owns it."""
    folder = Path(tempfile.mkdtemp(prefix="adx-file-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def desk_of(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Any]]:
    """Opens the product's own drawing process, taken over."""
    start, opened = asyncio.create_subprocess_exec, []

    async def taken_over(*command: str, **options: Any) -> asyncio.subprocess.Process:
        hostile = ["tests.security.hostile" if part == "activities.files.drawing.process" else part for part in command]
        return await start(*hostile, *flags, **options)

    flags: tuple[str, ...] = ()

    async def open_one(*wanted: str, lenient: bool = False) -> Desk:
        nonlocal flags
        flags = wanted
        opened.append(await Desk.open(lenient=lenient))
        return opened[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", taken_over)
    yield open_one
    for desk in opened:
        desk.close()
        await desk._process.wait()


@pytest.fixture
def surroundings(settings: Settings, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What stands around a drawing in a worker: servers, stored files and mails, other jobs, other processes."""
    other = Path(tempfile.mkdtemp(prefix="adx-file-"))
    for path in (tmp_path / "storage", tmp_path / "mail", other):
        path.mkdir(exist_ok=True)
        path.chmod(0o777)
        (path / "secret").write_text("secret")
        (path / "secret").chmod(0o666)
    with _listening(str(other / "socket")) as unix, _listening(f"\0adx-{os.getpid()}") as abstract:
        victim = subprocess.Popen(["sleep", "600"], env={"SECRET": "x"}, **_as_plain())
        ports = {"Valkey": settings.redis_url, "PostgreSQL": settings.database_url}
        yield {
            "attack": "doors",
            "victim": victim.pid,
            "desk": os.getpid(),
            "unix": unix.getsockname(),
            "abstract": abstract.getsockname()[1:].decode(),
            "ports": {name: urlsplit(url).port for name, url in ports.items()},
            "files": [str(path / "secret") for path in (tmp_path / "storage", tmp_path / "mail", other)]
            + ["/etc/passwd", "/etc/hostname", "/proc/self/environ", str(ROOT / "core" / "settings.py")],
            "folders": [str(path) for path in (tmp_path / "storage", tmp_path / "mail", other)]
            + ["/", "/tmp", "/etc", "/home", "/dev/shm", str(ROOT)],  # noqa: S108
        }
        victim.kill()
        victim.wait()
    shutil.rmtree(other)


@pytest.mark.parametrize("system", SYSTEMS, ids=["rooms", "no rooms"])
@pytest.mark.parametrize("user", USERS, ids=["user", "root"][: len(USERS)])
async def test_every_door_is_shut(
    user: tuple[str, ...],
    system: tuple[str, ...],
    place: Path,
    surroundings: dict[str, Any],
    desk_of: Callable[..., Any],
) -> None:
    desk = await desk_of(*user, *system)
    found = await tried(desk, place, surroundings, user)
    assert found == {"open": {}, "inherited": []}

    bombs = await tried(desk, place, {"attack": "bombs"}, user)
    assert bombs["memory"] <= 1536
    assert bombs["descriptors"] < 64
    assert bombs["threads"] <= 256 + (threads_of_all() if system else 0)
    if not system:
        assert bombs["disk"] <= 128


async def test_files_of_holes_do_not_fill_the_disk(place: Path, desk_of: Callable[..., Any]) -> None:
    desk = await desk_of()
    assert (await performed(desk, place, {"attack": "holes"}, ()))["broken"] is False
    assert size_of(place) <= 128 * 1024 * 1024


async def test_the_doors_would_be_found_open_without_walls(
    place: Path, surroundings: dict[str, Any], desk_of: Callable[..., Any]
) -> None:
    without = ("--without-rooms", "--without-landlock", "--without-seccomp")
    desk = await desk_of(*without, lenient=True)
    found = await tried(desk, place, {**surroundings, "only": OPEN_WITHOUT_WALLS}, ())
    assert set(found["open"]) == set(OPEN_WITHOUT_WALLS)


@pytest.mark.parametrize("lacking", ["landlock", "seccomp"])
async def test_where_a_system_grants_no_walls_nothing_is_opened(
    lacking: str, place: Path, desk_of: Callable[..., Any]
) -> None:
    desk = await desk_of("--without-rooms", f"--without-{lacking}")
    with pytest.raises(DrawingError):
        await tried(desk, place, {"attack": "bombs"}, ())
    assert not (place / "report").exists()


@pytest.mark.parametrize(
    ("lacking", "found"),
    [
        ([], []),
        (["rooms"], []),
        (["landlock"], []),
        (["rooms", "seccomp"], ["network", "offspring"]),
        (["rooms", "landlock"], ["files"]),
        (["rooms", "landlock", "seccomp"], ["files", "network", "offspring"]),
    ],
)
async def test_what_a_system_does_not_hold_is_found_by_trying(lacking: list[str], found: list[str]) -> None:
    flags = [f"--without-{name}" for name in lacking]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.security.hostile", "--trial", *flags), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert set(found) <= set(json.loads(said))
    assert bool(found) == bool(json.loads(said))


async def test_what_takes_too_long_is_ended_though_nobody_asks(place: Path, desk_of: Callable[..., Any]) -> None:
    desk = await desk_of("--short")
    assert (await performed(desk, place, {"attack": "hang"}, ()))["broken"] is True
    assert family_of(desk) == []


@pytest.mark.parametrize("system", SYSTEMS, ids=["rooms", "no rooms"])
async def test_nothing_outlives_a_desk_that_is_killed(
    system: tuple[str, ...], place: Path, desk_of: Callable[..., Any]
) -> None:
    desk = await desk_of(*system)
    drawing = asyncio.create_task(performed(desk, place, {"attack": "hang"}, ()))
    family = await once_hanging(desk)
    psutil.Process(desk._process.pid).kill()  # it alone, as the system's memory killer would
    with pytest.raises(DrawingError):
        await drawing
    _, alive = await asyncio.to_thread(psutil.wait_procs, family, timeout=10)
    assert alive == []


@pytest.mark.parametrize(
    "words",
    [
        "",
        "{}" * 2,
        '{"pictures": [{"name": "../../secret", "width": 1, "height": 1, "size": 1}]}',
        '{"pictures": [{"name": "thumbnail", "width": -1, "height": 1, "size": 99999999999999999999}]}',
        '{"pictures": 7, "note": "<b>", "broken": "no"}',
        '{"note": "<script>"}',
        "[" * 100_000,
        "x" * 900_000,
        "\\ud800\x00",
    ],
    ids=["nothing", "twice", "path", "numbers", "kinds", "note", "nested", "long", "letters"],
)
async def test_what_a_drawing_says_out_of_order_is_not_heard(
    words: str, place: Path, desk_of: Callable[..., Any]
) -> None:
    desk = await desk_of()
    said = await performed(desk, place, {"attack": "say", "words": words}, ())
    assert said == {"broken": True}


async def test_a_drawing_that_never_stops_talking_is_ended(place: Path, desk_of: Callable[..., Any]) -> None:
    desk = await desk_of()
    endless = {"attack": "say", "words": "x" * 4096, "times": 10_000}
    assert await performed(desk, place, endless, ()) == {"broken": True}
    assert family_of(desk) == []


async def tried(desk: Desk, place: Path, told: dict[str, Any], user: tuple[str, ...]) -> dict[str, Any]:
    """What an attack has reported."""
    await performed(desk, place, told, user)
    report = place / "report"
    found: dict[str, Any] = json.loads(report.read_bytes())
    report.unlink()
    return found


async def performed(desk: Desk, place: Path, told: dict[str, Any], user: tuple[str, ...]) -> dict[str, Any]:
    original = place / "original"
    original.write_text(json.dumps(told))
    if user:
        for path in (place, original):
            os.chown(path, PLAIN, PLAIN)
    return await desk.perform("thumbnail", "image/jpeg", original)


def family_of(desk: Desk) -> list[psutil.Process]:
    return psutil.Process(desk._process.pid).children(recursive=True)


async def once_hanging(desk: Desk) -> list[psutil.Process]:
    """The guard and the inmate, once the inmate's second thread is there."""
    while True:
        family = family_of(desk)
        if len(family) == 2 and any(process.num_threads() > 1 for process in family):
            return family
        await asyncio.sleep(0.02)


def size_of(place: Path) -> int:
    return sum(path.stat().st_size for path in place.iterdir())


def threads_of_all() -> int:
    return sum(process.info["num_threads"] or 0 for process in psutil.process_iter(["num_threads"]))


def _listening(address: str) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen()
    if not address.startswith("\0"):
        Path(address).chmod(0o777)
    return server


def _as_plain() -> dict[str, Any]:
    return {"user": PLAIN, "group": PLAIN, "extra_groups": []} if IS_ROOT else {}
