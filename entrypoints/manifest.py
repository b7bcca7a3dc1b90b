"""The manifest of a feature: everything that the platform has to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from core.messages import Message
    from core.navigation import FirstStep, Page
    from core.notices import NoticeKind
    from core.permissions import Permission
    from core.runs.contract import AnyContract
    from core.runs.settling import NothingUnsettled, Unsettled
    from entrypoints.collaborators import Collaborators


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A workflow that Temporal starts by the clock; one that still runs is not started again.

    One that gets no further is ended ``within`` a time, where that is said, so that the next can begin.
    """

    id: str
    workflow: str
    every: timedelta
    argument: object | None = None
    within: timedelta | None = None


def nothing_to_work_on() -> tuple[type, ...]:
    """Return the workflows of a feature that has none."""
    return ()


def nothing_to_work_with(_given: Collaborators) -> tuple[object, ...]:
    """Return the activities of a feature that has none."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What a feature is, has and offers.

    ``name`` is that of its folders, its task queue and its role in the database; ``title`` is for people.
    ``contracts`` are those of all workflows that are runs, so that every process can show them; ``workflows`` and
    ``activities`` import what a worker of this feature alone needs, and are called by no other process.
    ``dashboard`` names the slots that it offers to the first page of a tenant. ``decodes_files`` says that it opens
    what strangers made, which only a walled-in process may.
    """

    name: str
    title: Message
    contracts: tuple[AnyContract, ...] = ()
    workflows: Callable[[], tuple[type, ...]] = nothing_to_work_on
    activities: Callable[[Collaborators], tuple[object, ...]] = nothing_to_work_with
    schedules: tuple[Scheduled, ...] = ()
    unsettled: tuple[Unsettled | NothingUnsettled, ...] = ()
    notice_kinds: tuple[NoticeKind, ...] = ()
    permissions: tuple[Permission, ...] = ()
    pages: tuple[Page, ...] = ()
    dashboard: tuple[str, ...] = ()
    first_steps: tuple[FirstStep, ...] = ()
    decodes_files: bool = False
