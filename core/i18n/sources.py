"""Which texts the product says, by feature: collected from its Python files and its templates."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import Environment, nodes as jinja

from core.i18n.template import domain_of_template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PYTHON_FOLDERS = ("core", "domain", "activities", "workflows", "web", "entrypoints")
TEMPLATE_FOLDERS = ("templates", "web/kit/templates")
COMMANDS, COMMANDS_DOMAIN = "entrypoints", "cli"
MARKER = "N_"
MARKER_FACTORIES = ("messages_of", "labels_of")
TEMPLATE_MARKERS = {"_": 1, "gettext": 1, "ngettext": 2}


@dataclass(frozen=True, slots=True)
class SourceText:
    """One marked text: its feature, its plural if it has one, and where it stands."""

    domain: str
    text: str
    plural: str | None
    file: str
    line: int


def source_texts(root: Path) -> list[SourceText]:
    """Return every marked text below ``root``, in a stable order."""
    found = []
    for name in PYTHON_FOLDERS:
        found += [text for file in _files(root / name, "py") for text in _in_python(file, root)]
    for file, folder in template_files(root):
        found += _in_template(file, folder, root)
    return found


def template_files(root: Path) -> list[tuple[Path, Path]]:
    """Return every template below ``root``, each with the folder that its name is relative to."""
    folders = [root / folder for folder in TEMPLATE_FOLDERS] + sorted((root / "themes").glob("*/templates"))
    return [(file, folder) for folder in folders for kind in ("html", "txt") for file in _files(folder, kind)]


def _files(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.rglob(f"*.{kind}"))


def _in_python(file: Path, root: Path) -> Iterator[SourceText]:
    """Yield the texts of ``N_("...")`` and ``N_("one", "many")``; ``N_ = messages_of("x")`` names the feature."""
    tree = ast.parse(file.read_text("utf-8"), str(file))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    domain = next((_texts(call)[0] for call in calls if _is(call, *MARKER_FACTORIES) and _texts(call)), None)
    if file.is_relative_to(root / COMMANDS):
        yield from _help_in(tree, file.relative_to(root).as_posix())
    for call in calls:
        if _is(call, MARKER) and domain and (texts := _texts(call)):
            plural = texts[1] if len(texts) > 1 else None
            yield SourceText(domain, texts[0], plural, file.relative_to(root).as_posix(), call.lineno)


def _help_in(tree: ast.Module, file: str) -> Iterator[SourceText]:
    """Yield what `--help` shows: the docstrings of commands, and ``help="..."`` of Typer's options and arguments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
            text: object = ast.get_docstring(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("typer."):
            given = {keyword.arg: keyword.value for keyword in node.keywords}.get("help")
            text = given.value if isinstance(given, ast.Constant) else None
        else:
            continue
        if isinstance(text, str):
            yield SourceText(COMMANDS_DOMAIN, text, None, file, node.lineno)


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") in {"command", "callback"}


def _is(call: ast.Call, *names: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in names


def _texts(call: ast.Call) -> list[str]:
    return [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]


def _in_template(file: Path, folder: Path, root: Path) -> Iterator[SourceText]:
    domain = domain_of_template(file.relative_to(folder).as_posix())
    tree = Environment(autoescape=True).parse(file.read_text("utf-8"), filename=str(file))
    for call in tree.find_all(jinja.Call):
        if not isinstance(call.node, jinja.Name) or call.node.name not in TEMPLATE_MARKERS:
            continue
        texts = [arg.value for arg in call.args if isinstance(arg, jinja.Const) and isinstance(arg.value, str)]
        wanted = TEMPLATE_MARKERS[call.node.name]
        if len(texts) >= wanted:
            plural = texts[1] if wanted > 1 else None
            yield SourceText(domain, texts[0], plural, file.relative_to(root).as_posix(), call.lineno)
