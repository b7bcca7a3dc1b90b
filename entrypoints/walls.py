"""Whether decoders are walled in on this system: production is not without it, a desk is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from core.confinement.trial import open_doors
from core.messages import messages_of
from entrypoints.embedded.program import StartError
from entrypoints.registry import REGISTRY
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.confinement.trial import Door
    from core.settings import Settings

N_ = messages_of("cli")
log = structlog.get_logger()

DOORS = {
    "files": N_("files of others"),
    "network": N_("the network"),
    "processes": N_("other processes"),
    "offspring": N_("a life after its job"),
}
REMEDY = N_(
    "Run it on Linux 5.13 or newer, on x86-64 or ARM64, where landlock and seccomp or namespaces are granted; "
    "docs/operations/running.md says more."
)


def named(doors: Iterable[Door]) -> str:
    """Say what could be reached."""
    return ", ".join(tell(DOORS[door]) for door in doors)


def ensure(settings: Settings, features: Iterable[str]) -> None:
    """Try the walls where strangers' files are decoded.

    Raises:
        StartError: a hostile file could get out, and this is no desk.
    """
    if not any(REGISTRY[feature].decodes_files for feature in features):
        return
    doors = open_doors()
    if not doors:
        return
    if settings.environment != "development":
        told = N_("A hostile file that takes over its decoder could reach here: {doors}.", doors=named(doors))
        raise StartError(f"{tell(told)}\n{tell(REMEDY)}")
    log.warning("confinement.missing", open=",".join(doors))
