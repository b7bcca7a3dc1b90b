"""Text of people is cleaned in one place; these find where it would get past it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import core

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(core.__file__).parent.parent
THE_ONE_PLACE = Path("core/plain_text.py")
OF_OTHER_MATTERS = frozenset({
    Path("domain/translations/rules.py"),  # refuses, and changes nothing
    Path("web/files/content.py"),  # the plain form of a name for old browsers
    Path("web/kit/pages.py"),  # whether an address is one of ours
    Path("web/kit/urls.py"),
    Path("web/translations/context.py"),
})  # fmt: skip
"""Where characters are looked at for another reason than to clean a text."""

PRINTERS = frozenset({
    Path("entrypoints/terminal.py"),
    Path("entrypoints/embedded/supervisor.py"),  # which spells out what programs write
    Path("entrypoints/i18n.py"),  # the pseudo-languages, by their own marks
    Path("entrypoints/migration_sql.py"),  # for a program to read
    Path("entrypoints/dev.py"),  # its banner, of addresses of our own
})  # fmt: skip
PRINTING = ("print", "typer.echo", "sys.stdout.write", "sys.stderr.write")

LOOKS = (".isprintable", "unicodedata.category")


def uncleaned(root: Path = ROOT) -> list[str]:
    """Return where a text from outside is taken without being cleaned, or is cleaned in another way."""
    found = []
    for package in ("core", "domain", "activities", "web"):
        for file in sorted((root / package).rglob("*.py")):
            name = file.relative_to(root)
            tree = ast.parse(file.read_text())
            found += [f"{name}:{line}: {fault}" for line, fault in _faults(tree, name)]
    return found


def prints_as_it_is(root: Path = ROOT) -> list[str]:
    """Return where something is printed that a terminal might obey: ``entrypoints.terminal.show`` spells that out."""
    return [
        f"{file.relative_to(root)}:{node.lineno}: {ast.unparse(node.func)}"
        for package in ("core", "domain", "web", "workflows", "entrypoints")
        for file in sorted((root / package).rglob("*.py"))
        if file.relative_to(root) not in PRINTERS
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in PRINTING
    ]


def _faults(tree: ast.Module, name: Path) -> Iterator[tuple[int, str]]:
    source_of_files = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, name)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "request.files":
            source_of_files = True
    if source_of_files and "file_name" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        yield 1, "takes files from a request, and their names as they are: core.plain_text.file_name cleans them"


def _of_call(node: ast.Call, name: Path) -> Iterator[tuple[int, str]]:
    called = ast.unparse(node.func)
    if name != THE_ONE_PLACE and name not in OF_OTHER_MATTERS and called.endswith(LOOKS):
        yield node.lineno, f"calls {called}: text of people is cleaned in core.plain_text alone"
