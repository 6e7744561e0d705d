"""Every hint that names a command of labgen can be typed: the command and its options exist."""

import ast
import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from labgen.cli.entry import COMMANDS
from labgen.cli.session import Session
from tests.unit.docs.test_commands_in_docs import try_labgen

PACKAGE = Path(__file__).parents[3] / "labgen"
VALUE = "demo"  # in place of what an f-string fills in
# where not every word will do
FILLED = {"{without}": "--without node1", "{said.facts.suite}": "trixie"}
ADVICE = {"hint", "remedy", "more", "beside"}  # names under which hints are given
# A command in a hint: until the next one, which stands after four blanks, or the end of a sentence.
COMMAND = re.compile(rf"\blabgen ((?:{'|'.join(COMMANDS)})\b(?:(?!    |[;`\n)(]|, |: |'s ).)*)")
PROSE = {"tries", "builds", "resumes", "writes", "leaves", "shows", "again", "on", "is", "has"}


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield strings below the node, with a value in place of each expression."""
    if isinstance(node, ast.JoinedStr):
        parts = (it.value if isinstance(it, ast.Constant) else _filled(it) for it in node.values)
        yield "".join(map(str, parts))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


def _filled(expression: ast.AST) -> str:
    return FILLED.get(ast.unparse(expression), VALUE)


def _advice(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield expressions that are hints: arguments and variables of such names, remedies of
    findings, and what commands print at their end."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ADVICE:
            yield node.value
        elif isinstance(node, ast.Assign):
            if any(isinstance(it, ast.Name) and it.id in ADVICE for it in node.targets):
                yield node.value
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            if name in {"Finding", "say"}:
                yield from node.args


def _commands(path: Path) -> Iterator[str]:
    for node in _advice(ast.parse(path.read_text())):
        for text in _texts(node):
            for match in COMMAND.finditer(text):
                words = shlex.split(match.group(1))
                prose = next((n for n, it in enumerate(words) if it in PROSE), len(words))
                yield shlex.join(words[:prose])


HINTS = sorted({words for path in PACKAGE.rglob("*.py") for words in _commands(path)})


def test_hints_are_found() -> None:
    assert len(HINTS) > 15
    assert "down demo" in HINTS


@pytest.mark.parametrize("hint", HINTS)
def test_command_in_a_hint_exists(hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "settle", lambda _: None)
    try:
        with contextlib.suppress(click.exceptions.Exit):  # of --help
            try_labgen(shlex.split(hint))
    except click.UsageError as error:
        pytest.fail(f"labgen {hint}: {error.format_message()}")
