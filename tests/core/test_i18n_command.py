"""``adx i18n``: texts are found, catalogues kept in step, and every kind of fault turns the check red."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from entrypoints.i18n import app

ROOT = Path(__file__).resolve().parents[2]
PYTHON = """
from core.messages import messages_of
N_ = messages_of("files")
TITLE = N_("Preparing {name}", name="x")
COUNT = N_("{count} file", "{count} files", count=2)
NOT_MARKED = print("no text of ours")
"""
TEMPLATE = "{{ _('Files') }} {{ ngettext('{count} page', '{count} pages', count=n) }}"
LAYOUT = "{{ _('Log <b>out</b>') }}"
GOOD = {
    "files": """
msgid "Preparing {name}"
msgstr "{name} wird vorbereitet"

msgid "{count} file"
msgid_plural "{count} files"
msgstr[0] "eine Datei"
msgstr[1] "{count} Dateien"

msgid "Files"
msgstr "Dateien"

msgid "{count} page"
msgid_plural "{count} pages"
msgstr[0] "{count} Seite"
msgstr[1] "{count} Seiten"
""",
    "shell": 'msgid "Log <b>out</b>"\nmsgstr "<b>Ab</b>melden"\n',
}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    for name, text in {
        "domain/files/types.py": PYTHON,
        "templates/files/index.html": TEMPLATE,
        "templates/layouts/base.html": LAYOUT,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    for domain, text in GOOD.items():
        translate(tmp_path, domain, text)
    return tmp_path


def translate(root: Path, domain: str, text: str) -> None:
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    file = root / "locales" / "de" / "LC_MESSAGES" / f"{domain}.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(header + text, "utf-8")


def run(command: str, root: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [command, "--root", str(root)])
    return result.exit_code, result.output


def test_a_complete_translation_passes(product: Path) -> None:
    assert run("check", product) == (0, "Every text is said in every language.\n")


@pytest.mark.parametrize(
    ("domain", "right", "wrong", "told"),
    [
        ("files", 'msgstr "Dateien"', 'msgstr ""', "missing: Files"),
        ("files", 'msgid "Files"', '#, fuzzy\nmsgid "Files"', "fuzzy: Files"),
        ("files", 'msgid "Files"', 'msgid "Old"\nmsgstr "Alt"\n\nmsgid "Files"', "stale: Old"),
        ("files", "{name} wird", "{nam} wird", "broken placeholder: Preparing {name}"),
        ("files", "{name} wird", "{name wird", "broken placeholder: Preparing {name}"),
        ("files", "{name} wird", "Es wird", "placeholder {name} is missing: Preparing {name}"),
        ("files", 'msgstr[1] "{count} Seiten"', 'msgstr[1] ""', "needs 2 plural forms: {count} page"),
        ("shell", "<b>Ab</b>", "<i>Ab</i>", "markup does not match"),
    ],
)
def test_each_fault_is_found_with_its_place(product: Path, domain: str, right: str, wrong: str, told: str) -> None:
    translate(product, domain, GOOD[domain].replace(right, wrong, 1))
    code, output = run("check", product)
    assert code == 1
    assert told in output
    assert f"locales/de/LC_MESSAGES/{domain}.po:" in output


def test_a_feature_without_a_catalogue_is_missing_in_every_language(product: Path) -> None:
    (product / "locales/de/LC_MESSAGES/shell.po").unlink()
    code, output = run("check", product)
    assert (code, output.count("missing")) == (1, 1)


def test_extracting_twice_writes_the_same_bytes(product: Path) -> None:
    run("extract", product)
    first = (product / "locales/files.pot").read_bytes()
    assert b"POT-Creation-Date" not in first
    run("extract", product)
    assert (product / "locales/files.pot").read_bytes() == first


def test_update_adds_what_is_new_and_keeps_what_is_said(product: Path) -> None:
    template = product / "templates/files/index.html"
    template.write_text(TEMPLATE + "{{ _('Something new') }}", "utf-8")
    run("update", product)
    catalogue = (product / "locales/de/LC_MESSAGES/files.po").read_text("utf-8")
    assert 'msgid "Something new"\nmsgstr ""' in catalogue
    assert 'msgstr "Dateien"' in catalogue
    assert "domain/files/types.py" in catalogue


def test_stats_counts_by_language_and_feature(product: Path) -> None:
    translate(product, "shell", 'msgid "Log <b>out</b>"\nmsgstr ""\n')
    rows = [line.split() for line in run("stats", product)[1].splitlines()]
    assert ["de", "files", "4", "of", "4", "100%"] in rows
    assert ["de", "shell", "0", "of", "1", "0%"] in rows


def test_the_product_says_every_text_in_every_language() -> None:
    code, output = run("check", ROOT)
    assert code == 0, output
