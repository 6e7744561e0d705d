"""Commands on labs without machines."""

import os
import re
from pathlib import Path

import pytest

from labgen.machine import access
from labgen.system import files
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import made
from tests.unit.system.stubs import stub


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the commands that would replace this process."""
    calls: list[list[str]] = []
    monkeypatch.setattr(access, "ensure_route", lambda _: None)
    monkeypatch.setattr(os, "execvp", lambda _, argv: calls.append(argv))
    return calls


COMMANDS_ON_A_LAB = [
    ["down"],
    ["status"],
    ["ssh", "master1"],
    ["exec", "master1", "true"],
    ["kubectl", "get"],
    ["kubeconfig"],
    ["verify"],
    ["start"],
    ["stop"],
]


@pytest.mark.parametrize("words", COMMANDS_ON_A_LAB, ids=lambda words: words[0])
def test_an_unknown_lab_is_a_wrong_call_with_those_there_are(words: list[str], home: Path) -> None:
    made("single", "demo")
    before = sorted(home.rglob("*"))
    command, *rest = words
    said = labgen(command, "absent", *rest)
    assert (said.exit_code, said.out) == (2, "")
    assert said.err.splitlines()[:2] == ["error: there is no lab absent", "  labs: demo"]
    assert sorted(home.rglob("*")) == before


def test_kubeconfig_is_printed_as_it_is() -> None:
    files.write(made("single", "demo").kubeconfig, "apiVersion: v1\n", mode=files.PRIVATE)
    said = labgen("kubeconfig", "demo")
    assert (said.exit_code, said.out, said.err) == (0, "apiVersion: v1\n", "")


def test_a_lab_without_kubeconfig_says_how_to_get_one() -> None:
    made("single", "demo")
    said = labgen("kubeconfig", "demo")
    assert said.exit_code == 1
    assert said.err.splitlines() == [
        "error: lab demo has no kubeconfig yet: its first control plane is not initialised",
        "  to resume: labgen up single --name demo",
    ]


def test_exec_quotes_every_word_for_the_machines_shell(executed: list[list[str]]) -> None:
    sample = made("single", "demo")
    labgen("exec", "demo", "master1", "--", "sh", "-c", "echo $HOME 'a b'")
    quoted = """sh -c 'echo $HOME '"'"'a b'"'"''"""
    assert executed == [["ssh", "-F", str(sample.ssh_config), "master1", "--", quoted]]


@pytest.mark.parametrize("words", [["--", "ls", "-qv", "/"], ["ls", "-qv", "/"]])
def test_options_behind_the_machine_are_the_commands_own(
    executed: list[list[str]], words: list[str]
) -> None:
    made("single", "demo")
    labgen("exec", "demo", "master1", *words)
    assert executed[0][-1] == "ls -qv /"


def test_exec_of_nothing_is_a_wrong_call(executed: list[list[str]]) -> None:
    made("single", "demo")
    said = labgen("exec", "demo", "master1", "--")
    assert said.exit_code == 2
    assert "Missing argument 'COMMAND...'" in said.err
    assert executed == []


def test_ssh_opens_a_shell_by_the_labs_ssh_config(executed: list[list[str]]) -> None:
    sample = made("single", "demo")
    labgen("ssh", "demo", "master1")
    assert executed == [["ssh", "-F", str(sample.ssh_config), "master1"]]


@pytest.mark.parametrize("words", [["ssh"], ["exec", "true"], ["stop"], ["start"]])
def test_an_unknown_machine_is_a_wrong_call_with_the_labs_own(words: list[str]) -> None:
    made("single", "demo")
    command, *rest = words
    said = labgen(command, "demo", "node9", *rest)
    assert said.exit_code == 2
    assert said.err.splitlines() == [
        "error: lab demo has no machine node9",
        "  its machines: master1",
    ]


def test_list_shows_every_lab_with_its_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "podman", "echo '[]'")
    made("single", "one")
    made("ha-3x0", "two")
    rows = [line.split() for line in labgen("list").out.splitlines()]
    assert rows == [
        ["NAME", "SCENARIO", "PROVIDER", "API", "ON"],
        ["one", "single", "container", "10.89.0.244:8443", "0/1"],
        ["two", "ha-3x0", "container", "10.89.1.244:8443", "0/3"],
    ]


def test_plan_prints_steps_with_what_they_wait_on() -> None:
    lines = labgen("plan", "single").out.splitlines()
    columns = [tuple(re.split("  +", line)) for line in lines]
    assert columns[:2] == [("STEP", "AFTER"), ("create machines",)]
    assert ("prepare master1", "create machines") in columns
