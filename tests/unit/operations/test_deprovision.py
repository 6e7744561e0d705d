"""Existing machines are restored: all of them, except those that belong to another lab by now."""

from dataclasses import replace
from pathlib import Path

import pytest

from labgen.console import Console
from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.ssh import Ssh
from labgen.operations import deprovision as module
from labgen.operations.deprovision import deprovision
from labgen.providers.ssh.provider import SshProvider
from labgen.system.process import CommandFailed, Completed
from labgen.up.context import Context
from labgen.up.graph import Outcome
from tests.unit.providers import existing

QUIET = Console(quiet=True)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(access, "ensure_route", lambda _: None)
    monkeypatch.setattr(Ssh, "connect", lambda *_, **__: None)
    monkeypatch.setattr(module, "undo", lambda _: [])
    found = existing.lab(tmp_path)
    found.directory.mkdir(parents=True)
    found.ssh_config.write_text("")
    return found


@pytest.fixture
def taken_off(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the machines that the cluster was uninstalled from; node1 belongs to another lab."""
    cleared: list[str] = []

    def run(self: Ssh, host: str, *_: object, **__: object) -> Completed:
        owner = "other" if host == "node1" else "site"
        return Completed(("ssh",), 0, f"LAB={owner}\nROLE=worker\n", "")

    def uninstall(context: Context, machine: Machine) -> Outcome:
        cleared.append(machine.name)
        return Outcome.CHANGED

    monkeypatch.setattr(Ssh, "run", run)
    monkeypatch.setattr(module, "uninstall", uninstall)
    return cleared


def test_the_cluster_comes_off_the_labs_own_machines(lab: Lab, taken_off: list[str]) -> None:
    deprovision(lab, SshProvider(), QUIET)
    assert sorted(taken_off) == ["master1", "master2", "master3"]


def test_machines_that_up_never_reached_are_left_alone(lab: Lab, taken_off: list[str]) -> None:
    lab.ssh_config.unlink()
    deprovision(lab, SshProvider(), QUIET)
    assert taken_off == []


def test_a_machine_that_fails_keeps_no_other_from_being_cleared(
    lab: Lab, taken_off: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(self: Ssh, host: str, *_: object, **__: object) -> None:
        if host == "master2":
            raise CommandFailed(Completed(("ssh",), 255, "", "Permission denied"))

    monkeypatch.setattr(Ssh, "connect", connect)
    with pytest.raises(LabgenError, match="Permission denied"):
        deprovision(lab, SshProvider(), QUIET)
    assert sorted(taken_off) == ["master1", "master3"]


def test_machines_that_do_not_answer_are_named_with_how_to_go_on_without_them(
    lab: Lab, taken_off: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(self: Ssh, host: str, *_: object, **__: object) -> None:
        if host in ("master2", "node1"):
            raise LabgenError(f"{host} answering did not happen", last_seen="No route to host")

    monkeypatch.setattr(Ssh, "connect", connect)
    with pytest.raises(LabgenError) as failed:
        deprovision(lab, SshProvider(), QUIET)
    assert sorted(taken_off) == ["master1", "master3"]
    without = "labgen down site --without master2 --without node1"
    assert str(failed.value).splitlines() == [
        "lab site is still on master2, node1: no answer within 10 s",
        "  last seen: master2: No route to host",
        "    node1: No route to host",
        "  labgen down site    resumes when they are back",
        f"  {without}    leaves these machines and their cluster as they are",
    ]
    deprovision(replace(lab, machines=()), SshProvider(), QUIET)
