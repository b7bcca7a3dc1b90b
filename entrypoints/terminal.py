"""What the command line says, in the language of the terminal: ``LC_ALL``, ``LC_MESSAGES``, ``LANG``, in that order."""

from __future__ import annotations

import inspect
import os
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import typer
from typer import rich_utils

from core.i18n import Catalogues, Speaker, negotiate
from core.i18n.negotiate import SOURCE_LOCALE
from core.messages import messages_of
from core.plain_text import for_terminal
from core.settings import ROOT

if TYPE_CHECKING:
    from core.messages import Message

N_ = messages_of("cli")

DOMAIN = "cli"
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def tell(message: Message) -> str:
    """Return a message in words, now: the one reader of a command is at its terminal."""
    return for_terminal(_voice(_wanted()).say(message))


def show(text: str, *, err: bool = False) -> None:
    """Print a line, whatever it holds: the terminal shows it and obeys nothing in it."""
    typer.echo(for_terminal(text), err=err)


def in_the_terminals_language(command: Any) -> Any:  # noqa: ANN401  # Typer vendors Click's classes
    """Return a command whose help, and that of all below it, is said in the terminal's language."""
    voice = _voice(_wanted())
    if voice.locale != SOURCE_LOCALE:
        _translate_typers_own(voice)
        _translate(command, voice)
    return command


def _translate(command: Any, voice: Speaker) -> None:  # noqa: ANN401
    command.help = _say(command.help, voice)
    command.short_help = _say(command.short_help, voice)
    for param in command.params:
        if hasattr(param, "help"):
            param.help = _say(param.help, voice)
    option = command.get_help_option(command.context_class(command))
    option.help = voice.say(N_("Show this text and exit."))
    for below in getattr(command, "commands", {}).values():
        _translate(below, voice)


def _translate_typers_own(voice: Speaker) -> None:
    rich_utils.ARGUMENTS_PANEL_TITLE = voice.say(N_("Arguments"))
    rich_utils.OPTIONS_PANEL_TITLE = voice.say(N_("Options"))
    rich_utils.COMMANDS_PANEL_TITLE = voice.say(N_("Commands"))
    rich_utils.ERRORS_PANEL_TITLE = voice.say(N_("Error"))
    rich_utils.ABORTED_TEXT = voice.say(N_("Stopped."))
    rich_utils.REQUIRED_LONG_STRING = f"[{voice.say(N_('required'))}]"
    rich_utils.DEFAULT_STRING = f"[{voice.say(N_('default'))}: {{}}]"
    rich_utils.ENVVAR_STRING = f"[{voice.say(N_('environment variable'))}: {{}}]"


def _say(text: str | None, voice: Speaker) -> str | None:
    return voice.say(inspect.cleandoc(text), DOMAIN) if text else text


def _wanted() -> str:
    """Return what the first of the variables that is set asks for, such as ``de_DE`` of ``de_DE.UTF-8``."""
    found = next((value for name in VARIABLES if (value := os.environ.get(name))), "")
    return found.partition(".")[0].partition("@")[0]


@cache
def _voice(wanted: str) -> Speaker:
    # Read when something is said: `adx web` and its like start without this.
    catalogues = Catalogues.load(ROOT / "locales", domain=DOMAIN)
    voice = catalogues.speaker(negotiate(wanted, catalogues.locales))
    return replace(voice, isolates=False)  # marks that few terminals know; values with marks of their own are spelt out
