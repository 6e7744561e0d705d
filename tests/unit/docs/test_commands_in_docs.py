"""The commands, links and paths in README, CONTRIBUTING and docs exist."""

import configparser
import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest

from labgen.cli.entry import cli
from labgen.cli.session import Session

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^ *```(?:sh|bash)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
PROGRAMS = {"labgen", "make", "tox"}
FOLDERS = (
    "acceptance",
    "benchmarks",
    "docs",
    "exercises",
    "labgen",
    "provisioners",
    "scenarios",
    "tests",
    "tools",
)
PLACEHOLDER = "NAME"  # stands for a name of one's own in a path
VERSION = "labgen/v1"  # of the formats of files; it looks like a path
ENDS = {"|", "||", "&&", ";", ">", ")"}


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the words of every labgen, make and tox command in the page's blocks of shell code."""
    for block in FENCE.findall(page.read_text()):
        for line in block.splitlines():
            lexer = shlex.shlex(line.replace("$(", "; "), posix=True, punctuation_chars=";|&<>)")
            lexer.whitespace_split = True
            try:
                words = list(lexer)
            except ValueError:  # a quote that ends on a later line
                words = []
            for number, word in enumerate(words):
                if word.removeprefix(".venv/bin/") in PROGRAMS:
                    rest = list(takewhile(lambda it: it not in ENDS, words[number + 1 :]))
                    yield [Path(word).name, *rest]


CALLS = sorted({shlex.join(call) for page in PAGES for call in commands(page)})
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pytest.mark.parametrize("call", CALLS)
def test_command_in_the_docs_exists(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "settle", lambda _: None)
    program, *words = shlex.split(call)
    {"labgen": try_labgen, "make": try_make, "tox": try_tox}[program](words)


@each_page
def test_links_of_the_page_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    gone = [link for link in links if ":" not in link and not (page.parent / link).exists()]
    assert gone == []


@each_page
def test_paths_that_the_page_names_exist(page: Path) -> None:
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]+)`", page.read_text())
    gone = [
        path
        for path in named
        if PLACEHOLDER not in path and path != VERSION and not (ROOT / path).exists()
    ]
    assert gone == []


def test_command_that_does_not_exist_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\nx=$(.venv/bin/labgen down a --force | cat)\nmake labs\n```\n")
    call, make = commands(page)
    assert call == ["labgen", "down", "a", "--force"]
    with pytest.raises(click.UsageError, match="--force"):
        try_labgen(call[1:])
    with pytest.raises(AssertionError):
        try_make(make[1:])


def try_labgen(words: list[str]) -> None:
    """Parse as the command line does, and run nothing."""
    command: click.Command | None = cli
    context = click.Context(cli, info_name="labgen")
    name = "labgen"
    while isinstance(command, click.Group):
        name, *words = words
        command = command.get_command(context, name)
    assert command, f"no command {name}"
    command.make_context(name, words, parent=context)


def try_make(words: list[str]) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {word for word in words if "=" not in word} <= set(targets)


def try_tox(words: list[str]) -> None:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    assert f"testenv:{words[words.index('-e') + 1]}" in tox
