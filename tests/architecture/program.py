"""The product's functions and classes as its sources have them, and which a call means, as far as can be told."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import core

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(core.__file__).parent.parent
PACKAGES = ("core", "domain", "activities", "web", "entrypoints")


@dataclass(frozen=True)
class Function:
    """One function, with the class it belongs to, if it does."""

    name: str
    module: str
    owner: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def parameters(self) -> dict[str, ast.expr | None]:
        """Its parameters and their annotations."""
        given = self.node.args
        return {one.arg: one.annotation for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)}


@dataclass
class Program:
    """All of it: functions and classes by their full names, what each module imports, what kind each attribute is."""

    functions: dict[str, Function] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    imports: dict[str, dict[str, str]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], tuple[str, ast.expr]] = field(default_factory=dict)
    """Class and attribute: the module in which it is annotated, and its annotation or what it is made by."""

    @classmethod
    def read(cls, root: Path = ROOT) -> Program:
        """Read the sources of a tree."""
        program = cls()
        for package in PACKAGES:
            for file in sorted((root / package).rglob("*.py")):
                module = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
                program._read_module(module, ast.parse(file.read_text()))
        return program

    def meant(self, call: ast.expr, within: Function) -> Function | None:
        """Return the function that is called; None for one of a library, or one that cannot be told."""
        if isinstance(call, ast.Attribute) and (kind := self.kind(call.value, within)):
            return self.functions.get(f"{kind}.{call.attr}")
        name = self.full_name(call, within.module)
        return self.functions.get(name) or self.functions.get(f"{name}.__init__")

    def full_name(self, expression: ast.expr, module: str) -> str:
        """Return the full name that a dotted expression has in a module, through all that hand a name on."""
        first, dot, rest = ast.unparse(expression).partition(".")
        known = self.imports.get(module, {})
        name = f"{known[first]}{dot}{rest}" if first in known else f"{module}.{first}{dot}{rest}"
        return self._origin(name)

    def kind(self, expression: ast.expr, within: Function) -> str:
        """Return the full name of the class that an expression is of, or nothing."""
        if isinstance(expression, ast.Await):
            return self.kind(expression.value, within)
        if isinstance(expression, ast.Name):
            if expression.id == "self":
                return within.owner
            annotation = within.parameters.get(expression.id)
            return self._annotated(annotation, within.module) if annotation else ""
        if isinstance(expression, ast.Attribute):
            return self._of_attribute(self.kind(expression.value, within), expression.attr)
        if isinstance(expression, ast.Call):
            return self._of_call(expression, within)
        return ""

    def _of_call(self, call: ast.Call, within: Function) -> str:
        name = self.full_name(call.func, within.module)
        if name in self.classes:
            return name
        function = self.meant(call.func, within)
        return self._annotated(function.node.returns, function.module) if function and function.node.returns else ""

    def _of_attribute(self, owner: str, attribute: str) -> str:
        module, given = self.attributes.get((owner, attribute), ("", None))
        if isinstance(given, ast.Call):
            name = self.full_name(given.func, module)
            return name if name in self.classes else ""
        if given is not None:
            return self._annotated(given, module)
        method = self.functions.get(f"{owner}.{attribute}")  # a property
        return self._annotated(method.node.returns, method.module) if method and method.node.returns else ""

    def _annotated(self, annotation: ast.expr, module: str) -> str:
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name | ast.Attribute) and (name := self.full_name(node, module)) in self.classes:
                return name
        return ""

    def _origin(self, name: str) -> str:
        """Follow a name through the packages that import it to hand it on."""
        module, _, last = name.rpartition(".")
        while (known := self.imports.get(module, {})) and last in known and known[last] != name:
            name = known[last]
            module, _, last = name.rpartition(".")
        return name

    def _read_module(self, module: str, tree: ast.Module) -> None:
        self.imports[module] = dict(_imports(tree))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.functions[f"{module}.{node.name}"] = Function(f"{module}.{node.name}", module, "", node)
            elif isinstance(node, ast.ClassDef):
                self._read_class(module, node)

    def _read_class(self, module: str, node: ast.ClassDef) -> None:
        owner = f"{module}.{node.name}"
        self.classes.add(owner)
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                self.functions[f"{owner}.{inner.name}"] = Function(f"{owner}.{inner.name}", module, owner, inner)
                if inner.name == "__init__":
                    self._read_attributes(self.functions[f"{owner}.__init__"])
            elif isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name):
                self.attributes[owner, inner.target.id] = (module, inner.annotation)

    def _read_attributes(self, init: Function) -> None:
        for node in ast.walk(init.node):
            if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)):
                continue
            value = node.value
            given = init.parameters.get(value.id) if isinstance(value, ast.Name) else value
            if given is not None:
                self.attributes[init.owner, node.targets[0].attr] = (init.module, given)


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                (alias.asname or alias.name.partition(".")[0], alias.asname or alias.name) for alias in node.names
            )
