"""Themes: read from their folders; a broken one is the default, never a broken page; faults have file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.colour import AA_TEXT, AAA_TEXT, parse
from core.theming import BRANDABLE, LARGEST, TOKENS, ThemeError, Themes, TokenError, css_value, declarations
from entrypoints.theme import app as theme_command
from web.kit.templates import Templates

ROOT = Path(__file__).resolve().parents[2]
FOREST = 'name = "Forest"\ndescription = "Green."\nradius = "3px"\n\n[tokens]\naccent = "oklch(0.5 0.12 150)"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    sheet = tmp_path / "web/static/css/10-tokens.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text((ROOT / "web/static/css/10-tokens.css").read_text("utf-8"), "utf-8")
    for name, text in {
        "greeting.html": "{#- Needs `name`. -#}{% block greeting %}Hello {{ name }}{% endblock %}",
        "parts.html": "{% macro part() %}part{% endmacro %}",
    }.items():
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "templates" / name).write_text(text, "utf-8")
    write(tmp_path, "adx", 'name = "ADX"\n')
    write(tmp_path, "forest", FOREST)
    return tmp_path


def write(root: Path, key: str, facts: str, *, css: str = "", **templates: str) -> None:
    folder = root / "themes" / key
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "theme.toml").write_text(facts, "utf-8")
    if css:
        (folder / "tokens.css").write_text(css, "utf-8")
    for name, text in templates.items():
        (folder / "templates").mkdir(exist_ok=True)
        (folder / "templates" / f"{name}.html").write_text(text, "utf-8")


def themes(root: Path, *, watch: bool = False) -> Themes:
    return Themes.load(root / "themes", watch=watch)


def check(root: Path, *names: str) -> tuple[int, str]:
    result = CliRunner().invoke(theme_command, ["check", *names, "--root", str(root)])
    return result.exit_code, result.output


def test_a_theme_is_found_by_its_folder(root: Path) -> None:
    assert themes(root).keys == ("adx", "forest")
    forest = themes(root).get("forest")
    assert (forest.name, forest.description) == ("Forest", "Green.")
    assert "--radius:3px" in forest.css


def test_an_unknown_theme_is_the_default(root: Path) -> None:
    assert themes(root).get("nobody").key == "adx"


@pytest.mark.parametrize("facts", ["name = ", "description = 'no name'", "name = 'x'\n[tokens]\nacent = 'red'"])
def test_a_broken_theme_is_left_out(root: Path, facts: str) -> None:
    write(root, "broken", facts)
    assert themes(root).get("broken").key == "adx"
    assert "broken" not in themes(root).keys


def test_a_broken_default_is_told_with_its_file_and_line(root: Path) -> None:
    write(root, "adx", "name = ")
    with pytest.raises(ThemeError, match=r"adx/theme\.toml:1: "):
        themes(root)


def test_a_missing_default_is_told(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="the default theme must be there"):
        themes(tmp_path)


def test_the_digest_follows_the_content(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.theming.themes.LOOK_AGAIN_AFTER", 0)
    found = themes(root, watch=True)
    before = found.get("forest").digest
    write(root, "forest", FOREST.replace("150", "151").replace("3px", "13px"))
    assert found.get("forest").digest != before


def test_a_templates_error_shows_the_products_own(root: Path) -> None:
    write(root, "forest", FOREST, greeting="{{ 1 / 0 }}")
    templates = Templates({}, root=root)
    assert templates.render("greeting.html", {"name": "Ada"}, theme="forest") == "Hello Ada"
    write(root, "grove", FOREST, greeting="Ahoy {{ name }}")
    assert templates.render("greeting.html", {"name": "Ada"}, theme="grove") == "Ahoy Ada"


def test_a_sound_theme_passes(root: Path) -> None:
    write(root, "forest", FOREST, css=".button { font-weight: 700; }", greeting="{{ name }} {% include 'parts.html' %}")
    assert check(root) == (0, "Every theme can be used and read.\n")


FAULTS = [
    ("name", "description = 'x'", "theme.toml:1: it needs a name"),
    ("toml", "name = 'x'\nradius = = 1", "theme.toml:2: "),
    ("setting", "name = 'x'\nsize = 1", "theme.toml:2: there is no setting “size”"),
    ("token", "name = 'x'\n[tokens]\nacent = '#123456'", "theme.toml:3: there is no token “acent”"),
    ("colour", "name = 'x'\n[tokens]\nhue = 3\naccent = 'bleu'", "theme.toml:4: accent: “bleu” is not a colour"),
    ("unit", "name = 'x'\nradius = '8em'", "theme.toml:2: radius: a length such as 8px"),
    ("kind", "name = 'x'\ndensity = 'tight'", "theme.toml:2: density: a number is expected"),
    ("range", "name = 'x'\ndensity = 9", "theme.toml:2: density: 9 is not between"),
    ("mode", "name = 'x'\n[tokens]\npage = { light = '#fff' }", "theme.toml:3: page: only a colour may be a table"),
    ("font", "name = 'x'\n[fonts]\ntext = ['Arial']", "theme.toml:3: fonts.text: a list of names"),
    ("quoted", "name = 'x'\n[fonts]\ntext = ['A\"; }', 'serif']", "theme.toml:3: font: 'A\"; }' is not the name"),
    ("role", "name = 'x'\n[fonts]\ntitle = ['serif']", "theme.toml:3: there is no font “title”"),
    ("escape", "name = 'x'\n[tokens]\nfloat = '0; } body { x: y'", "theme.toml:3: float: "),
    ("fetch", "name = 'x'\n[tokens]\nlift = 'url(//evil.example)'", "theme.toml:3: lift: "),
    ("aa", "name = 'x'\n[tokens]\nink-soft = '#999999'", "theme.toml:3: ink-soft on page has 2."),
    (
        "aaa",
        "name = 'x'\ncontrast = 'high'\n[tokens]\naccent-text = { light = '#2358cd', dark = '#fff' }",
        "theme.toml:4: accent-text on page has",
    ),
    ("loop", "name = 'x'\n[tokens]\nink = 'var(--ink)'", "theme.toml:3: ink: it refers to itself"),
]


@pytest.mark.parametrize(("facts", "told"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_planted_fault_is_told_with_its_line(root: Path, facts: str, told: str) -> None:
    write(root, "bad", facts)
    code, output = check(root)
    assert code == 1
    assert f"themes/bad/{told}" in output
    assert check(root, "forest")[0] == 0


SHEETS = [
    (".a { color: red; }\n.b { background: url(x.png); }", "tokens.css:2: url( is not allowed"),
    ("@import 'x.css';", "tokens.css:1: @import is not allowed"),
    ("@font-face { src: local(x); }", "tokens.css:1: "),
    (".a { --acent: red; }", "tokens.css:1: there is no token “acent”"),
    ("/* url( */\n.a { color: red; } }", "the braces do not match"),
    (".a { color: red; }\n" * 300, f"{LARGEST} are allowed"),
]


@pytest.mark.parametrize(("css", "told"), SHEETS, ids=["url", "import", "face", "token", "braces", "size"])
def test_a_fault_of_the_sheet_is_told(root: Path, css: str, told: str) -> None:
    write(root, "bad", "name = 'x'", css=css)
    code, output = check(root, "bad")
    assert code == 1
    assert told in output


OVERRIDES = [
    ("greetings", "x", "there is no template “greetings.html” to stand for"),
    ("greeting", "\n{% if %}", "greeting.html:2: "),
    ("greeting", "{{ name }}\n{{ nmae }}", "greeting.html:2: “greeting.html” is given no variable “nmae”"),
    ("greeting", "{% extends 'missing.html' %}", "greeting.html:1: there is no template “missing.html”"),
    ("greeting", "{% include 'gone.html' %}", "greeting.html:1: there is no template “gone.html”"),
    ("greeting", "\n{% from 'parts.html' import prat %}", "greeting.html:2: “parts.html” has no macro “prat”"),
    ("parts", "{% extends 'greeting.html' %}\n{% block hello %}{% endblock %}", "parts.html:2: nothing shows a block"),
    ("greeting", "{{ name | shuot }}", "greeting.html:1: No filter named 'shuot'"),
]


@pytest.mark.parametrize(("name", "text", "told"), OVERRIDES)
def test_a_fault_of_a_template_is_told(root: Path, name: str, text: str, told: str) -> None:
    write(root, "forest", FOREST, **{name: text})
    code, output = check(root, "forest")
    assert code == 1
    assert f"themes/forest/templates/{name}.html:" in output
    assert told in output


def test_a_theme_that_is_not_there_is_told(root: Path) -> None:
    code, output = check(root, "nobody")
    assert (code, "There is no theme nobody" in output) == (2, True)


def test_the_products_own_themes_pass() -> None:
    assert check(ROOT)[0] == 0
    found = themes(ROOT).all
    assert len(found) >= 6  # what the product promises
    assert any(theme.is_high_contrast for theme in found)


@pytest.mark.parametrize("key", themes(ROOT).keys)
def test_every_theme_can_be_read(key: str) -> None:
    found = themes(ROOT)
    text = AAA_TEXT if found.get(key).is_high_contrast else AA_TEXT
    assert found.palette(key).unreadable(text=text) == []
    assert len(found.get(key).css.encode()) <= LARGEST


def test_what_may_be_set_is_what_the_products_sheet_declares() -> None:
    sheet = (ROOT / "web/static/css/10-tokens.css").read_text("utf-8")
    assert set(TOKENS) <= set(declarations(sheet))
    used = set(re.findall(r"var\(--([\w-]+)", sheet))
    assert used <= set(declarations(sheet))


@pytest.mark.parametrize(("name", "value"), [("page", "#fff"), ("density", 1), ("float", "none")])
def test_a_tenant_sets_nothing_but_its_own_tokens(name: str, value: object) -> None:
    css_value(name, value)
    with pytest.raises(TokenError):
        css_value(name, value, BRANDABLE)


@pytest.mark.parametrize("accent", ["#ffd400", "#88ccee", "#e60000", "#00a000", "#000000", "#ffffff"])
def test_a_tenants_accent_is_led_to_the_nearest_that_can_be_read(accent: str) -> None:
    for theme in themes(ROOT).all:
        palette = themes(ROOT).palette(theme.key)
        near = palette.nearest_accent(parse(accent))
        assert near is not None
        assert palette.with_tokens({"accent": near.css}).unreadable() == []
