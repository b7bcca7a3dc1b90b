"""The activities of each feature, as Temporal takes them: bound to what they work with."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from activities.runs.recording import RecordingActivities
from entrypoints.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from entrypoints.collaborators import Collaborators


def activities(feature: str, given: Collaborators) -> list[Callable[..., Any]]:
    """Return the bound activities of a feature's task queue, the kit's own included."""
    instances = [*REGISTRY[feature].activities(given), RecordingActivities(given.recorder)]
    return [method for instance in instances for method in activities_of(instance)]


def activities_of(instance: object) -> Iterable[Callable[..., Any]]:
    """Return the methods of an instance that are defined as activities."""
    for _, method in inspect.getmembers(instance, inspect.ismethod):
        if hasattr(method, "__temporal_activity_definition"):
            yield method
