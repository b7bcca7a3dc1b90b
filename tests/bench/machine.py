"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("quart", "granian", "sqlalchemy", "asyncpg", "temporalio", "redis", "obstore", "jinja2")


def describe() -> str:
    """Cores, model, memory, kernel, versions, and how busy the machine already was."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    kernel = platform.release()
    return "\n".join((
        f"machine   {os.cpu_count()} cores, {_model()}, {memory:.0f} GiB, Linux {kernel}, load before {load}",
        f"software  Python {platform.python_version()}, {packages}, {_chromium()}",
        f"measured  {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    ))  # fmt: skip


def _model() -> str:
    names = (line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    return next(names, ": unknown processor").partition(":")[2].strip()


def _chromium() -> str:
    try:
        return subprocess.run(["chromium", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "no Chromium"
