"""Which refusals an activity can end in, read from the sources: what it raises, and what the functions it calls raise.

Calls are followed by name, within the feature's activities and domain and the parts of core that refuse on their own.
That finds more than can happen rather than less.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import core.errors
from core.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(core.errors.__file__).parent.parent
CORE_THAT_REFUSES = ("core/storage.py", "core/mail")
KINDS = {
    name: cls.kind
    for name, cls in vars(core.errors).items()
    if isinstance(cls, type) and issubclass(cls, DomainError) and cls is not DomainError
}


@dataclass
class Function:
    """What one function calls by name and which codes it raises itself."""

    calls: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)


def refusals(feature: str, root: Path = ROOT) -> Mapping[str, set[str]]:
    """Return, for each activity of a feature by its Temporal name, the codes of the refusals it can end in."""
    trees = [_with_private_names(file) for file in _sources(feature, root)]
    makers = {name: code for tree in trees for name, code in _makers(tree)}
    functions: dict[str, Function] = {}
    activities: dict[str, str] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                _read(node, functions.setdefault(node.name, Function()), makers)
                activities |= dict.fromkeys(_activity_names(node), node.name)
    return {name: _closure(function, functions) for name, function in activities.items()}


def _sources(feature: str, root: Path) -> Iterator[Path]:
    for place in (f"activities/{feature}", f"domain/{feature}", *CORE_THAT_REFUSES):
        path = root / place
        yield from path.rglob("*.py") if path.is_dir() else [path] if path.exists() else []


def _with_private_names(file: Path) -> ast.Module:
    """Parse a file; names that begin with an underscore get the file's name, since they are its own."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        for attribute in ("name", "id", "attr"):
            name = getattr(node, attribute, None)
            if isinstance(name, str) and name.startswith("_") and not name.startswith("__"):
                setattr(node, attribute, f"{name}@{file}")
    return tree


def _makers(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Functions that return a refusal and classes that are one, with its code."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            returned = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
            yield from ((node.name, code) for value in returned if (code := _code(value, {})))
        if isinstance(node, ast.ClassDef) and (
            bases := [name for base in node.bases if (name := _name(base)) in KINDS]
        ):
            given = [code for call in ast.walk(node) if (code := _given_code(call))]
            yield node.name, given[0] if given else KINDS[bases[0]]


def _read(node: ast.AST, function: Function, makers: Mapping[str, str]) -> None:
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            function.calls.add(_name(part.func))
        if isinstance(part, ast.Raise) and (code := _code(part.exc, makers)):
            function.codes.add(code)


def _code(node: ast.AST | None, makers: Mapping[str, str]) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    name = _name(node.func)
    if name in KINDS:
        return _given_code(node) or KINDS[name]
    return makers.get(name)


def _given_code(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    values = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
    return next((str(value.value) for value in values if isinstance(value, ast.Constant)), None)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _activity_names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and _name(decorator.func) == "defn":
            yield from (
                str(keyword.value.value)
                for keyword in decorator.keywords
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
            )


def _closure(start: str, functions: Mapping[str, Function]) -> set[str]:
    seen, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name in functions and name not in seen:
            seen.add(name)
            waiting += functions[name].calls
    return _union(functions[name].codes for name in seen)


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)
