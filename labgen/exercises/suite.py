"""The tests that an exercise may name as checks, read from their files without running them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from labgen.system import data

READ_ONLY = "smoke"  # the only tier whose tests change nothing


@cache
def smoke_tests() -> tuple[str, ...]:
    """Return the tests of the suite's read-only tier, as FILE::TEST."""
    files = sorted(data.directory("acceptance").glob("test_*.py"))
    return tuple(name for file in files for name in tests(file))


def tests(file: Path) -> tuple[str, ...]:
    """Return the tests of that file that belong to the read-only tier, as FILE::TEST.

    Raises SyntaxError if the file is not Python.
    """
    tree = ast.parse(file.read_text(), filename=str(file))
    whole = any(_is_mark(it) for it in tree.body)
    return tuple(
        f"{file.name}::{it.name}"
        for it in tree.body
        if isinstance(it, ast.FunctionDef)
        and it.name.startswith("test_")
        and (whole or READ_ONLY in set(_attributes(it.decorator_list)))
    )


def _is_mark(node: ast.stmt) -> bool:
    """Return whether the statement marks all tests of its file."""
    if not isinstance(node, ast.Assign):
        return False
    named = any(isinstance(it, ast.Name) and it.id == "pytestmark" for it in node.targets)
    return named and READ_ONLY in set(_attributes([node.value]))


def _attributes(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Attribute):
                yield inner.attr
