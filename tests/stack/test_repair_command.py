"""What is typed reaches what is done: by itself, `adx repair` changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from entrypoints.cli import app

if TYPE_CHECKING:
    from core.settings import Settings


@pytest.mark.parametrize(
    ("typed", "apply", "rows_restored"), [([], False, False), (["--apply", "--rows-restored"], True, True)]
)
def test_repair_applies_only_what_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, typed: list[str], *, apply: bool, rows_restored: bool
) -> None:
    asked = []

    async def repair(_: Settings, **how: bool) -> int:
        asked.append(how)
        return 1

    monkeypatch.setattr("entrypoints.repair.repair", repair)
    monkeypatch.setattr("core.settings.Settings.load", lambda: settings)
    assert CliRunner().invoke(app, ["repair", *typed]).exit_code == 1
    assert asked == [{"apply": apply, "rows_restored": rows_restored}]
