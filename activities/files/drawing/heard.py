"""Reading what a cell has said. Its file may have taken it over: its words are a stranger's, in order or not heard."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from activities.files.drawing.said import Drawn, DrawnFacts, Recognised, shown

BROKEN: dict[str, Any] = {"broken": True}
YEARS = range(1800, 2200)
"""In which a picture may have been taken; at the ends of the calendar a time zone leads out of it."""

_DRAWN, _FACTS, _KIND = TypeAdapter(Drawn), TypeAdapter(DrawnFacts), TypeAdapter(Recognised)


def understood(job: str, text: str) -> dict[str, Any]:
    """Return the fields of what was drawn or found; a file whose drawing speaks out of order is broken."""
    try:
        if job == "identify":
            return asdict(_KIND.validate_json(text, strict=True))
        if job == "metadata":
            return _in_order(_FACTS.validate_json(text, strict=True))
        drawn = asdict(_DRAWN.validate_json(text, strict=True))
    except ValidationError:
        return BROKEN
    return drawn | {"pictures": list(drawn["pictures"])}


def _in_order(facts: DrawnFacts) -> dict[str, Any]:
    texts = {"camera": shown(facts.camera), "title": shown(facts.title), "taken_at": _time(facts.taken_at)}
    return asdict(facts) | texts


def _time(text: str | None) -> str | None:
    try:
        taken_at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return taken_at.isoformat() if taken_at.year in YEARS and taken_at.tzinfo else None
