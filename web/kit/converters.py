"""What stands in the places of routes: numbers no larger than the database's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.routing import IntegerConverter

if TYPE_CHECKING:
    from werkzeug.routing import Map

LARGEST = 2**31 - 1
"""PostgreSQL's ``integer``. A route whose column is wider says so: ``<int(max=...):number>``."""


class BoundedInteger(IntegerConverter):
    """``<int:number>``: ASCII digits, at most :data:`LARGEST`. Whatever else stands there names nothing: 404."""

    regex = r"[0-9]{1,19}"

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as IntegerConverter takes them
        super().__init__(url_map, *args, **{"max": LARGEST, **kwargs})
