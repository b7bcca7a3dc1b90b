"""Which texts the templates say, and what each is on its page: by the macro that shows it, or the element around it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict, deque
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from jinja2 import Environment, nodes as jinja

from core.i18n.roles import IN_EMAIL, NOTICE, OF_ATTRIBUTES, OF_MACROS, OF_TAGS, PAGE_TITLE, told
from core.i18n.source_text import FOR_TRANSLATORS, SourceText
from core.i18n.template import domain_of_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

TEMPLATE_FOLDERS = ("templates", "web/kit/templates")
TEMPLATE_MARKERS = {"_": 1, "gettext": 1, "ngettext": 2}
"""How many texts each takes."""

IN_ATTRIBUTE = re.compile(r'<[a-z][^<>]*\s([a-z-]+)="[^"<>]*$')
IN_NOTICE = re.compile(r'<p\b[^<>]*role="status"[^<>]*>(?:(?!</p>).)*$', re.DOTALL)
IN_TAG = re.compile(r"<([a-z][a-z0-9]*)\b[^<>]*>[^<>]*$")
Around: TypeAlias = dict[str, deque[tuple[tuple[str, ...], str | None]]]
"""By text, for each time that it stands in a file: the comments about it, and the role of the element it stands in."""

ALIKE = ("span", "b", "strong", "em", "small")
"""Elements that say nothing of what stands in them: what is around them does."""


def texts_of_templates(root: Path) -> Iterator[SourceText]:
    """Yield every marked text in the templates below ``root``."""
    read = [(file, folder, file.read_text("utf-8")) for file, folder in template_files(root)]
    parsed = [(*each, _environment().parse(each[2], filename=str(each[0]))) for each in read]
    macros = {macro.name: [argument.name for argument in macro.args] for macro in _macros(tree for *_, tree in parsed)}
    for file, folder, source, tree in parsed:
        domain = domain_of_template(file.relative_to(folder).as_posix())
        elsewhere = IN_EMAIL if file.is_relative_to(folder / "emails") else None
        around = _around(source)
        for call, role in sorted(_marked(tree, None, macros), key=lambda found: found[0].lineno):
            if found := _text(call, domain, file.relative_to(root).as_posix(), around, role, elsewhere):
                yield found


def _macros(trees: Iterable[jinja.Template]) -> Iterator[jinja.Macro]:
    for tree in trees:
        yield from tree.find_all(jinja.Macro)


def template_files(root: Path) -> list[tuple[Path, Path]]:
    """Return every template below ``root``, each with the folder that its name is relative to."""
    folders = [root / folder for folder in TEMPLATE_FOLDERS] + sorted((root / "themes").glob("*/templates"))
    kinds = [(folder, kind) for folder in folders for kind in ("html", "txt")]
    return [(file, folder) for folder, kind in kinds for file in sorted(folder.rglob(f"*.{kind}"))]


def _text(call: jinja.Call, domain: str, file: str, around: Around, *roles: str | None) -> SourceText | None:
    """Return the text of a marked call; ``roles`` are what it may be, beside the element that it stands in."""
    texts = [arg.value for arg in call.args if isinstance(arg, jinja.Const) and isinstance(arg.value, str)]
    wanted = TEMPLATE_MARKERS[_name(call)]
    if len(texts) < wanted:
        return None
    comments, element = around[texts[0]].popleft() if around[texts[0]] else ((), None)
    context = next((each.value for each in call.kwargs if each.key == "context"), None)
    macro, elsewhere = roles
    return SourceText(
        domain,
        texts[0],
        texts[1] if wanted > 1 else None,
        file,
        call.lineno,
        context.value if isinstance(context, jinja.Const) else None,
        (*comments, *told(texts[0], macro or element or elsewhere)),
        macro or element or elsewhere,
    )


def _marked(
    node: jinja.Node, role: str | None, macros: Mapping[str, list[str]]
) -> Iterator[tuple[jinja.Call, str | None]]:
    if isinstance(node, jinja.Call) and _name(node) in TEMPLATE_MARKERS:
        yield node, role
    for child, role_here in _children(node, role, macros):
        yield from _marked(child, role_here, macros)


def _children(
    node: jinja.Node, role: str | None, macros: Mapping[str, list[str]]
) -> Iterator[tuple[jinja.Node, str | None]]:
    """Yield what stands in a node: what a macro is given is what that macro makes of it."""
    if isinstance(node, jinja.Call):
        name = _name(node)
        given = [f"{name}.{parameter}" for parameter in macros.get(name, ())]
        yield from zip_longest(node.args, map(OF_MACROS.get, given[: len(node.args)]))
        yield from ((each.value, OF_MACROS.get(f"{name}.{each.key}")) for each in node.kwargs)
    elif isinstance(node, jinja.Pair):
        key = node.key.value if isinstance(node.key, jinja.Const) else ""
        yield node.value, OF_ATTRIBUTES.get(key)
    else:
        yield from ((child, role) for child in node.iter_child_nodes())


def _name(call: jinja.Call) -> str:
    return call.node.name if isinstance(call.node, jinja.Name) else ""


def _around(source: str) -> Around:
    found: Around = defaultdict(deque)
    reading = _Reading()
    for _, kind, value in _environment().lex(source):
        if text := reading.take(kind, value):
            found[text].append((reading.comments(), reading.role))
    return found


class _Reading:
    """Goes through a template: keeps the markup so far, and which comments hold."""

    def __init__(self) -> None:
        self.role: str | None = None
        self._markup = ""
        self._last = ""
        self._block = ""
        self._begun = False
        self._next: tuple[str, ...] = ()
        self._wide: list[tuple[str, tuple[str, ...]]] = []

    def take(self, kind: str, value: str) -> str:
        """Take the next token; return the text that it is, if a marker says so."""
        if kind == "data":
            self._markup += value
        elif kind == "comment" and (begins := FOR_TRANSLATORS.match(value)):
            self._next = (*self._next, " ".join(value[begins.end() :].strip(" -").split()))
        elif kind == "variable_begin":
            self.role = _of_element(self._markup)
        elif kind == "variable_end":
            self._markup += "\N{OBJECT REPLACEMENT CHARACTER}"
            self.role = None
        elif kind in {"block_begin", "block_end"}:
            self._begun = kind == "block_begin"
            self._end_of_block(kind)
        elif kind == "name":
            self._name(value)
        elif kind == "string" and self._last in TEMPLATE_MARKERS:
            self._last = ""
            return str(ast.literal_eval(value))
        return ""

    def comments(self) -> tuple[str, ...]:
        """Return what is told of the text that was found last: what stands right before it, and what holds here."""
        once, self._next = self._next, ()
        return (*once, *(each for _, comments in self._wide for each in comments))

    def _name(self, value: str) -> None:
        if self._begun:
            self._begun, self._block = False, value
            if value == "endblock" and "<title>" in self._markup:
                self._markup = ""  # what comes now is no title any more
            if self._next:  # right before a block: it is about all of it
                self._wide.append((value, self._next))
                self._next = ()
            elif self._wide and value == self._wide[-1][0]:
                self._wide.append((value, ()))
            elif self._wide and value == f"end{self._wide[-1][0]}":
                self._wide.pop()
        elif self._last == "block" and value == "title":
            self._markup += "<title>"
        self._last = value

    def _end_of_block(self, kind: str) -> None:
        if kind == "block_end" and self._block == "set" and self._wide and self._wide[-1][0] == "set":
            self._wide.pop()


def _of_element(markup: str) -> str | None:
    tail = markup[-2000:]
    if attribute := IN_ATTRIBUTE.search(tail):
        return OF_ATTRIBUTES.get(attribute[1])
    for name in ALIKE:
        tail = re.sub(rf"</?{name}\b[^<>]*>", "", tail)
    element = IN_TAG.search(tail)
    if element and (role := PAGE_TITLE if element[1] == "title" else OF_TAGS.get(element[1])):
        return role
    return NOTICE if IN_NOTICE.search(tail) else None


@cache
def _environment() -> Environment:
    return Environment(autoescape=True)
