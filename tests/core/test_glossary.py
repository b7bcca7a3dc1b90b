"""The glossary of translators: words, names and exceptions are read from the page itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.i18n import roles
from core.i18n.glossary import EXCEPTIONS, NAMES, PAGE, WORDS
from core.i18n.house_style import COUNTS
from core.i18n.meanings import two_meanings
from core.i18n.source_text import SourceText
from core.i18n.style_checks import faults_of_style

if TYPE_CHECKING:
    from pathlib import Path

PAGE_TEXT = f"""
## {WORDS}

| Language | Not | But |
|---|---|---|
| de | Ordner, Map… | Verzeichnis |
| ja | 端末 |
## {NAMES}

| Name | What it is |
|---|---|
| Acme | a company |

## {EXCEPTIONS}

| Language | English text | Found | Why |
|---|---|---|---|
| de | A folder of … | Ordner | said so by law |
| de | Nothing | Ordner | nobody knows |
| all | `shell` | ! | there it is loud |
"""


ENTRIES = """
msgid "A folder of yours"
msgstr "Ihr Ordner"

msgid "Folders"
msgstr "Ordner und Mappen bei Acme"

msgid "Go"
msgstr "Los!"
"""


def test_words_and_exceptions_are_read_from_the_glossary_itself(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / PAGE).write_text(PAGE_TEXT, "utf-8")
    for domain in ("files", "shell"):
        file = tmp_path / f"locales/de/LC_MESSAGES/{domain}.po"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'msgid ""\nmsgstr ""\n{ENTRIES}', "utf-8")
    sources = [
        SourceText("files", "Go To Acme", None, "web/files/pages.py", 7),
        SourceText("files", "{count} file", "{count} files", "web/files/pages.py", 8),
        SourceText("files", "{count} items", None, "web/files/pages.py", 9),
    ]
    found = [str(fault) for fault in faults_of_style(sources, tmp_path / "locales", tmp_path)]
    files, shell = (f"locales/de/LC_MESSAGES/{domain}.po" for domain in ("files", "shell"))
    assert found == [
        f"{PAGE}:7: unreadable: a cell is empty or missing",
        "web/files/pages.py:7: “Go To Acme”: no capital within a sentence: Go To Acme",
        f"web/files/pages.py:9: “{{count}} items”: {COUNTS}: {{count}} items",
        f"{files}:7: “Ordner und Mappen ”: the glossary says Verzeichnis: Folders",
        f"{files}:7: “Ordner und Mappen bei Acme”: the glossary says Verzeichnis: Folders",
        f"{files}:10: “Los!”: no exclamation marks: end with a full stop: Go",
        f"{shell}:7: “Ordner und Mappen ”: the glossary says Verzeichnis: Folders",
        f"{shell}:7: “Ordner und Mappen bei Acme”: the glossary says Verzeichnis: Folders",
        f"{PAGE}:19: an exception that nothing needs: Nothing",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"role": roles.BUTTON}, {"role": roles.PAGE_TITLE}),
        ({"role": roles.STATE}, {"role": roles.TAB}),
        ({"role": roles.OUTCOME}, {"comments": ("The state of one file, in a badge.",)}),
        ({"role": roles.STEP}, {"role": roles.BUTTON}),
    ],
)
def test_one_text_for_two_things_needs_a_context(one: dict[str, Any], other: dict[str, Any]) -> None:
    texts = [SourceText("files", "Open", None, f"web/{each}.py", each) for each in (1, 2)]
    first, second = replace(texts[0], **one), replace(texts[1], **other)
    assert [finding.line for finding in two_meanings([first, second])] == [2]
    assert not list(two_meanings([first, replace(second, context="a state")]))
    assert not list(two_meanings([first, replace(second, role=roles.LINK, comments=())]))
    assert not list(two_meanings([first, replace(second, domain="runs")]))


def test_a_glossary_without_a_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / PAGE).write_text(PAGE_TEXT.replace(f"## {NAMES}", "## Nouns"), "utf-8")
    told = f"{PAGE}:1: unreadable: the table below “{NAMES}” is missing"
    (tmp_path / "locales").mkdir()
    assert told in [str(fault) for fault in faults_of_style([], tmp_path / "locales", tmp_path)]
