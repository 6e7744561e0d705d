"""The conditions that are checked before a lab is created."""

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import Mock

import pytest

from labgen.console import Console
from labgen.errors import HostUnfit, LabgenError
from labgen.lab.lab import Lab
from labgen.machine.finding import Finding
from labgen.providers import registry
from labgen.providers.container.provider import ContainerProvider
from labgen.scenario.model import Scenario
from labgen.up import bring_up as module
from labgen.up import start
from labgen.up.bring_up import bring_up
from labgen.up.graph import Outcome, Step
from tests.unit.lab.samples import scenario

QUIET = Console(quiet=True)


class Machines(ContainerProvider):
    """A provider with findings, which creates nothing."""

    findings: Sequence[Finding] = ()

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        return self.findings


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    found = Machines()
    monkeypatch.setattr(registry, "provider", lambda _name, _uri=None: found)
    return found


def test_a_host_that_cannot_is_told_so_before_anything_is_made(
    machines: Machines, home: Path
) -> None:
    machines.findings = [Finding("podman is not installed", "apt-get install podman")]
    with pytest.raises(HostUnfit, match="podman is not installed; apt-get install podman"):
        bring_up(scenario("single"), "demo", QUIET)
    assert not home.exists()


@pytest.mark.parametrize(
    ("own", "told"),
    [(None, "to resume: labgen up single --name demo"), ("look there", "look there")],
)
def test_a_step_that_fails_says_what_to_type(
    machines: Machines, monkeypatch: pytest.MonkeyPatch, own: str | None, told: str
) -> None:
    def work() -> Outcome:
        raise LabgenError("no answer", hint=own)

    monkeypatch.setattr(module, "bundles", Mock())
    monkeypatch.setattr(start, "plan", lambda _: [Step("prepare master1", work)])
    with pytest.raises(LabgenError, match="no answer") as failed:
        bring_up(scenario("single"), "demo", QUIET, cold=True)
    assert failed.value.hint == told


def test_a_missing_bundle_is_told_before_anything_is_made(machines: Machines, home: Path) -> None:
    with pytest.raises(LabgenError, match="bundle") as missing:
        bring_up(scenario("single"), "demo", QUIET)
    assert missing.value.hint == "build it: labgen bundle build"
    assert not home.exists()
