"""What people may do is asked by permissions that a feature has declared, and by nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from core.settings import ROOT
from entrypoints.registry import REGISTRY

if TYPE_CHECKING:
    from pathlib import Path

ASKED = re.compile(r"\bmay\(\s*[\"']([^\"']+)[\"']\s*\)")
RANK = re.compile(r"\bis_admin\b|\.role\s*(?:==|!=|in\b|not in\b)|(?:==|!=)\s*[\"'](?:owner|admin|member|guest)[\"']")
"""Roles are compared: what a role may do is then written in a second place."""

NO_RANK_MEANT = {
    "core/context.py": "who has not confirmed an address has no role yet",
    "core/live/gatekeeper.py": "a stream ends when the role is another one",
    "web/tenants/pages.py": "what a role is called",
}


def _sources(root: Path) -> list[tuple[str, str]]:
    found = [
        *(
            file
            for package in ("core", "domain", "web", "workflows", "activities")
            for file in (root / package).rglob("*.py")
        ),
        *(root / "templates").rglob("*.html"),
    ]
    return [(str(file.relative_to(root)), file.read_text("utf-8")) for file in found]


def faults(root: Path, known: frozenset[str]) -> list[str]:
    """Return what is asked for and not declared, and where somebody asks for a role."""
    found = []
    for name, text in _sources(root):
        found += [f"{name}: {asked} is declared by nobody" for asked in ASKED.findall(text) if asked not in known]
        if name not in NO_RANK_MEANT:
            found += [f"{name}: asks for a role: {match[0]}" for match in RANK.finditer(text)]
    return found


def test_nobody_asks_for_a_role_or_for_what_there_is_not() -> None:
    assert faults(ROOT, frozenset(REGISTRY.permissions.by_name)) == []


def test_permissions_bear_the_name_of_their_feature() -> None:
    wrong = [
        str(each)
        for feature in REGISTRY
        for each in feature.permissions
        if not each.name.startswith(f"{feature.name}.")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("templates/files/index.html", '{% if ctx.may("files.uplaod") %}'),
        ("templates/files/index.html", '{% if ctx.role != "guest" %}'),
        ("web/files/routes.py", 'if ctx.role in {"owner", "admin"}:'),
        ("web/files/routes.py", 'if "owner" == who.role or person.role == "admin":'),
        ("domain/files/policy.py", "return ctx.is_admin"),
    ],
)
def test_a_planted_fault_is_told(tmp_path: Path, place: str, source: str) -> None:
    file = tmp_path / place
    file.parent.mkdir(parents=True)
    file.write_text(source)
    assert faults(tmp_path, frozenset({"files.upload"}))
