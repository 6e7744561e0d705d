"""The lab this tool is for: three control planes, three workers."""

import sys
from pathlib import Path

from labgen.lab.lab import Lab
from labgen.system.run import run
from tests.labs.health import assert_healthy
from tests.labs.program import labgen, shown

SUITE = 900.0  # seconds; the suite takes two or three minutes


def test_lab_is_healthy(ha_3x3: Lab) -> None:
    assert_healthy(ha_3x3)


def test_second_up_changes_nothing(ha_3x3: Lab) -> None:
    before = _machines(ha_3x3)
    said = labgen("up", "ha-3x3", "--name", ha_3x3.name).stderr
    assert "nothing had to be changed" in said
    assert "  done " not in said
    assert _machines(ha_3x3) == before


def test_acceptance_suite_passes(ha_3x3: Lab, results: Path) -> None:
    options = [
        "-p",
        "no:cacheprovider",
        "--tb=short",
        "--maxfail=8",
        f"--junitxml={results}/acceptance.xml",
    ]
    words = [sys.executable, "-m", "pytest", "-q", *options, "acceptance/", "--lab", ha_3x3.name]
    exit_code = shown(words, timeout=SUITE, check=False).exit_code
    assert exit_code == 0


def _machines(lab: Lab) -> list[str]:
    """Each machine-container with the moment it was started."""
    names = [f"labgen-{lab.name}-{machine.name}" for machine in lab.machines]
    form = "{{.Id}} {{.State.StartedAt}}"
    return run(["podman", "inspect", "--format", form, *names], timeout=60).stdout.splitlines()
