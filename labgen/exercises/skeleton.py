"""A new exercise that is complete and does something, to be changed into one's own."""

from pathlib import Path

from labgen.errors import UsageError
from labgen.exercises.model import BREAK, FILE, SOLVE
from labgen.exercises.schema import OWN, ExercisePart
from labgen.scenario.json_schema import as_text
from labgen.scenario.values import label
from labgen.system import files

SCHEMA = "schema.json"
YAML = """\
# yaml-language-server: $schema=../schema.json
# What may stand here: docs/reference/exercise.md, or completion in your editor.
apiVersion: labgen/v1
kind: Exercise
title: keepalived has ended on one machine
level: beginner
minutes: 10
scenario: ha-3x0
needs:
  controlPlanes: 3

task: |
  Monitoring says that one control plane could not take over the VIP. Nobody has noticed yet.

  Find the machine, and repair it.

objectives:
  - text: keepalived runs on every control plane.
    points: 100
    checks:
      - test_virtual_ip.py::test_keepalived_runs
  - text: It also runs after the next boot.
    points: 50
    checks:
      - check.py::test_keepalived_is_enabled

hints:
  - text: "`systemctl status` shows a service and the last lines of its journal."
    price: 20

# The machine that is broken, chosen at the start, and where the scripts run.
target: not-holder
breakOn: [target]
solveOn: [target]
"""
BREAKING = """\
#!/bin/bash
# Break the machine. This runs as root on it, with the facts of the lab in variables; every command
# has to succeed. What it changes has to be on the disk: a reset boots the machine.
systemctl disable --now keepalived
"""
SOLVING = """\
#!/bin/bash
# The reference repair. `labgen exercise solve` shows it to the learner and runs it.
systemctl enable --now keepalived
"""
CHECK = '''\
"""Tests of this exercise. They only look, so each belongs to the tier smoke."""

import pytest

from acceptance.framework.clients.machines import On
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke


def test_keepalived_is_enabled(on: On, control_plane: Machine) -> None:
    assert on(control_plane.name).service("keepalived").is_enabled
'''


def create(parent: Path, name: str) -> Path:
    """Create a new exercise below parent and return its directory.

    Raises UsageError if the name is not valid, or if the directory exists.
    """
    try:
        label(name)
    except ValueError as error:
        raise UsageError(f"an exercise cannot have that name: {error}") from None
    directory = parent / name
    if directory.exists():
        raise UsageError(f"{directory} exists already", hint="choose another name, or remove it")
    for file, text in ((BREAK, BREAKING), (SOLVE, SOLVING), (OWN, CHECK), (FILE, YAML)):
        files.write(directory / file, text, mode=0o755 if file.endswith(".sh") else 0o644)
    if not (parent / SCHEMA).exists():
        files.write(parent / SCHEMA, as_text(ExercisePart))
    return directory
