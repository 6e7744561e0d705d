"""Conventions of the command line: exit codes, the format of errors, -q, -v, colours."""

import importlib
import os
import subprocess
import sys
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.cli import session
from labgen.cli.entry import COMMANDS
from labgen.cli.session import Session
from labgen.errors import HostUnfit, LabgenError
from labgen.lab.lab import bridge
from labgen.scenario.host_environment import Route
from labgen.system import interrupt
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import made

# the package's attribute of that name is the command, not the module
up = importlib.import_module("labgen.cli.up")


def _up_raises(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(up, "bring_up", fail)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    said = labgen(command, "--help")
    assert said.exit_code == 0
    assert said.out.startswith(f"Usage: labgen {command}")


def test_version_is_the_packages() -> None:
    assert labgen("--version").out.startswith("labgen, version ")


@pytest.mark.parametrize("words", [["fly"], ["up"], ["up", "single", "--fast"], ["stop"]])
def test_a_call_that_labgen_does_not_know_is_exit_code_2(words: list[str]) -> None:
    said = labgen(*words)
    assert said.exit_code == 2
    assert said.err.startswith("Usage: labgen")
    assert said.out == ""


@pytest.mark.parametrize(("typed", "meant"), [("leftovers", "gc"), ("lst", "list")])
def test_a_command_that_does_not_exist_names_the_one_that_is_meant(typed: str, meant: str) -> None:
    said = labgen(typed)
    assert (said.exit_code, said.out) == (2, "")
    assert said.err.splitlines()[-1] == (
        f"error: No such command '{typed}'. Did you mean '{meant}'?"
    )


def test_help_lists_every_command_and_cuts_none_short() -> None:
    said = labgen("--help").out
    assert [name for name in COMMANDS if f"\n  {name} " not in said] == []
    assert said.count("...") == 1  # of the usage line


def test_an_unknown_scenario_is_exit_code_2_with_those_there_are() -> None:
    said = labgen("plan", "ha-3x4")
    assert said.exit_code == 2
    assert said.err.splitlines()[0].startswith("error: there is no scenario 'ha-3x4'; did you mean")
    assert "single" in said.err.splitlines()[1]


def test_mistakes_in_a_scenario_are_exit_code_2_and_stand_alone(tmp_path: Path) -> None:
    path = tmp_path / "my scenario.yaml"
    path.write_text("name: x\nmachines: []\n")
    said = labgen("plan", str(path))
    assert said.exit_code == 2
    assert said.err.startswith(f"{path}:")
    by_override = labgen("plan", "single", "-s", "kubernetes.cni.backend=nonsense")
    assert by_override.err.startswith("-s kubernetes.cni.backend=nonsense: ")


def test_a_failure_is_exit_code_1_with_what_was_seen_and_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = LabgenError("no join", last_seen="a learner", hint="labgen up x", log=Path("/x.log"))
    _up_raises(monkeypatch, error)
    said = labgen("up", "single")
    assert (said.exit_code, said.out) == (1, "")
    assert said.err.splitlines() == [
        "error: no join",
        "  last seen: a learner",
        "  log: /x.log",
        "  labgen up x",
    ]


def test_an_unfit_host_is_exit_code_3(monkeypatch: pytest.MonkeyPatch) -> None:
    _up_raises(monkeypatch, HostUnfit("no podman", hint="apt-get install podman"))
    assert labgen("up", "single").exit_code == 3


@pytest.mark.parametrize("error", [KeyboardInterrupt(), interrupt.Interrupted()])
def test_an_interrupted_call_says_so_with_exit_code_130(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    _up_raises(monkeypatch, error)
    said = labgen("up", "single")
    assert said.exit_code == 130
    assert said.err.lstrip() == "interrupted; run the same command again to resume\n"


@pytest.mark.parametrize("words", [["-v", "up", "single"], ["up", "single", "-v"]])
def test_a_stack_trace_appears_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    _up_raises(monkeypatch, LabgenError("no join"))
    assert "Traceback" in labgen(*words).err
    assert "Traceback" not in labgen("up", "single").err


def test_a_stack_trace_can_be_had_of_commands_without_options_of_their_own() -> None:
    assert "Traceback" in labgen("-v", "scenario", "show", "nowhere").err


@pytest.mark.parametrize("option", ["-q", "-v"])
@pytest.mark.parametrize("words", [["scenario", "list"], ["scenario", "validate", "single"]])
def test_quiet_and_verbose_may_stand_behind_any_command(words: list[str], option: str) -> None:
    assert labgen(*words, option) == labgen(option, *words) == labgen(*words)


@pytest.mark.parametrize("words", [["-q", "up", "single"], ["up", "-q", "single"]])
def test_quiet_says_nothing_but_results_and_errors(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(up, "bring_up", lambda *arguments, **_: arguments[-1].heading("up"))
    assert labgen("up", "single").err.splitlines()[0] == "up"
    said = labgen(*words)
    assert (said.exit_code, said.out, said.err) == (0, "", "")


@pytest.mark.parametrize(
    ("no_color", "terminal", "coloured"),
    [("", True, True), ("1", True, False), ("", False, False)],
)
def test_colours_are_for_terminals_without_no_color(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    no_color: str,
    terminal: bool,
    coloured: bool,
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    Session().console().heading("lab")
    assert ("\x1b[" in capsys.readouterr().err) == coloured


def test_a_labs_own_bridge_is_no_obstacle_to_its_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    subnet = "10.77.0.0/24"
    words = ["plan", "single", "-s", f"network.subnet={subnet}"]
    route = Route(IPv4Network(subnet), bridge("single"))
    monkeypatch.setattr(session, "host_routes", lambda: (route,))
    assert labgen(*words).exit_code == 2
    made("single", "single", overrides=words[-1:])
    assert labgen(*words).exit_code == 0


def test_a_route_that_appears_later_is_no_obstacle_to_a_lab_that_exists(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vpn = Route(IPv4Network("10.96.0.0/12"), "tun0")
    monkeypatch.setattr(session, "host_routes", lambda: (vpn,))
    new = labgen("check", "single", "--name", "demo")
    assert (new.exit_code, "-s kubernetes.serviceSubnet=10.128.0.0/16" in new.err) == (2, True)
    made("single", "demo")
    monkeypatch.setattr("labgen.up.check.ensure_fit", lambda provider, *_, **__: provider)
    for command in ("check", "plan"):
        assert labgen(command, "single", "--name", "demo").exit_code == 0
        assert labgen(command, "single").exit_code == 2


@pytest.mark.parametrize("words", [["fault", "list"], ["fault", "list", "-o", "json"]])
def test_a_reader_that_has_gone_is_exit_code_1_and_no_message(words: list[str]) -> None:
    """As below `| head`; a table stays in the buffer until the program ends."""
    reading, writing = os.pipe()
    os.close(reading)
    argv = [sys.executable, "-m", "labgen", *words]
    buffered = {name: it for name, it in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            argv, env=buffered, stdout=closed, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert (done.returncode, done.stderr) == (1, b"")
