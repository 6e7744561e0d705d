"""Commands on labs without machines."""

import errno
import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labgen import faults
from labgen.cluster.health import Problem
from labgen.errors import LabgenError
from labgen.faults.records import Injection
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.operations import overview
from labgen.operations.status import Status
from labgen.providers.base import State
from labgen.providers.container.provider import ContainerProvider
from labgen.system import files
from labgen.system.journal import Journal
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
    ["reboot"],
    ["load", "app:1"],
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


DEFAULTS = ["status", "kubeconfig", "fault heal"]


@pytest.mark.parametrize("words", DEFAULTS)
def test_the_only_lab_need_not_be_named(words: str) -> None:
    made("single", "demo")
    assert labgen(*words.split()) == labgen(*words.split(), "demo")


@pytest.mark.parametrize("words", DEFAULTS)
def test_of_several_labs_none_is_guessed(words: str) -> None:
    said = labgen(*words.split())
    assert said.exit_code == 2
    assert said.err.endswith("There is no lab; to make one: labgen up.\n")
    made("single", "demo")
    made("single", "other")
    said = labgen(*words.split())
    assert said.exit_code == 2
    assert said.err.endswith("error: Missing argument 'NAME'. Labs: demo, other.\n")


@pytest.mark.parametrize("words", ["down", "stop", "start", "reboot", "verify"])
def test_what_removes_or_interrupts_asks_for_the_name(words: str) -> None:
    made("single", "demo")
    assert labgen(*words.split()).exit_code == 2


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


def test_ssh_passes_a_command_to_the_machines_shell_as_it_is(executed: list[list[str]]) -> None:
    sample = made("single", "demo")
    labgen("ssh", "demo", "master1", "grep -c x /etc/hosts | wc -l")
    labgen("ssh", "demo", "master1", "--", "ls", "-l", "/")
    head = ["ssh", "-F", str(sample.ssh_config), "master1", "--"]
    assert executed == [[*head, "grep -c x /etc/hosts | wc -l"], [*head, "ls", "-l", "/"]]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["a", "./b:c", "demo:master1:/root/"], ["a", "./b:c", "master1:/root/"]),
        (["demo:master1:x y", "demo:master1:", "."], ["master1:x y", "master1:", "."]),
    ],
)
def test_cp_copies_with_scp_by_the_labs_ssh_config(
    words: list[str], shown: list[str], executed: list[list[str]]
) -> None:
    sample = made("single", "demo")
    labgen("cp", *words)
    assert executed == [["scp", "-F", str(sample.ssh_config), "-r", "--", *shown]]


@pytest.mark.parametrize(
    ("words", "program"),
    [
        ("cp a demo:master1:", "scp"),
        ("ssh demo master1", "ssh"),
        ("exec demo master1 true", "ssh"),
    ],
)
def test_a_missing_client_is_named_with_its_package(
    words: str, program: str, executed: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made("single", "demo")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    said = labgen(*words.split())
    assert (said.exit_code, executed) == (3, [])
    assert f"  {program} is not installed; apt-get install openssh-client\n" in said.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("a b", "no path is on a machine: LAB:MACHINE:PATH"),
        ("demo:master1:a demo:master1:b", "sources and target are both on machines"),
        ("a demo:master1:b .", "some sources are on machines and some on this host"),
        ("demo:master1:a other:master1:b .", "the sources are in several labs"),
        ("demo:a .", "'demo:a' is no path on a machine: LAB:MACHINE:PATH"),
        ("absent:master1:a .", "there is no lab absent"),
        ("demo:node9:a .", "lab demo has no machine node9"),
    ],
)
def test_cp_of_what_it_cannot_copy_is_a_wrong_call(
    words: str, why: str, executed: list[list[str]]
) -> None:
    made("single", "demo")
    said = labgen("cp", *words.split())
    assert (said.exit_code, said.err.splitlines()[0]) == (2, f"error: {why}")
    assert executed == []


@pytest.mark.parametrize("words", [["ssh"], ["exec", "true"], ["stop"], ["start"], ["reboot"]])
def test_an_unknown_machine_is_a_wrong_call_with_the_labs_own(words: list[str]) -> None:
    made("single", "demo")
    command, *rest = words
    said = labgen(command, "demo", "node9", *rest)
    assert said.exit_code == 2
    assert said.err.splitlines() == [
        "error: lab demo has no machine node9",
        "  its machines: master1",
    ]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("status dem", "there is no lab dem; did you mean demo?"),
        ("ssh demo mster1", "lab demo has no machine mster1; did you mean master1?"),
        ("fault inject demo power-cat", "there is no fault power-cat; did you mean power-cut?"),
        ("fault explain partitoin", "there is no fault partitoin; did you mean partition?"),
        (
            "fault inject demo power-cut holdr",
            "lab demo has no machine holdr; did you mean holder?",
        ),
        ("up sigle", "there is no scenario 'sigle'; did you mean single?"),
        ("plan single --provider contaner", "provider.name: "),
    ],
)
def test_a_name_with_a_slip_is_answered_with_the_one_that_was_meant(words: str, first: str) -> None:
    made("single", "demo")
    said = labgen(*words.split())
    assert said.exit_code == 2
    assert first in said.err.splitlines()[0]


def test_fault_list_shows_how_long_a_fault_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    made("single", "demo")
    began = datetime.now(UTC) - timedelta(seconds=20)
    timed = Injection("1", "partition", ("master1",), began.isoformat(), 1.0, duration=80)
    lasting = Injection("2", "cpu-hog", ("master1",), "2026-11-30T10:00:00.123456+00:00", 1.0)
    monkeypatch.setattr(faults, "active", lambda _: [timed, lasting])
    head, first, second = labgen("fault", "list", "demo").out.splitlines()
    assert head.split() == ["FAULT", "MACHINES", "SINCE", "LASTS"]
    assert re.search(r"  heals in (59|60) s$", first)
    assert re.split("  +", second) == [
        "cpu-hog", "master1", "2026-11-30T10:00:00+00:00", "until it is healed",
    ]  # fmt: skip
    shown = json.loads(labgen("fault", "list", "demo", "-o", "json").out)
    assert 58 < shown[0]["heals_in"] <= 60
    assert shown[1]["heals_in"] is None


def test_checkpoint_list_says_that_there_is_none() -> None:
    made("single", "demo")
    said = labgen("checkpoint", "list", "demo")
    assert (said.exit_code, said.out, said.err) == (0, "", "lab demo has no checkpoints\n")


@pytest.mark.parametrize("words", ["nothing", "up", "up single --nope", "fault nothing", "down"])
def test_every_usage_error_has_the_same_prefix(words: str) -> None:
    said = labgen(*words.split())
    assert (said.exit_code, said.out) == (2, "")
    lines = said.err.splitlines()
    assert lines[-1].startswith("error: ")
    assert not any(line.startswith("Error") for line in lines)


def test_list_shows_every_lab_with_its_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "podman", "echo '[]'")
    made("single", "one")
    made("ha-3x0", "two")
    rows = [line.split() for line in labgen("list").out.splitlines()]
    assert rows == [
        ["NAME", "SCENARIO", "PROVIDER", "API", "ON", "HEALTH"],
        ["one", "single", "container", "10.89.0.244:8443", "0/1", "off"],
        ["two", "ha-3x0", "container", "10.89.1.244:8443", "0/3", "off"],
    ]


def test_list_counts_the_problems_of_labs_that_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made("single", "bad")
    made("single", "good")

    def status(lab: Lab) -> Status:
        problems = (Problem("api", "", "the API does not answer"),) if lab.name == "bad" else ()
        return Status({"master1": State.ON}, (), (), ("master1",), (), {}, problems, ())

    monkeypatch.setattr(overview, "status", status)
    rows = [re.split("  +", line) for line in labgen("list").out.splitlines()[1:]]
    assert [(row[0], *row[-2:]) for row in rows] == [
        ("bad", "1/1", "1 problem"),
        ("good", "1/1", "healthy"),
    ]
    bad, good = json.loads(labgen("list", "-o", "json").out)
    assert (bad["healthy"], bad["problems"]) == (False, ["the API does not answer"])
    assert (good["healthy"], good["problems"]) == (True, [])


def test_a_host_without_labs_is_told_how_to_make_one() -> None:
    said = labgen("list")
    assert said.out.split() == ["NAME", "SCENARIO", "PROVIDER", "API", "ON", "HEALTH"]
    assert said.err == "there is no lab; to make one: labgen up SCENARIO\n"


def test_plan_prints_steps_with_what_they_wait_on() -> None:
    lines = labgen("plan", "single", "--name", "demo").out.splitlines()
    assert lines[0] == (
        "lab demo does not exist yet: provider container, subnet 10.89.0.0/24, VIP 10.89.0.244, "
        "API at https://10.89.0.244:8443"
    )
    columns = [tuple(re.split("  +", line)) for line in lines[lines.index("") + 1 :]]
    assert columns[:2] == [("STEP", "AFTER"), ("create machines",)]
    assert ("prepare master1", "create machines") in columns


def test_up_with_dry_run_prints_the_plan_and_makes_nothing(home: Path) -> None:
    planned = labgen("plan", "single", "--name", "demo").out
    said = labgen("up", "single", "--name", "demo", "--dry-run")
    assert (said.exit_code, said.err) == (0, "")
    assert said.out.split("\n\n")[1] == planned.split("\n\n")[1]  # before it: memory, which varies
    shorter = labgen("up", "single", "--dry-run", "--until", "machines").out
    assert "create machines" in shorter
    assert "prepare" not in shorter
    assert not (home / "state/labs").exists()


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch) -> dict[str, State]:
    """Create the lab demo with all steps done; return its machines' states, to be changed."""
    sample = made("ha-3x0", "demo")
    for line in labgen("plan", "ha-3x0", "--name", "other").out.splitlines()[4:]:
        Journal(sample.journal).write("step-done", step=re.split("  +", line)[0])
    states = {machine.name: State.ON for machine in sample.machines}
    monkeypatch.setattr(ContainerProvider, "machines", lambda *_: states)
    return states


def _planned() -> list[str]:
    said = labgen("plan", "ha-3x0", "--name", "demo", "-o", "json")
    return [step["name"] for step in json.loads(said.out)["steps"]]


def test_the_plan_of_a_lab_that_is_up_says_that_there_is_nothing_to_do(
    finished: dict[str, State],
) -> None:
    assert _planned() == []
    assert "nothing to do: every step was done" in labgen("plan", "ha-3x0", "--name", "demo").out


def test_the_plan_of_a_lab_shows_only_what_would_change(finished: dict[str, State]) -> None:
    finished["master2"] = State.OFF
    assert _planned() == ["create machines", "await ready"]
    finished["master3"] = State.ABSENT
    joining = ("prepare master3", "announce etcd members", "join master3")
    names = ["create machines", *joining, "await ready"]
    assert _planned() == names


def test_the_plan_of_a_lab_of_another_scenario_is_refused_as_up_is() -> None:
    made("single", "demo")
    said = labgen("plan", "ha-3x0", "--name", "demo")
    assert said.exit_code == 2
    assert "lab demo was created from a scenario that differs" in said.err


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the labs that `down` would remove; the one called bad cannot be removed."""
    names: list[str] = []

    def teardown(name: str, *_: object, **__: object) -> list[str]:
        names.append(name)
        if name == "bad":
            raise LabgenError("it is stuck")
        if name == "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/state")
        return []

    monkeypatch.setattr("labgen.cli.down.teardown", teardown)
    return names


def test_down_of_all_names_them_first_and_one_that_is_stuck_keeps_no_other(
    removed: list[str],
) -> None:
    for name in ("one", "bad", "full", "two"):
        made("single", name)
    said = labgen("down", "--all")
    assert (said.exit_code, removed) == (1, ["bad", "full", "one", "two"])
    lines = said.err.splitlines()
    assert lines[0] == "removing 4 labs: bad, full, one, two"
    assert lines[-2:] == ["error: bad: it is stuck", "full: /state: No space left on device"]


def test_down_takes_a_name_or_all(removed: list[str]) -> None:
    made("single", "one")
    said = labgen("down", "one", "--all")
    assert (said.exit_code, removed) == (2, [])
    assert said.err.endswith("error: Use either NAME or --all.\n")
    assert labgen("down", "--all").err.startswith("removing 1 lab: one\n")


def test_down_of_all_without_labs_is_good(removed: list[str]) -> None:
    said = labgen("down", "--all")
    assert (said.exit_code, said.err, removed) == (0, "there is no lab\n", [])


@pytest.mark.parametrize("words", [[], ["one", "--all"], ["--all", "--without", "node1"]])
def test_down_never_guesses_what_to_remove(words: list[str], removed: list[str]) -> None:
    made("single", "one")
    said = labgen("down", *words)
    assert (said.exit_code, removed) == (2, [])
    if not words:
        assert "Labs: one. All of them: labgen down --all" in said.err


def test_a_lab_whose_files_cannot_be_read_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    made("single", "demo")
    made("single", "other")

    def status(lab: Lab) -> Status:
        if lab.name == "demo":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "admin.conf")
        return observed

    observed = Status({"master1": State.ON}, (), (), (), (), {}, (), ())
    monkeypatch.setattr(overview, "status", status)
    seen = {it.name: it.health for it in overview.overview()}
    assert seen == {"demo": "unknown", "other": "healthy"}
