"""Texts in Python: ``N_("...")`` and ``N_("one", "many")``, and what `--help` shows."""

from __future__ import annotations

import ast
import io
import tokenize
from typing import TYPE_CHECKING

from core.i18n.roles import OF_CALLS, ON_TERMINAL, told
from core.i18n.source_text import FOR_TRANSLATORS, SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PYTHON_FOLDERS = ("core", "domain", "activities", "workflows", "web", "entrypoints")
COMMANDS, COMMANDS_DOMAIN = "entrypoints", "cli"
MARKER = "N_"
MARKER_FACTORIES = ("messages_of", "labels_of")


def texts_of_python(root: Path) -> Iterator[SourceText]:
    """Yield every marked text in the Python files below ``root``."""
    for name in PYTHON_FOLDERS:
        for file in sorted((root / name).rglob("*.py")):
            yield from _in_file(file, root)


def _in_file(file: Path, root: Path) -> Iterator[SourceText]:
    """Yield the texts of ``N_("...")`` and ``N_("one", "many")``; ``N_ = messages_of("x")`` names the feature."""
    source = file.read_text("utf-8")
    if f"{MARKER}(" not in source and not file.is_relative_to(root / COMMANDS):
        return
    tree, name = ast.parse(source, str(file)), file.relative_to(root).as_posix()
    if file.is_relative_to(root / COMMANDS):
        yield from _help_in(tree, name)
    domain = next((_texts(call)[0] for call in ast.walk(tree) if _is(call, *MARKER_FACTORIES) and _texts(call)), None)
    if domain is None:
        return
    anywhere = ON_TERMINAL if file.is_relative_to(root / COMMANDS) else None
    comments = _comments(source) if "Translators:" in source else {}
    for call, role, said in _marked(tree, comments, None, ()):
        texts = _texts(call)
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        context = given.get("context")
        yield SourceText(
            domain,
            texts[0],
            texts[1] if len(texts) > 1 else None,
            name,
            call.lineno,
            context.value if isinstance(context, ast.Constant) and isinstance(context.value, str) else None,
            (*said, *told(texts[0], role or anywhere)),
            role or anywhere,
        )


def _marked(
    node: ast.AST, comments: Mapping[int, str], role: str | None, said: tuple[str, ...]
) -> Iterator[tuple[ast.Call, str | None, tuple[str, ...]]]:
    """Yield the marked calls below a node, with their role and the comments above them or what they stand in."""
    for child, role_here in _children(node, role):
        said_here = said
        if isinstance(child, (ast.stmt, ast.expr)):
            above = comments.get(child.lineno)
            said_here = (*said, above) if above and above not in said else said
        if isinstance(child, ast.Call) and _is(child, MARKER) and _texts(child):
            yield child, role_here, said_here
        yield from _marked(child, comments, role_here, said_here)


def _children(node: ast.AST, role: str | None) -> Iterator[tuple[ast.AST, str | None]]:
    """Yield what stands in a node: what a call is given is what that call makes of it."""
    if not isinstance(node, ast.Call):
        yield from ((child, None if isinstance(child, ast.stmt) else role) for child in ast.iter_child_nodes(node))
        return
    callee = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
    yield from ((each, OF_CALLS.get(f"{callee}.{number}")) for number, each in enumerate(node.args))
    yield from ((each.value, OF_CALLS.get(f"{callee}.{each.arg}")) for each in node.keywords)


def _comments(source: str) -> dict[int, str]:
    """Return the comments for translators by the line that they are about: their own, or the one below."""
    found: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line, is_alone = token.start[0], token.line.lstrip().startswith("#")
        about = line + 1 if is_alone else line
        if begins := FOR_TRANSLATORS.match(token.string):
            found[about] = token.string[begins.end() :]
        elif is_alone and line in found:
            found[about] = f"{found.pop(line)} {token.string.lstrip('# ')}"
    return found


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
            yield SourceText(COMMANDS_DOMAIN, text, None, file, node.lineno, None, told(text, ON_TERMINAL), ON_TERMINAL)


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") in {"command", "callback"}


def _is(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _texts(call: ast.AST) -> list[str]:
    arguments = call.args if isinstance(call, ast.Call) else []
    return [arg.value for arg in arguments if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
