"""An exercise for tests, in a directory of its own."""

from pathlib import Path

from labgen.exercises.load import load
from labgen.exercises.model import Exercise

YAML = """\
title: Two holders
level: beginner
task: |
  Find out why.
objectives:
  - text: One machine holds the VIP.
    points: 80
    checks: [test_virtual_ip.py::test_exactly_one_machine_holds_the_vip]
  - text: keepalived runs.
    points: 20
    checks: [test_virtual_ip.py::test_keepalived_runs]
    doneAtStart: true
hints:
  - {text: Look at its journal., price: 30}
  - {text: Look again., price: 90}
"""
HOLDER, RUNS = (
    f"acceptance/test_virtual_ip.py::{test}"
    for test in ("test_exactly_one_machine_holds_the_vip", "test_keepalived_runs")
)


def write(parent: Path, name: str = "sample", *, more: str = "") -> Path:
    """Write the exercise and return its directory."""
    directory = parent / name
    directory.mkdir(parents=True)
    (directory / "exercise.yaml").write_text(YAML + more)
    (directory / "solve.sh").write_text("#!/bin/bash\ntrue\n")
    if "fault:" not in more:
        (directory / "break.sh").write_text("#!/bin/bash\nfalse\n")
    return directory


def sample(parent: Path, name: str = "sample", *, more: str = "") -> Exercise:
    """Write the exercise and load it."""
    return load(write(parent, name, more=more))
