"""`labgen check` and `labgen plan` of existing machines: every problem is reported, nothing is
changed."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.machine.finding import Finding
from labgen.providers import registry
from labgen.providers.base import State
from labgen.providers.ssh.provider import SshProvider
from labgen.scenario.model import Scenario
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import made
from tests.unit.providers import existing


class Machines(SshProvider):
    """Machines with findings that a test chooses."""

    findings: Sequence[Finding] = ()

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        return self.findings

    def planned_changes(self, scenario: Scenario) -> Mapping[str, Sequence[str]]:
        return {"master1": ["swap off: /dev/sda2"]}

    def machines(self, lab: Lab) -> Mapping[str, State]:
        raise LabgenError("there is no route")


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    found = Machines()
    monkeypatch.setattr("labgen.up.dry_run.provider", lambda *_: found)
    monkeypatch.setattr("labgen.operations.status.provider", lambda *_: found)
    monkeypatch.setattr(registry, "provider", lambda *_: found)
    return found


@pytest.fixture
def site(tmp_path: Path) -> str:
    path = tmp_path / "site.yaml"
    path.write_text(existing.SCENARIO)
    return str(path)


def test_machines_with_nothing_in_the_way_are_good(machines: Machines, site: str) -> None:
    said = labgen("check", site)
    assert (said.exit_code, said.err) == (0, "site can be brought up by provider ssh\n")


def test_all_that_is_in_the_way_is_told_by_machine_with_exit_code_3(
    machines: Machines, site: str, home: Path
) -> None:
    machines.findings = [
        Finding("it has 1 core", "give it more", "master1"),
        Finding("nobody answers", "switch it on", "node1"),
    ]
    said = labgen("check", site)
    assert said.exit_code == 3
    assert said.err.splitlines() == [
        "error: these machines cannot be used as they are; nothing was changed on them:",
        "  master1: it has 1 core; give it more",
        "  node1: nobody answers; switch it on",
    ]
    assert not (home / "state/labs").exists()


def test_the_plan_shows_what_would_be_changed_on_each_machine(
    machines: Machines, site: str
) -> None:
    said = labgen("plan", site)
    assert said.exit_code == 0
    assert re.search("^bootstrap master1 +create machines$", said.out, re.MULTILINE)
    assert "changed on master1, and restored by `down`:\n  swap off: /dev/sda2\n" in said.out


def test_a_lab_whose_machines_cannot_be_asked_hides_no_other(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("single", "demo")
    said = labgen("list")
    assert said.exit_code == 0
    assert said.out.splitlines()[1].split() == [
        "demo", "single", "container", "10.89.0.244:8443", "?/1", "unknown",
    ]  # fmt: skip
