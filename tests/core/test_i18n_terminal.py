"""The command line speaks the language of its terminal, help included."""

from __future__ import annotations

import sys
from subprocess import run

import pytest

from core.messages import messages_of
from core.plain_text import for_terminal
from core.settings import ROOT
from entrypoints.terminal import VARIABLES, tell

N_ = messages_of("cli")


@pytest.fixture(autouse=True)
def no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "Run `adx migrate`."),
        ({"LANG": "C.UTF-8"}, "Run `adx migrate`."),
        ({"LANG": "POSIX"}, "Run `adx migrate`."),
        ({"LANG": "de_AT.UTF-8@euro"}, "Führen Sie `adx migrate` aus."),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_CA"}, "Exécutez `adx migrate`."),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "请运行 `adx migrate`。"),
        ({"LANG": "xx_YY"}, "Run `adx migrate`."),
        ({"LANG": "/etc/passwd"}, "Run `adx migrate`."),
    ],
)
def test_the_variables_of_the_terminal_choose(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert tell(N_("Run `adx migrate`.")) == said


def test_no_invisible_mark_of_ours_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ar_EG.UTF-8")
    said = tell(N_("Wrote {path}.", path="a (1).po"))
    assert said == for_terminal(said)
    assert "a (1).po" in said
    assert "\\u2068" not in said


def test_help_is_said_in_the_language_of_the_terminal() -> None:
    def help_in(language: str) -> str:
        command = [sys.executable, "-m", "entrypoints.cli", "i18n", "update", "--help"]
        environment = {"LC_ALL": language, "COLUMNS": "200", "PYTHONUTF8": "1"}
        return run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    german = help_in("de_DE.UTF-8")
    for text in ("Alle Sprachen nachziehen", "Optionen", "Nur diese Funktion.", "Diesen Text anzeigen und beenden."):
        assert text in german
    assert "Bring all languages in step" in help_in("C.UTF-8")
