"""The console: progress on standard error, and tables."""

import io
import sys
from collections.abc import Sequence

import pytest

from labgen.console import Console, print_table

HEADING = "\x1b[1mlab\x1b[0m\n"
LONG = "control planes and workers of a lab with a description that no terminal has room for at all"
ROWS: Sequence[Sequence[str]] = [("one", "4", LONG), ("[bold]two", "10", "short")]


class Terminal(io.StringIO):
    """A file that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a terminal of 80 columns, without settings for colours."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")


def test_speaks_on_standard_error_and_never_on_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Console().say("hello")
    assert capsys.readouterr() == ("", "hello\n")


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(quiet=True)
    console.heading("lab")
    console.good("step", 1, changed=True)
    console.bad("step")
    console.table(["a"], [])
    assert capsys.readouterr() == ("", "")


def test_colours_appear_only_where_they_are_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    Console(colour=True).heading("lab")
    assert capsys.readouterr().err == HEADING
    Console(colour=False).heading("lab")
    assert capsys.readouterr().err == "lab\n"


def test_a_step_shows_whether_it_did_something_and_how_long_it_took(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Console().good("prepare master1", 1.25, changed=True)
    Console().good("install CNI master1", 0.04, changed=False)
    Console().bad("join node1")
    changed, same, failed = capsys.readouterr().err.splitlines()
    assert changed.split() == ["done", "prepare", "master1", "1.2", "s"]
    assert same.split() == ["ok", "install", "CNI", "master1", "0.0", "s"]
    assert failed.split() == ["failed", "join", "node1"]


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    Console().table(["STEP", "TOOK"], [("create machines", "4.0 s")])
    assert capsys.readouterr().err.splitlines() == [
        "STEP             TOOK",
        "create machines  4.0 s",
    ]


def test_table_for_a_closed_standard_output_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    print_table(("NAME",), [("one",)])


@pytest.mark.usefixtures("columns")
def test_without_a_terminal_each_row_is_one_line_that_is_never_cut(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(("NAME", "ON", "DESCRIPTION"), ROWS, right=[1])
    assert capsys.readouterr().out.splitlines() == [
        "NAME       ON  DESCRIPTION",
        f"one         4  {LONG}",
        "[bold]two  10  short",
    ]


@pytest.mark.usefixtures("columns")
def test_on_a_terminal_cells_wrap_within_its_width_and_lose_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    print_table(("NAME", "ON", "DESCRIPTION"), ROWS, right=[1], file=terminal)
    shown = terminal.getvalue()
    assert max(map(len, shown.splitlines())) <= 80
    assert [word for word in LONG.split() if word not in shown] == []
    assert "..." not in shown
    assert "…" not in shown
    assert "[bold]two" in shown  # never rich's markup


@pytest.mark.usefixtures("columns")
@pytest.mark.parametrize(("no_color", "styled"), [("", True), ("1", False)])
def test_headings_stand_out_on_a_terminal_unless_no_color_is_set(
    monkeypatch: pytest.MonkeyPatch, no_color: str, styled: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    terminal = Terminal()
    print_table(("NAME",), [("one",)], file=terminal)
    assert ("\x1b[" in terminal.getvalue()) == styled


def test_a_table_without_rows_has_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("NAME", "ON"), [])
    assert capsys.readouterr().out == "NAME  ON\n"
