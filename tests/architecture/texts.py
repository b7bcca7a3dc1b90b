"""Texts get their values in one place, which sets them apart (``core.i18n.isolation``): finds what goes past it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, nodes

import core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(core.__file__).parent.parent
PACKAGES = ("core", "domain", "activities", "workflows", "web", "entrypoints")
SPEAKING = frozenset({"_", "N_", "gettext", "ngettext", "say", "tell", "translate", "translate_plural", "filled"})
"""``tell`` is for a terminal, which has columns and lines."""

SPEAKS = re.compile(rf"\b(?:{'|'.join(SPEAKING)})\(|core\.i18n\.placeholders")
FILLING = frozenset({"format", "format_map", "replace", "join", "removeprefix", "removesuffix"})
FILLER = "core.i18n.placeholders"
THE_ONE_PLACE = Path("core/i18n/speaker.py")
OF_OTHERS = frozenset({Path("entrypoints/terminal.py")})
"""Typer's own words, whose placeholders Typer fills."""

SCRIPTS = Path("web/static/js")
THE_ONE_SCRIPT = "11-filling.js"
GLUED = re.compile(r"\b(?:_|say|ngettext)\([^{}]*\)\s*\}\}(?:\s*\{%[^%]*%\})*\s*[:\uff1a]")
"""A text, a colon, and then what it is about: French has a space before it, Japanese and Chinese one of their own."""

SAYS = r"\{\{\s*(?:_|ngettext)\(\s*"
SPACE = r"[^\S\n]*(?:\{#.*?#\})?[^\S\n]*"
BESIDE = re.compile(
    SAYS + r"""(?:"(?:[^"\\]|\\.)*[^"\\.?…]"|'(?:[^'\\]|\\.)*[^'\\.?…]')[^{}]*\)\s*\}\}"""
    rf"{SPACE}(?:<(?:a|b|bdi|code|data|em|kbd|output|samp|strong|time)\b[^>]*>)?{SPACE}\{{\{{(?!\s*icon\()"
    rf"|\}}\}}(?:[^\S\n]|</?[a-z][^>]*>)*{SPACE}{SAYS}[\"'][(,;)]",
)
"""What belongs to a sentence, behind a text that does not end, or before one that does not begin."""

BARE = re.compile(
    r"\{\{\s*((?:\w+\.)*(?:(?<=\.)(?:name|email|by|who|started_by|uploader|opener)|actor_name|shown_name))\s*\}\}"
)
"""What people called something, alone in an element, which orders it by the page's direction."""

OF_JINJA = re.compile(r"\{([{%#]).*?[}%#]\}", re.DOTALL)

OUR_NAMES = frozenset({"language.name", "editor.language.name", "each.name", "card.name", "series.name", "group.name"})
"""Languages and themes, in one writing each."""

BY_HAND = re.compile(r"%[-+.\d]*[efgEG]|\{:[,.\d]*[efgEG,]\}")
"""A number made text with a point, where half of our readers write a comma."""

IN_SCRIPTS = re.compile(r"""\.replace(?:All)?\(\s*(?:["'`]\{|/\\?\{)|(?:announce|say)\(\s*`|textContent = `""")


def filled_elsewhere(root: Path = ROOT) -> list[str]:
    """Return where a text is filled or lengthened by other means than its placeholders."""
    return [*_by_python(root), *_by_templates(root), *_by_scripts(root)]


def _by_python(root: Path) -> Iterator[str]:
    for file in (file for package in PACKAGES for file in sorted((root / package).rglob("*.py"))):
        name, source = file.relative_to(root), file.read_text("utf-8")
        if name in OF_OTHERS or not SPEAKS.search(source):
            continue
        for node in ast.walk(ast.parse(source)):
            if fault := _of_python(node, name):
                yield f"{name}:{getattr(node, 'lineno', 0)}: {fault}"


def _of_python(node: ast.AST, name: Path) -> str | None:
    match node:
        case ast.ImportFrom(module=module) if module == FILLER and name != THE_ONE_PLACE:
            return "fills by itself" if "fill" in {each.name for each in node.names} else None
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in FILLING and _speaks(value):
            return f"{attr} of a text"
        case ast.BinOp(op=ast.Mod() | ast.Add()) if _speaks(node.left) or _speaks(node.right):
            return "adds to a text"
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(spec))])) if (
            name.parts[0] == "web"
        ):
            return "writes a number by hand" if spec[-1:] in "efgEG,%" else None
        case ast.FormattedValue(value=value) if _speaks(value, but="tell"):
            return "puts a text into another"
    return None


def _speaks(node: ast.expr, *, but: str = "") -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in SPEAKING and name != but
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in SPEAKING - {"tell"}  # which files have too
    return False


def _by_templates(root: Path) -> Iterator[str]:
    for file in sorted([*root.rglob("templates/**/*.html"), *root.rglob("templates/**/*.txt")]):
        name = file.relative_to(root)
        if name.parts[0] in {"node_modules", ".venv", "tests"}:
            continue
        source = file.read_text("utf-8")
        yield from (f"{name}:{source.count(chr(10), 0, at) + 1}: {fault}" for at, fault in _of_markup(source, name))
        tree = Environment(autoescape=True).parse(source)
        for fault, is_found in _IN_TEMPLATES.items():
            yield from (f"{name}:{node.lineno}: {fault}" for node in tree.find_all(nodes.Expr) if is_found(node))
        for shown in (each for output in tree.find_all(nodes.Output) for each in output.nodes):
            if isinstance(shown, nodes.Filter) and shown.name == "round":
                yield f"{name}:{shown.lineno}: shows a number that no language wrote"


def _of_markup(source: str, name: Path) -> Iterator[tuple[int, str]]:
    """Yield what the letters of a template show, and where."""
    yield from ((found.start(), "a colon that is in no text") for found in GLUED.finditer(source))
    if "patterns" in name.parts:
        return
    yield from ((found.start(), "a part of a sentence beside a text") for found in BESIDE.finditer(source))
    for found in BARE.finditer(source) if name.suffix == ".html" else ():
        if found[1] not in OUR_NAMES and not _needs_nothing(source[: found.start()]):
            yield found.start(), "a name that is not set apart"


def _needs_nothing(before: str) -> bool:
    """Whether what follows is part of a tag, an attribute's value say, or has an element that sets it apart."""
    markup = OF_JINJA.sub("", before)
    return markup.rfind("<") > markup.rfind(">") or markup.endswith("<bdi>")


def _says(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in SPEAKING


def _is_filtered(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Filter) and node.name in FILLING and _says(node.node)


def _is_added_to(node: nodes.Expr) -> bool:
    if isinstance(node, (nodes.Add, nodes.Mod)):
        return _says(node.left) or _says(node.right)
    return isinstance(node, nodes.Concat) and any(map(_says, node.nodes))


def _is_called(node: nodes.Expr) -> bool:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Getattr)
        and node.node.attr in FILLING
        and _says(node.node.node)
    )


def _is_number_by_hand(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str) and BY_HAND.search(node.value) is not None


_IN_TEMPLATES: dict[str, Callable[[nodes.Expr], bool]] = {
    "a filter fills a text": _is_filtered,
    "adds to a text": _is_added_to,
    "a method fills a text": _is_called,
    "writes a number by hand": _is_number_by_hand,
}


def _by_scripts(root: Path) -> Iterator[str]:
    for file in sorted((root / SCRIPTS).glob("*.js")):
        if file.name == THE_ONE_SCRIPT:
            continue
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if IN_SCRIPTS.search(line):
                yield f"{file.relative_to(root)}:{number}: fills a text, which filled() does"
