"""Themes: read from their folders; a broken one is the default, never a broken page."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.theming import ThemeError, Themes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "adx", 'name = "ADX"\n')
    write(tmp_path, "forest", 'name = "Forest"\ndescription = "Green."\n', ":root { --accent: green }")
    return tmp_path


def write(folder: Path, key: str, facts: str, css: str = ":root {}") -> None:
    (folder / key).mkdir(exist_ok=True)
    (folder / key / "theme.toml").write_text(facts, "utf-8")
    (folder / key / "tokens.css").write_text(css, "utf-8")


def test_a_theme_is_found_by_its_folder(folder: Path) -> None:
    themes = Themes.load(folder)
    assert themes.keys == ("adx", "forest")
    assert (themes.get("forest").name, themes.get("forest").description) == ("Forest", "Green.")
    assert "--accent" in themes.get("forest").css


def test_an_unknown_theme_is_the_default(folder: Path) -> None:
    assert Themes.load(folder).get("nobody").key == "adx"


@pytest.mark.parametrize("facts", ["name = ", "description = 'no name'", "name = 'x'\nstylesheet = 'missing.css'"])
def test_a_broken_theme_is_left_out(folder: Path, facts: str) -> None:
    write(folder, "broken", facts)
    assert Themes.load(folder).get("broken").key == "adx"


def test_a_broken_default_is_told_with_its_file(folder: Path) -> None:
    write(folder, "adx", "name = ")
    with pytest.raises(ThemeError, match=r"adx.theme\.toml"):
        Themes.load(folder)


def test_a_missing_default_is_told(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="the default theme must be there"):
        Themes.load(tmp_path)


def test_the_digest_follows_the_content(folder: Path) -> None:
    themes = Themes.load(folder, watch=True)
    before = themes.get("forest").digest
    write(folder, "forest", 'name = "Forest"', ":root { --accent: red }")
    assert themes.get("forest").digest != before


def test_the_products_own_themes_can_be_read() -> None:
    assert "adx" in Themes.load(ROOT / "themes").keys
