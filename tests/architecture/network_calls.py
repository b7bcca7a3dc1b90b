"""Calls over the network inside a unit of work: each holds a connection to the database for as long as a server likes.

A unit of work is the block of an ``async with`` that begins one, and the whole of a function that is given one. What is
awaited there is followed into the product's own functions, as far as names and annotations tell which are meant. A
second unit of work within the first counts too: where first ones hold all connections, none ever gets its second.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.architecture.program import ROOT, Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.architecture.program import Function

BEGINS = frozenset({"unit_of_work", "platform_unit_of_work"})
GIVEN = "uow"
AFTER_COMMIT = "committed"
"""The method of a hook that is given a unit of work which has ended."""

SERVERS = frozenset({
    *("mailer", "smtp", "storage", "redis", "valkey", "transport", "temporal", "client", "handle", "http"),
    *("scanner", "process", "socket", "writer", "reader"),
})  # fmt: skip
"""What talks to a server or another process is called one of these; what is awaited of it waits for that."""

LIBRARIES = frozenset({"aiosmtplib", "httpx", "redis", "temporalio", "obstore", "socket", "subprocess", "smtplib"})
CALLS = frozenset({
    *("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"),
    *("asyncio.open_connection", "asyncio.open_unix_connection", "asyncio.sleep"),
})  # fmt: skip


def network_calls(root: Path = ROOT) -> list[str]:
    """Return each call over the network inside a unit of work: the function, and the calls by which it gets there."""
    program = Program.read(root)
    found: dict[str, None] = {}
    for function in program.functions.values():
        for block in _units(function, program):
            found |= {f"{function.name}: {path}": None for path in _paths(block, function, program, ())}
    return list(found)


def _units(function: Function, program: Program) -> Iterator[Sequence[ast.AST]]:
    if GIVEN in function.parameters and function.node.name != AFTER_COMMIT:
        yield function.node.body
    for node in ast.walk(function.node):
        if isinstance(node, ast.AsyncWith):
            begun = [number for number, item in enumerate(node.items) if _begins(item.context_expr, function, program)]
            if begun:
                yield [*node.items[begun[0] + 1 :], *node.body]


def _begins(expression: ast.expr, function: Function, program: Program) -> bool:
    if not isinstance(expression, ast.Call):
        return False
    if ast.unparse(expression.func).rpartition(".")[2] in BEGINS:
        return True
    meant = program.meant(expression.func, function)
    return meant is not None and any(
        isinstance(node, ast.Return | ast.Yield) and node.value and _begins(node.value, meant, program)
        for node in ast.walk(meant.node)
    )


def _paths(block: Sequence[ast.AST], function: Function, program: Program, seen: tuple[str, ...]) -> Iterator[str]:
    for call in _awaited(block):
        called = ast.unparse(call.func)
        if _begins(call, function, program):
            yield f"{called}, a second unit of work"
            continue
        if _is_over_the_network(call.func, function, program):
            yield called
            continue
        meant = program.meant(call.func, function)
        if meant and meant.name not in seen:
            steps = _paths(meant.node.body, meant, program, (*seen, meant.name))
            yield from (f"{called} > {path}" for path in steps)


def _awaited(block: Sequence[ast.AST]) -> Iterator[ast.Call]:
    """Yield the calls that are waited for: awaited, also as one of several, entered, or gone through."""
    for root in block:
        for node in _walk_here(root):
            waited: list[ast.expr] = []
            if isinstance(node, ast.Await):
                waited = [node.value]
            elif isinstance(node, ast.AsyncFor):
                waited = [node.iter]
            elif isinstance(node, ast.AsyncWith):
                waited = [item.context_expr for item in node.items]
            elif isinstance(node, ast.withitem) and node is root:  # what is entered after the unit of work
                waited = [node.context_expr]
            elif isinstance(node, ast.comprehension) and node.is_async:
                waited = [node.iter]
            for expression in waited:
                yield from (inner for inner in ast.walk(expression) if isinstance(inner, ast.Call))


def _walk_here(root: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs where it stands: not the functions that are only defined there."""
    yield root
    for child in ast.iter_child_nodes(root):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _walk_here(child)


def _is_over_the_network(called: ast.expr, function: Function, program: Program) -> bool:
    name = program.full_name(called, function.module)
    if name in CALLS or name.partition(".")[0] in LIBRARIES:
        return True
    owners = ast.unparse(called).replace("()", "").split(".")[:-1]
    return any(owner.strip("_") in SERVERS for owner in owners)
