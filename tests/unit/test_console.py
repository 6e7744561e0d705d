"""The console: lines on standard error."""

import pytest

from labgen.console import Console

HEADING = "\x1b[1mlab\x1b[0m\n"


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
    console.table([["a"]])
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
    Console().table([["step", "took"], ["create machines", "4.0 s"]])
    assert capsys.readouterr().err.splitlines() == [
        "step             took",
        "create machines  4.0 s",
    ]
