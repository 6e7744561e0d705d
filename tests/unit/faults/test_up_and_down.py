"""`up` and `down` on a lab with faults."""

from pathlib import Path

import pytest

from labgen import faults
from labgen.console import Console
from labgen.errors import LabgenError
from labgen.faults import heal_timer
from labgen.lab.lab import Lab
from labgen.operations import down
from labgen.operations.down import teardown
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.steps.create_machines import create_machines
from tests.unit.faults.machines import Switches
from tests.unit.system.stubs import stub


@pytest.fixture
def made(switches: Switches, monkeypatch: pytest.MonkeyPatch) -> Switches:
    """Simulate machines that all exist; destroy removes them completely."""
    monkeypatch.setattr(Switches, "create", lambda *_: False)
    monkeypatch.setattr(Switches, "destroy", lambda *_: None)
    monkeypatch.setattr(Switches, "list_resources", lambda *_: [])
    monkeypatch.setattr(down, "provider", lambda _: switches)
    return switches


def test_up_undoes_faults_before_it_goes_on(
    lab: Lab, made: Switches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null; echo changed it")
    faults.inject(lab, "haproxy-killed", "master2")
    context = Context(lab, made)
    assert create_machines(context) is Outcome.CHANGED
    assert program.calls[-1][-1].endswith("heal haproxy-killed")
    assert create_machines(context) is Outcome.OK


def test_down_ends_what_waits_to_heal(
    lab: Lab, made: Switches, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(heal_timer, "end", lambda it: ended.append(it.name))
    faults_there = lab.directory / "faults"
    faults_there.mkdir()
    teardown("demo", Console(quiet=True))
    assert (ended, lab.directory.exists()) == (["demo"], False)


def test_down_names_what_waits_and_could_not_be_ended(
    lab: Lab, made: Switches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heal_timer, "end", lambda _: None)
    monkeypatch.setattr(heal_timer, "running", lambda _: [4711])
    with pytest.raises(LabgenError) as failed:
        teardown("demo", Console(quiet=True))
    assert failed.value.last_seen == "process 4711 that waits to heal a fault"
