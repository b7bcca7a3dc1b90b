"""Text that a template shows without asking a catalogue: between tags, in attributes that are read, in calls."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from jinja2 import Environment, nodes as jinja

from core.i18n.template_sources import TEMPLATE_MARKERS, template_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ_ATTRIBUTES = frozenset(
    {"aria-label", "aria-description", "aria-valuetext", "aria-roledescription", "title", "placeholder", "alt"}
)
SILENT = frozenset({"script", "style", "code", "kbd", "samp", "var", "svg", "time", "data"})
"""Elements whose text nobody translates; an element of any name is one too when it says ``translate="no"``."""
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
NAMES = re.compile(r"\bADX(?: Core)?\b")
LETTERS = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[A-Z][a-z\N{RIGHT SINGLE QUOTATION MARK}']+(?:[ ,.:?{(]|$)")
VALUES = frozenset({"macro", "block"})
TOKENS = re.compile(r"[a-z0-9\s\N{OBJECT REPLACEMENT CHARACTER}-]*")
EXAMPLES = (
    *("Ada Lovelace", "Alan Turing", "Charles Babbage", "Edith Clarke", "Grace Hopper", "Mary Somerville"),
    *("Berlin", "Madrid", "Tokyo", "Sommerfest 2026"),
)
"""What people call people and things, in the examples of the pattern page."""

DATA = re.compile(rf".+\.[a-z0-9]{{2,5}}|Aa|(?:Ctrl|Enter|Esc)(?: \w)?|{'|'.join(EXAMPLES)}")
"""Constants that stand for what nobody translates: file names, keys, a sample of type, the examples."""

HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"


def literals(root: Path) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and text of everything in the templates that no catalogue can translate."""
    environment = Environment(autoescape=True)
    for file, _ in template_files(root):
        name, source = file.relative_to(root).as_posix(), file.read_text("utf-8")
        found = set(_in_markup(environment, source, is_html=file.suffix == ".html"))
        found |= set(_in_expressions(environment.parse(source, filename=str(file))))
        yield from ((name, line, text) for line, text in sorted(found))


def _in_markup(environment: Environment, source: str, *, is_html: bool) -> Iterator[tuple[int, str]]:
    text = _without_jinja(environment, source)
    if is_html:
        reader = _Reader()
        reader.feed(text)
        reader.close()
        yield from reader.found
    else:
        for number, line in enumerate(text.splitlines(), start=1):
            if _has_words(line):
                yield number, line.replace(HOLE, "").strip()


def _without_jinja(environment: Environment, source: str) -> str:
    """Return the markup with a hole for every expression, on the lines where it stood."""
    parts: list[str] = []
    opened: list[int] = []
    lines, in_block = 0, False
    for line, kind, value in environment.lex(source):
        parts.append("\n" * (line - 1 - lines))
        lines = max(lines, line - 1)
        if kind == "data":
            parts.append(value)
            lines += value.count("\n")
        elif kind == "variable_begin":
            parts.append(HOLE)
        elif kind == "block_begin":
            parts.append(HOLE)
            in_block = True
        elif kind == "name" and in_block:
            in_block = False
            if value in VALUES:
                opened.append(len(parts))
            elif value.removeprefix("end") in VALUES and opened:
                _drop_tokens(parts, opened.pop())
    return "".join(parts)


def _drop_tokens(parts: list[str], start: int) -> None:
    """Take out what a macro or block returns for the machine: class names, states, tones."""
    text = "".join(parts[start:])
    if "<" not in text and TOKENS.fullmatch(text):
        parts[start:] = ["\n" * text.count("\n")]


class _Reader(HTMLParser):
    """Collects text nodes and attributes that hold words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._silent:
            for name, value in attrs:
                if name in READ_ATTRIBUTES and value and _has_words(value):
                    self.found.append((self.getpos()[0], f'{name}="{value.replace(HOLE, "")}"'))
        if tag not in VOID and (self._silent or tag in SILENT or ("translate", "no") in attrs):
            self._silent.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        line = self.getpos()[0]
        for offset, text in enumerate(data.split("\n")):
            if _has_words(text):
                self.found.append((line + offset, text.replace(HOLE, "").strip()))


def _has_words(text: str) -> bool:
    return LETTERS.search(NAMES.sub("", text)) is not None


def _in_expressions(tree: jinja.Template) -> Iterator[tuple[int, str]]:
    """Yield constants that look like words for people: ``button("Save")``, ``{% set title = "New file" %}``."""
    marked = {
        id(arg)
        for call in tree.find_all(jinja.Call)
        if isinstance(call.node, jinja.Name) and call.node.name in TEMPLATE_MARKERS
        for arg in call.args
    }
    for constant in tree.find_all(jinja.Const):
        value = constant.value
        if isinstance(value, str) and id(constant) not in marked and SENTENCE.match(value):
            if DATA.fullmatch(value):
                continue
            yield constant.lineno, value
