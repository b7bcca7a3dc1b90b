"""The product's features, found by their manifests in ``entrypoints/features``: there is no other list of them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.navigation import Navigation
from core.permissions import Permissions
from entrypoints import features as manifests

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from core.messages import Message
    from core.notices import NoticeKind
    from core.runs.contract import AnyContract
    from core.runs.settling import NothingUnsettled, Unsettled
    from entrypoints.manifest import Feature, Scheduled


class Registry:
    """Some features, and what they are together. All of them are in :data:`REGISTRY`."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self._features = {feature.name: feature for feature in features}
        self.names = tuple(self._features)
        self.contracts: Mapping[str, AnyContract] = MappingProxyType(
            {contract.name: contract for feature in self for contract in feature.contracts}
        )
        self.notice_kinds: Mapping[str, NoticeKind] = MappingProxyType(
            {kind.name: kind for feature in self for kind in feature.notice_kinds}
        )
        self.unsettled: tuple[Unsettled | NothingUnsettled, ...] = tuple(
            rows for feature in self for rows in feature.unsettled
        )
        self.permissions = Permissions(permission for feature in self for permission in feature.permissions)
        self.navigation = Navigation(page for feature in self for page in feature.pages)
        self.dashboard = tuple(slot for feature in self for slot in feature.dashboard)
        self.first_steps = tuple(step for feature in self for step in feature.first_steps)
        self.titles: Mapping[str, Message] = MappingProxyType({feature.name: feature.title for feature in self})

    def __iter__(self) -> Iterator[Feature]:
        return iter(self._features.values())

    def __getitem__(self, name: str) -> Feature:
        return self._features[name]

    def without(self, name: str) -> Registry:
        """Return all but one."""
        return Registry(feature for feature in self if feature.name != name)

    def workflows(self, name: str) -> tuple[type, ...]:
        """Return the workflow classes that run on a feature's task queue."""
        return self[name].workflows()

    def queues(self) -> tuple[str, ...]:
        """Return the task queues that have to be worked on: those of features with workflows."""
        return tuple(feature.name for feature in self if feature.contracts or feature.schedules)

    def schedules(self, names: Collection[str] | None = None) -> tuple[tuple[str, Scheduled], ...]:
        """Return what the clock starts, each with its feature; by default of all features."""
        return tuple(
            (feature.name, scheduled)
            for feature in self
            if names is None or feature.name in names
            for scheduled in feature.schedules
        )


def _found() -> Iterator[Feature]:
    for module in iter_modules(manifests.__path__, f"{manifests.__name__}."):
        yield import_module(module.name).FEATURE


REGISTRY = Registry(_found())
