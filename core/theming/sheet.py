"""From a ``theme.toml`` to a sheet of tokens; whatever cannot be used is told with its line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.theming.tokens import TOKENS, TokenError, css_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST = 4096
"""Bytes of a theme's whole sheet, as of a tenant's."""

FACTS = ("name", "description", "contrast", "tokens", "fonts", "radius", "density")
FONT_TOKENS = {"text": "font", "heading": "font-heading", "code": "font-code"}
GENERIC = ("sans-serif", "serif", "monospace")
ARABIC = {
    "sans-serif": ["Noto Sans Arabic", "Geeza Pro"],
    "serif": ["Noto Naskh Arabic", "Geeza Pro"],
    "monospace": ["Noto Sans Arabic", "Geeza Pro"],
}
JAPANESE = {
    "sans-serif": ["Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK JP", "Noto Sans JP"],
    "serif": ["Hiragino Mincho ProN", "Yu Mincho", "Noto Serif CJK JP", "Noto Serif JP"],
    "monospace": ["Osaka-Mono", "BIZ UDGothic", "Noto Sans Mono CJK JP", "Noto Sans CJK JP"],
}
CHINESE = {
    "sans-serif": ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC"],
    "serif": ["Songti SC", "SimSun", "Noto Serif CJK SC", "Noto Serif SC"],
    "monospace": ["PingFang SC", "Microsoft YaHei", "Noto Sans Mono CJK SC", "Noto Sans CJK SC"],
}
SHOWN_FIRST = 2
"""CJK fonts of the other language that a sheet names: enough for a stray name in it."""

BEYOND = {
    "url(": re.compile(r"url\s*\(|image-set\s*\(|src\s*\(", re.IGNORECASE),
    "@import": re.compile(r"@(?:import|font-face|namespace|charset|layer)", re.IGNORECASE),
    "<": re.compile(r"<"),
}
"""What a sheet may not hold: it fetches nothing, and stays in its layer."""

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a theme that has to be changed first."""

    file: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file.as_posix()}:{self.line}: {self.text}"


@dataclass(slots=True)
class Draft:
    """What could be read of a theme: its facts, its tokens as CSS values, what it says beyond them, and its faults."""

    folder: Path
    name: str = ""
    description: str = ""
    is_high_contrast: bool = False
    tokens: dict[str, str] = field(default_factory=dict)
    fonts: dict[str, list[str]] = field(default_factory=dict)
    beyond: str = ""
    faults: list[Fault] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The file that the theme is made of."""
        return self.folder / "theme.toml"

    @property
    def css(self) -> str:
        """The whole sheet: tokens in the layer ``theme``, what goes beyond them in the layer ``look``."""
        declared = "".join(f"--{name}:{value};" for name, value in sorted(self.tokens.items()))
        parts = [f":root{{{declared}{self._fonts('')}}}"]
        parts += [f":root:lang({lang}){{{fonts}}}" for lang in ("ja", "zh") if (fonts := self._fonts(lang))]
        beyond = f"\n@layer look{{{_squeezed(self.beyond)}}}" if self.beyond.strip() else ""
        return f"@layer theme{{{''.join(parts)}}}{beyond}\n"

    def _fonts(self, language: str) -> str:
        return "".join(f"--{token}:{_stack(fonts, language)};" for token, fonts in sorted(self.fonts.items()))

    def fault(self, text: str, key: str = "") -> None:
        """Note a fault at the line of a key of ``theme.toml``."""
        self.faults.append(Fault(self.file, self.lines.get(key, 1), text))


def read_draft(folder: Path) -> Draft:
    """Read a theme's folder. It never raises for what stands in it: the draft holds the faults."""
    draft = Draft(folder)
    try:
        source = draft.file.read_text("utf-8")
        facts = tomllib.loads(source)
    except (OSError, UnicodeDecodeError) as error:
        draft.fault(f"it cannot be read: {error}")
        return draft
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        draft.faults.append(Fault(draft.file, int(found[1]) if found else 1, str(error)))
        return draft
    draft.lines = _lines(source)
    _read_facts(draft, facts)
    _read_tokens(draft, facts)
    _read_fonts(draft, facts.get("fonts", {}))
    _read_beyond(draft)
    size = len(draft.css.encode())
    if size > LARGEST:
        draft.fault(f"the sheet has {size} bytes; {LARGEST} are allowed")
    return draft


def _read_facts(draft: Draft, facts: Mapping[str, Any]) -> None:
    for key in facts:
        if key not in FACTS:
            draft.fault(f"there is no setting “{key}”; there are {', '.join(FACTS)}", key)
    name, description = facts.get("name"), facts.get("description", "")
    if not isinstance(name, str) or not name.strip():
        draft.fault("it needs a name, as text", "name")
    else:
        draft.name = name
    if not isinstance(description, str):
        draft.fault("the description is text", "description")
    else:
        draft.description = description
    if facts.get("contrast", "normal") not in {"normal", "high"}:
        draft.fault("contrast is “normal” or “high”", "contrast")
    draft.is_high_contrast = facts.get("contrast") == "high"


def _read_tokens(draft: Draft, facts: Mapping[str, Any]) -> None:
    tokens = facts.get("tokens", {})
    if not isinstance(tokens, dict):
        draft.fault("[tokens] is a table", "tokens")
        return
    given = {**tokens, **{name: facts[name] for name in ("radius", "density") if name in facts}}
    for name, value in given.items():
        key = name if name in {"radius", "density"} and name in facts else f"tokens.{name}"
        if name in FONT_TOKENS.values():
            draft.fault(f"fonts stand in [fonts], as {', '.join(FONT_TOKENS)}", key)
            continue
        try:
            draft.tokens[name] = _value(name, value)
        except TokenError as error:
            draft.fault(str(error), key)


def _value(name: str, value: object) -> str:
    if not isinstance(value, dict):
        return css_value(name, value)
    if set(value) != {"light", "dark"} or name not in TOKENS or TOKENS[name].kind != "colour":
        raise TokenError(f"{name}: only a colour may be a table, and then it has light and dark")
    return f"light-dark({css_value(name, value['light'])},{css_value(name, value['dark'])})"


def _read_fonts(draft: Draft, fonts: object) -> None:
    if not isinstance(fonts, dict):
        draft.fault("[fonts] is a table", "fonts")
        return
    for role, names in fonts.items():
        key = f"fonts.{role}"
        if role not in FONT_TOKENS:
            draft.fault(f"there is no font “{role}”; there are {', '.join(FONT_TOKENS)}", key)
        elif not isinstance(names, list) or not names or names[-1] not in GENERIC:
            draft.fault(f"{key}: a list of names is expected that ends in {', '.join(GENERIC)}", key)
        else:
            try:
                css_value(FONT_TOKENS[role], names)
                draft.fonts[FONT_TOKENS[role]] = names
            except TokenError as error:
                draft.fault(str(error), key)


def _read_beyond(draft: Draft) -> None:
    file = draft.folder / "tokens.css"
    if not file.is_file():
        return
    try:
        css = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        draft.faults.append(Fault(file, 1, f"it cannot be read: {error}"))
        return
    plain = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), css)
    before = len(draft.faults)
    for number, line in enumerate(plain.splitlines(), 1):
        for what, pattern in BEYOND.items():
            if pattern.search(line):
                draft.faults.append(Fault(file, number, f"{what} is not allowed: a sheet fetches nothing"))
        for name in re.findall(r"--([\w-]+)\s*:", line):
            if name not in TOKENS:
                draft.faults.append(Fault(file, number, f"there is no token “{name}”"))
    if not _is_balanced(plain):
        draft.faults.append(Fault(file, plain.count("\n") or 1, "the braces do not match"))
    if len(draft.faults) == before:
        draft.beyond = css


def _is_balanced(css: str) -> bool:
    depth = 0
    for character in css:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0 and css.count('"') % 2 == 0 and css.count("'") % 2 == 0 and "/*" not in css


def _squeezed(css: str) -> str:
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", COMMENT.sub("", css))).strip()


def _stack(fonts: list[str], language: str) -> str:
    """Return the fonts with those that carry Arabic, Japanese and Chinese, in the style of the last one."""
    *named, generic = fonts
    japanese, chinese = JAPANESE[generic], CHINESE[generic]
    cjk = {
        "": [*japanese[:SHOWN_FIRST], *chinese[:SHOWN_FIRST]],
        "ja": japanese,
        "zh": chinese,
    }[language]
    arabic = [] if language else ARABIC[generic]
    names = list(dict.fromkeys([*named, *arabic, *cjk, generic]))
    return ",".join(name if re.fullmatch(r"[a-z-]+", name) else f'"{name}"' for name in names)


def _lines(source: str) -> dict[str, int]:
    """Return the line of each key, by its path (``tokens.accent``); of inline tables the line they stand on."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(source.splitlines(), 1):
        if heading := re.match(r"\s*\[([\w.\"-]+)\]", line):
            table = heading[1].replace('"', "") + "."
            found.setdefault(table[:-1], number)
            found.setdefault(table[:-1].split(".")[0], number)
        elif key := re.match(r"\s*\"?([\w-]+)\"?\s*[.=]", line):
            found.setdefault(table + key[1], number)
    return found
