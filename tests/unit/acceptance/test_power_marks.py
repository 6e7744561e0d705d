"""Tests that switch machines are marked, and are skipped with the reason if there is no power
switch."""

import re
from pathlib import Path

import pytest

from acceptance.framework.plugins.power import unsupported_reason
from labgen.lab.lab import Lab
from tests.unit.lab.samples import lab as made_lab
from tests.unit.providers import existing

SUITE = Path(__file__).parents[3] / "acceptance"
SWITCHING = re.compile(r'"power-cut"|"reboot"|"shutdown"|kubectl_failover\.measure')
FILES = sorted(path.name for path in SUITE.glob("test_*.py") if SWITCHING.search(path.read_text()))


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_switches_machines_says_so(name: str) -> None:
    assert "pytest.mark.power" in (SUITE / name).read_text()


def test_files_that_switch_machines_are_found() -> None:
    assert {"test_failover.py", "test_workload_kubectl_failover.py"} <= set(FILES)


def test_machines_that_labgen_makes_have_switches() -> None:
    assert unsupported_reason(made_lab("single")) is None


def test_machines_that_exist_have_those_that_are_named(tmp_path: Path) -> None:
    lab: Lab = existing.lab(tmp_path)
    assert unsupported_reason(lab) == "the scenario names no command for the power of master1"
    power = ", power: {on: [plug], off: [plug]}}"
    text = re.sub(r"(address: [^}]*)}", rf"\1{power}", existing.SCENARIO)
    assert unsupported_reason(existing.lab(tmp_path, text)) is None
