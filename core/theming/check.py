"""What is wrong with a theme, told with file and line before anybody sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes

from core.colour import AA_TEXT, AAA_TEXT
from core.theming.palette import Palette, PaletteError, declarations
from core.theming.sheet import Fault, read_draft
from core.theming.themes import PRODUCT_SHEET

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jinja2 import Environment

    from core.theming.sheet import Draft

DOCUMENTED = re.compile(r"`(\w+)`")


def theme_faults(root: Path, names: Sequence[str], environment: Environment) -> list[Fault]:
    """Return the faults of the themes called ``names`` below ``root/themes``; of all of them when none is named.

    ``environment`` is the product's own, with its globals and without any theme's templates.
    """
    folders = [root / "themes" / name for name in names] or sorted(
        folder for folder in (root / "themes").iterdir() if folder.is_dir()
    )
    product = declarations((root / PRODUCT_SHEET).read_text("utf-8"))
    found: list[Fault] = []
    for folder in folders:
        draft = read_draft(folder)
        found += draft.faults or _unreadable(draft, product)
        found += _Overrides(folder / "templates", environment).faults()
    return found


def _unreadable(draft: Draft, product: dict[str, str]) -> list[Fault]:
    """Return the pairs of colours that miss what the theme has to reach, at the line of the token to change."""
    palette = Palette(product, draft.tokens)
    try:
        pairs = palette.unreadable(text=AAA_TEXT if draft.is_high_contrast else AA_TEXT)
    except PaletteError as error:
        return [Fault(draft.file, draft.lines.get(f"tokens.{error.token}", 1), str(error))]
    lines = draft.lines
    return [
        Fault(draft.file, lines.get(f"tokens.{one.pair.top}", lines.get(f"tokens.{one.pair.surface}", 1)), str(one))
        for one in pairs
    ]


class _Overrides:
    """The templates of one theme, compared with those of the product that they stand for."""

    def __init__(self, folder: Path, environment: Environment) -> None:
        self._folder = folder
        self._environment = environment
        self._product = set(environment.list_templates())

    def faults(self) -> list[Fault]:
        found: list[Fault] = []
        for file in sorted(self._folder.rglob("*")):
            if file.is_file():
                found += self._of(file, file.relative_to(self._folder).as_posix())
        return found

    def _of(self, file: Path, name: str) -> list[Fault]:
        if name not in self._product:
            return [Fault(file, 1, f"there is no template “{name}” to stand for")]
        try:
            tree = self._environment.parse(file.read_text("utf-8"), name, str(file))
            self._environment.compile(tree, name, str(file))
        except TemplateSyntaxError as error:
            return [Fault(file, error.lineno, str(error.message))]
        except (TemplateError, UnicodeDecodeError, OSError) as error:
            return [Fault(file, 1, str(error))]
        return [*self._references(file, tree), *self._blocks(file, tree), *self._variables(file, name, tree)]

    def _references(self, file: Path, tree: nodes.Template) -> list[Fault]:
        found = []
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            for target in _targets(node):
                if target not in self._product:
                    found.append(Fault(file, node.lineno, f"there is no template “{target}”"))
                elif isinstance(node, nodes.FromImport):
                    macros = self._macros(target)
                    names = [item if isinstance(item, str) else item[0] for item in node.names]
                    found += [
                        Fault(file, node.lineno, f"“{target}” has no macro “{name}”")
                        for name in names
                        if name not in macros
                    ]
        return found

    def _blocks(self, file: Path, tree: nodes.Template) -> list[Fault]:
        extended = {target for node in tree.find_all(nodes.Extends) for target in _targets(node)}
        reachable = {
            node.name
            for target in extended & self._product
            for part in self._family(self._parsed(target))
            for node in part.find_all(nodes.Block)
        }
        if not extended:
            return []
        return [
            Fault(file, node.lineno, f"nothing shows a block “{node.name}”; there are {', '.join(sorted(reachable))}")
            for node in tree.find_all(nodes.Block)
            if node.name not in reachable and not _is_within_block(tree, node)
        ]

    def _variables(self, file: Path, name: str, tree: nodes.Template) -> list[Fault]:
        offered = {"ctx", *self._environment.globals, *self._offered(name)}
        found = []
        for variable in sorted(meta.find_undeclared_variables(tree) - offered):
            lines = [node.lineno for node in tree.find_all(nodes.Name) if node.name == variable]
            found.append(Fault(file, min(lines, default=1), f"“{name}” is given no variable “{variable}”"))
        return found

    def _offered(self, name: str) -> set[str]:
        """Return what the product's template uses or says that it needs, with all it includes and extends."""
        offered: set[str] = set()
        for part, source in self._with_parts(name):
            offered |= meta.find_undeclared_variables(part)
            offered |= set(DOCUMENTED.findall(source.partition("-#}")[0] if source.startswith("{#") else ""))
        return offered

    def _with_parts(self, name: str) -> list[tuple[nodes.Template, str]]:
        found: dict[str, tuple[nodes.Template, str]] = {}
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if one in found or one not in self._product:
                continue
            tree = self._parsed(one)
            found[one] = (tree, self._source(one))
            waiting += [target for node in tree.find_all((nodes.Extends, nodes.Include)) for target in _targets(node)]
        return list(found.values())

    def _family(self, tree: nodes.Template) -> list[nodes.Template]:
        """Return a template with those that it extends."""
        family = [tree]
        for target in [target for node in tree.find_all(nodes.Extends) for target in _targets(node)]:
            if target in self._product:
                family += self._family(self._parsed(target))
        return family

    def _macros(self, name: str) -> set[str]:
        tree = self._parsed(name)
        assigned = {node.target.name for node in tree.find_all(nodes.Assign) if isinstance(node.target, nodes.Name)}
        return {node.name for node in tree.find_all(nodes.Macro)} | assigned

    def _parsed(self, name: str) -> nodes.Template:
        return self._environment.parse(self._source(name), name)

    def _source(self, name: str) -> str:
        assert self._environment.loader is not None  # the product's always has one
        return self._environment.loader.get_source(self._environment, name)[0]


def _targets(node: nodes.Node) -> list[str]:
    target = getattr(node, "template", None)
    if isinstance(target, nodes.Const):
        return [target.value] if isinstance(target.value, str) else list(target.value)
    if isinstance(target, nodes.Tuple | nodes.List):
        return [item.value for item in target.items if isinstance(item, nodes.Const)]
    return []


def _is_within_block(tree: nodes.Template, block: nodes.Block) -> bool:
    return any(block in outer.find_all(nodes.Block) for outer in tree.find_all(nodes.Block) if outer is not block)
