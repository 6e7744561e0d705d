"""Runs on one lab do not disturb each other, and remove nothing of each other."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from acceptance.framework.clients.api import Api
from acceptance.framework.errors import HARNESS
from acceptance.framework.workloads import namespaces
from labgen.lab import store
from tests.unit.lab.another_run import another_run
from tests.unit.lab.samples import made

ROOT = Path(__file__).parents[3]


@contextmanager
def suite(tier: str) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "acceptance"]
    words = [*argv, "--lab", "demo", "--tier", tier]
    # as for most users, whose pipes are written in blocks
    blocks = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=blocks,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(("first", "second"), [("full", "smoke"), ("smoke", "full")])
def test_a_run_waits_for_one_that_disturbs_and_names_it(first: str, second: str) -> None:
    made("single", "demo")
    with another_run(first) as holder, suite(second) as waiting:
        assert waiting.stdout
        assert waiting.stdout.readline() == (
            f"waiting for process {holder.pid} (suite, tier {first}) to finish with lab demo\n"
        )
        holder.kill()
        out = waiting.stdout.read()
        assert "do not go through the lab's own bridge" in out
        assert waiting.wait() == HARNESS


def test_a_run_waits_for_a_command_that_would_disturb_it_and_is_a_part_of_one_that_runs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made("single", "demo")
    with another_run("inject") as holder:
        with suite("smoke") as waiting:
            assert waiting.stdout
            said = f"waiting for process {holder.pid} (fault inject) to finish with lab demo\n"
            assert waiting.stdout.readline() == said
        monkeypatch.setenv(store.HELD_BY_PARENT, "demo")
        with suite("smoke") as run:
            assert run.stdout
            assert "waiting for" not in run.stdout.read()


def test_runs_that_only_look_do_not_wait() -> None:
    made("single", "demo")
    with another_run("smoke"), suite("smoke") as run:
        assert run.stdout
        out = run.stdout.read()
        assert "waiting for" not in out
        assert "do not go through the lab's own bridge" in out


@dataclass
class Namespaces:
    """The API's namespaces, as far as they are removed."""

    found: list[dict[str, Any]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def add(self, name: str, run: str | None, age: timedelta) -> None:
        labels = {**namespaces.LABELS, **({namespaces.RUN: run} if run else {})}
        created = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
        metadata = {"name": name, "labels": labels, "creationTimestamp": created}
        self.found.append({"metadata": metadata, "status": {"phase": "Active"}})

    def items(self, _: str) -> list[dict[str, Any]]:
        return self.found

    def send(self, method: str, path: str) -> str:
        self.removed.append(f"{method} {path.rpartition('/')[2]}")
        return ""


def test_the_end_of_a_run_removes_its_own_namespaces_and_what_killed_runs_left() -> None:
    api = Namespaces()
    api.add("mine", "a1", timedelta(minutes=5))
    api.add("theirs", "b2", timedelta(hours=2))
    api.add("killed", "c3", timedelta(days=2))
    api.add("of-an-older-labgen", None, timedelta(days=2))
    namespaces.remove_all(cast("Api", api), "a1")
    assert api.removed == ["DELETE mine", "DELETE killed", "DELETE of-an-older-labgen"]
