"""What is wrong with the settings, in words: which variable, why, what it is for and a value that would do."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pydantic import AliasChoices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError
    from pydantic_settings import BaseSettings

PREFIX = "ADX_"


def variable_of(cls: type[BaseSettings], name: str) -> str:
    """Return the environment variable of a setting: ``database_url`` is ``DATABASE_URL``, else with ``ADX_``."""
    alias = cls.model_fields[name].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"{PREFIX}{name.upper()}"


def explain(cls: type[BaseSettings], error: ValidationError) -> list[str]:
    """Return a paragraph for each setting that was refused."""
    return [_problem(cls, item) for item in error.errors()]


def strangers_in(environment: Iterable[str], cls: type[BaseSettings]) -> list[str]:
    """Return a paragraph for each ``ADX_`` variable that is no setting: most are slips of the pen."""
    known = {variable_of(cls, name) for name in cls.model_fields}
    found = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    return [f"  {name} is no setting of ADX.\n      {_suggestion(name, known)}" for name in found]


def _suggestion(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else "Remove it from the environment."


def _problem(cls: type[BaseSettings], item: Any) -> str:  # noqa: ANN401 - pydantic does not export ErrorDetails
    by_variable = {variable_of(cls, name): field for name, field in cls.model_fields.items()}
    reason = item["msg"].removeprefix("Value error, ")
    if item["loc"]:
        place = str(item["loc"][0])
        variable = place if place in by_variable else variable_of(cls, place)
        reason = "is not set" if item["type"] == "missing" else _sentence(reason)
    else:
        variable, _, reason = reason.partition(": ")
    field = by_variable[variable]
    lines = [f"  {variable} {reason}.", f"      What it is: {field.description}"]
    if field.examples:
        lines.append("      Set it to, for example: " + " or ".join(str(example) for example in field.examples))
    return "\n".join(lines)


def _sentence(reason: str) -> str:
    return reason if reason.startswith(("must", "is ")) else f"cannot be used: {reason[0].lower()}{reason[1:]}"
