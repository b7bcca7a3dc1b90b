"""What the components promise in their first comments, and what they are; which templates go past them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, nodes

import core

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(core.__file__).parent.parent
FOLDER = "templates/components"
FIRST_COMMENT = re.compile(r"\A\{#-(.*?)-#\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
ELEMENTS = "button|input|select|textarea|table|dialog|progress|meter|fieldset"
RAW = re.compile(rf"<({ELEMENTS})\b(?!\s+type=\"hidden\")[^>]*>?", re.IGNORECASE)
"""What a component makes. Hidden inputs may stand anywhere: nobody sees them."""

EXCEPTIONS = {
    "templates/branding/_choices.html": "choices with pictures of letters and corners in place of words",
    "templates/branding/_colour.html": "a colour and its code side by side, kept in step by script",
    "templates/branding/_contrast.html": "the colour that is offered stands in its button",
    "templates/branding/_picture.html": "a box that shows the picture, with the file's control within",
    "templates/runs/_bar.html": "one bar of all runs on the edge of the tray",
    "templates/translations/_choice.html": "languages, each marked as what it is",
    "templates/translations/_context_bar.html": "the bar and drawer of editing on the page, which its script moves",
    "templates/translations/_text.html": "a field in the language of the text, with placeholders to put in",
    "templates/translations/files.html": "a file with its languages in one line",
    "templates/translations/index.html": "filters in one line, with languages each marked as what it is",
    "templates/translations/replacements.html": "fields in the language that is searched, and a box before each text",
    "templates/layouts/_palette.html": "a combobox with its list: one of a kind, with a script of its own",
    "templates/layouts/_scheme.html": "three buttons of one name in one form, each pressed or not",
    "templates/layouts/_shortcuts.html": "a sheet that the script fills; its box is kept on the device and never sent",
    "templates/shell/search.html": "the palette's field as a page of its own, large and with its button beside it",
    "templates/tenants/_switcher.html": "a field that narrows the list in its own menu and is never sent",
    "templates/users/_preferences.html": "choices with pictures of themes, and languages in their own letters",
    "templates/tenants/workspace.html": "choices with pictures of themes, languages in their own letters, zones",
    "templates/users/_quick.html": "a list of languages, each in its own letters and direction",
    "templates/notifications/preferences.html": "a box and a list side by side for each kind of news",
}
"""Pages that write such elements themselves, and why."""

IMPORTED = re.compile(r'from "components/\w+\.html" import ([^%]+?)\s*-?%\}')

FREE = ("templates/components/", "templates/emails/")
"""Components themselves, and mails, which have no style sheet of ours."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro: its file without the ending, its name, and its arguments with their defaults as written."""

    file: str
    name: str
    arguments: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """A documented signature, whole (``text``) and in parts; ``about`` is what is said below it."""

    text: str
    arguments: tuple[tuple[str, str | None], ...]
    untyped: tuple[str, ...]
    about: str


def macros(root: Path = ROOT) -> Iterator[Macro]:
    """Every macro that other templates can import."""
    for file in sorted((root / FOLDER).glob("*.html")):
        tree = Environment(autoescape=True).parse(file.read_text())
        for macro in tree.find_all(nodes.Macro):
            if not macro.name.startswith("_"):
                bare = len(macro.args) - len(macro.defaults)
                defaults: list[str | None] = [None] * bare + [_default(given) for given in macro.defaults]
                arguments = zip((argument.name for argument in macro.args), defaults, strict=True)
                yield Macro(file.stem, macro.name, tuple(arguments))


def promise_of(macro: Macro, root: Path = ROOT) -> Promise | None:
    """Return what the first comment of a macro's file says of it, if it says anything."""
    comment = FIRST_COMMENT.match((root / FOLDER / f"{macro.file}.html").read_text())
    found = re.search(rf"^[ \t]*({re.escape(macro.name)}\(.*\))$", comment[1] if comment else "", re.MULTILINE)
    if comment is None or found is None:
        return None
    text = found[1].strip()
    about = comment[1][found.end() :].strip("\n").split("\n")
    told = [line.strip() for line in _until_the_next(about)]
    try:
        # "class" is a word of Python, not of Jinja.
        function = ast.parse("def " + text.replace("class:", "class_:") + ": ...").body[0]
    except SyntaxError:
        return Promise(text, (), ("it is not written as Python writes signatures",), " ".join(told))
    assert isinstance(function, ast.FunctionDef)
    given = function.args.args
    bare = len(given) - len(function.args.defaults)
    defaults = [None] * bare + [ast.dump(value) for value in function.args.defaults]
    names = [argument.arg.rstrip("_") for argument in given]
    untyped = tuple(name for name, argument in zip(names, given, strict=True) if argument.annotation is None)
    return Promise(text, tuple(zip(names, defaults, strict=True)), untyped, " ".join(told))


def signature_faults(root: Path = ROOT) -> list[str]:
    """Return macros whose first comment does not tell their arguments, types and defaults as they are."""
    found = []
    for macro in macros(root):
        promise, at = promise_of(macro, root), f"{macro.file}.html: {macro.name}"
        if promise is None:
            found.append(f"{at} is not documented in the first comment, on a line of its own")
            continue
        if promise.untyped:
            found.append(f"{at} does not say the types of {', '.join(promise.untyped)}")
        if promise.arguments != macro.arguments and "as Python" not in "".join(promise.untyped):
            found.append(f"{at} is documented as {_short(promise.arguments)}, but is {_short(macro.arguments)}")
        if not promise.about:
            found.append(f"{at} does not say what it is")
    return found


def raw_faults(
    root: Path = ROOT,
    *,
    folders: tuple[str, ...] = ("templates", "web/kit/templates"),
    exceptions: Mapping[str, str] = EXCEPTIONS,
) -> list[str]:
    """Return elements of pages that a component should make."""
    found = []
    for folder in folders:
        for file in sorted((root / folder).rglob("*.html")):
            name = str(file.relative_to(root))
            if name.startswith(FREE) or name in exceptions:
                continue
            text = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), file.read_text())
            for raw in RAW.finditer(text):
                line = text[: raw.start()].count("\n") + 1
                found.append(f"{name}:{line}: {raw[0][:80]} is written by hand; components have it")
    return found


def shown_faults(root: Path = ROOT) -> list[str]:
    """Return macros that no part of the pattern page, nor another component, uses."""
    pages = [root / "templates/shell/patterns.html", *(root / "templates/shell/patterns").glob("*.html")]
    text = "".join(file.read_text() for file in [*pages, *(root / FOLDER).glob("*.html")] if file.exists())
    used = {name for line in IMPORTED.findall(text) for name in re.findall(r"(\w+)(?:\s+as\s+\w+)?", line)}
    return [f"{macro.file}.html: {macro.name} is not shown" for macro in macros(root) if macro.name not in used]


def table_of_macros(root: Path = ROOT) -> str:
    """Return the table of ``docs/components.md``, made of the first comments."""
    rows = ["| from | macro | what it is |", "|---|---|---|"]
    for macro in macros(root):
        promise = promise_of(macro, root)
        if promise:
            rows.append(f"| `{macro.file}` | `{_cell(promise.text)}` | {_cell(promise.about)} |")
    return "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _until_the_next(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("    ") and line.strip():
            return
        yield line


def _default(given: nodes.Expr) -> str:
    return ast.dump(ast.parse(repr(given.as_const()), mode="eval").body)


def _short(arguments: tuple[tuple[str, str | None], ...]) -> str:
    return ", ".join(name if default is None else f"{name}={default}" for name, default in arguments)


if __name__ == "__main__":
    print(table_of_macros())  # noqa: T201  for docs/components.md
