"""Commands that would disturb a run of the suite: refused, or after a read-only run."""

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from labgen.lab import store
from labgen.operations import checkpoints
from labgen.providers.container.provider import ContainerProvider
from labgen.system.journal import Journal
from labgen.system.parallel import gather
from labgen.up import bring_up
from tests.unit.cli.calling import labgen
from tests.unit.exercises.samples import write
from tests.unit.lab.another_run import another_run
from tests.unit.lab.samples import made

DISTURBING = [
    "start demo",
    "stop demo",
    "stop demo --now",
    "reboot demo",
    "fault inject demo power-cut master1",
    "fault heal demo",
    "checkpoint save demo x",
    "checkpoint restore demo x",
    "exercise start demo sample",
    "exercise reset demo",
    "exercise solve demo",
    "exercise abort demo",
    "up single --name demo",
]


@pytest.fixture(autouse=True)
def demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make the lab demo, of which nothing exists but its directory."""
    made("single", "demo")
    monkeypatch.chdir(tmp_path)
    write(Path("exercises"), "sample")

    def choice(*_: object, **__: object) -> object:
        return type("Choice", (), {"provider": ContainerProvider(), "why": ""})()

    monkeypatch.setattr(bring_up, "ensure_possible", choice)
    monkeypatch.setattr("labgen.up.bring_up.bundles.require", lambda _: None)


def _events() -> Sequence[object]:
    return [it.get("event") for it in Journal(store.load("demo").journal).read()]


@pytest.mark.parametrize("command", DISTURBING)
def test_a_lab_is_not_disturbed_while_a_run_disturbs_it(command: str) -> None:
    with another_run("full") as run:
        said = labgen(*command.split())
    assert said.exit_code == 1
    assert said.err.splitlines() == [
        f"error: lab demo is in use by process {run.pid} (suite, tier full); nothing was changed",
        "  wait until it has ended, or end it and try again",
    ]
    assert _events() == []


def _save(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    saved: list[str] = []
    monkeypatch.setattr(checkpoints, "save_held", lambda _lab, _able, name: saved.append(name))
    return saved


def test_a_run_that_only_looks_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    saved = _save(monkeypatch)
    monkeypatch.setattr(store, "TURN", 0.1)
    with another_run("smoke") as run:
        threading.Timer(0.5, run.kill).start()
        said = labgen("checkpoint", "save", "demo", "x")
    assert saved == ["x"]
    assert said.err.splitlines() == [
        f"waiting for process {run.pid} (suite, tier smoke) to finish with lab demo",
        "lab demo is saved as x",
    ]


def test_a_run_that_begins_to_disturb_the_lab_meanwhile_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    saved = _save(monkeypatch)
    monkeypatch.setattr(store, "TURN", 0.1)
    with another_run("smoke") as first:
        holders = iter(["", "process 7 (suite, tier full)"])
        monkeypatch.setattr(store, "exclusive_holder", lambda _: next(holders))
        said = labgen("checkpoint", "save", "demo", "x")
        assert first.poll() is None
    assert saved == []
    assert "error: lab demo is in use by process 7 (suite, tier full)" in said.err


def test_a_command_of_the_run_itself_is_a_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    saved = _save(monkeypatch)
    monkeypatch.setenv(store.HELD_BY_PARENT, "demo")
    with another_run("full"):
        assert labgen("checkpoint", "save", "demo", "x").exit_code == 0
    assert saved == ["x"]
    monkeypatch.setenv(store.HELD_BY_PARENT, "other")
    with another_run("full"):
        assert labgen("checkpoint", "save", "demo", "y").exit_code == 1


def test_wait_for_a_read_only_run_ends_at_an_interrupt() -> None:
    made("single", "demo")
    entered: list[str] = []

    def command() -> None:
        waiting = lambda _: os.kill(os.getpid(), signal.SIGINT)  # noqa: E731
        with store.hold_alone("demo", waiting, doing="up"):
            entered.append("demo")

    with another_run("smoke"), pytest.raises(KeyboardInterrupt):
        gather({"seat": command})
    assert entered == []
