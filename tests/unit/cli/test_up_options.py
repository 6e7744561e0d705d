"""From what `up` and `plan` make a lab: options that go together, and those that do not."""

from pathlib import Path
from typing import Any

import pytest

from labgen.cli import up
from labgen.lab.allocation import Template
from labgen.lab.lab import Origin
from labgen.up import source
from labgen.up.source import Source
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import lab, scenario


@pytest.mark.parametrize("command", ["up", "plan"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Missing argument 'SCENARIO'."),
        (["single", "--from", "first/good"], "Use either SCENARIO or --from."),
        (["single", "--same-certificates"], "--same-certificates is for --from."),
        (["--from", "x", "-s", "network.firstHost=9"], "A checkpoint has its own scenario"),
        (["--from", "x", "--provider", "container"], "takes neither --set nor --provider"),
        (["--from", "x", "--cold"], "is not built from scratch"),
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(
    command: str, words: list[str], told: str
) -> None:
    said = labgen(command, *words)
    assert said.exit_code == 2
    assert told in said.err


def test_a_lab_from_a_checkpoint_has_no_stages() -> None:
    said = labgen("up", "--from", "first/good", "--until", "machines")
    assert (said.exit_code, "A lab from a checkpoint has no stages" in said.err) == (2, True)


def test_a_checkpoint_that_is_not_there_is_a_usage_error() -> None:
    said = labgen("plan", "--from", "first/good")
    assert said.exit_code == 2
    assert "there is no checkpoint good of lab first, and no file first/good" in said.err


@pytest.mark.parametrize(
    ("words", "variable", "cold"),
    [([], None, False), (["--cold"], None, True), ([], "1", True), ([], "", False)],
)
def test_a_variable_stands_for_the_option(
    monkeypatch: pytest.MonkeyPatch, words: list[str], variable: str | None, cold: bool
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(up, "bring_up", lambda *_, **options: seen.append(options["cold"]))
    monkeypatch.delenv("LABGEN_COLD", raising=False)
    if variable is not None:
        monkeypatch.setenv("LABGEN_COLD", variable)
    assert labgen("up", "single", *words).exit_code == 0
    assert seen == [cold]


def test_what_a_lab_is_made_from_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    template = Template(lab("single", name="first"), Origin(Path("/saved"), "first/good"))
    found = Source("seat1", scenario("single"), template)
    asked: list[Any] = []

    def find_source(words: str, name: str | None, *, same_certificates: bool) -> Source:
        asked.append((words, name, same_certificates))
        return found

    seen: list[Any] = []
    monkeypatch.setattr(source, "find_source", find_source)
    monkeypatch.setenv("LABGEN_COLD", "1")  # of a script, for other labs
    monkeypatch.setattr(up, "bring_up", lambda *words, **options: seen.append((words, options)))
    words = ["--from", "first/good", "--name", "seat1", "--same-certificates"]
    said = labgen("up", *words)
    assert said.exit_code == 0
    assert asked == [("first/good", "seat1", True)]
    ((arguments, options),) = seen
    assert (arguments[:2], options["template"]) == ((found.scenario, "seat1"), template)
    plan = labgen("plan", *words)
    assert "machines are made from checkpoint first/good" in plan.out
    assert "unpack machines" in plan.out
