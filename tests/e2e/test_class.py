"""A class of two seats: up, an exercise for both, results, a seat that is lost, and down."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labgen.classes import store as classes
from labgen.exercises.progress import Phase
from labgen.lab import store
from labgen.lab.lab import labs_directory
from labgen.system.wait import NotYet, until
from tests.e2e.support import warm_entries
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import UP, begun, labgen
from tests.e2e.support.runs import Run

# No user's lab has this number, so the cache has no checkpoint of it.
OWN = ("-s", "network.firstHost=78")
EXERCISE = "scheduler-wrong-flag"
MINUTES = 300.0  # seconds for an exercise in two seats


@pytest.fixture
def file(run_: Run, tmp_path: Path) -> Iterator[Path]:
    """Return the file of a class, which is removed after the test."""
    path = tmp_path / f"{run_.lab_name('class')}.yaml"
    path.write_text(f"scenario: single\nseats: [anna, ben]\nexercises: [{EXERCISE}]\n")
    with warm_entries.removed():
        yield path
        if path.stem in classes.names():
            labgen("class", "down", path.stem, check=False)


def _up(*wanted: str) -> str:
    return labgen("class", "up", *wanted, timeout=UP, warm=True).stderr


def _seats(name: str, *, exit_code: int = 0) -> dict[str, dict[str, Any]]:
    said = labgen("class", "status", name, "-o", "json", check=False)
    assert said.exit_code == exit_code, said.stderr
    return {it["seat"]: it for it in json.loads(said.stdout)}


def test_class_is_brought_up_broken_graded_completed_and_removed(file: Path) -> None:
    name = file.stem
    _kill_while_it_comes_up(file)
    assert f"class {name} is up" in _up(str(file), *OWN)
    labs = [store.load(it) for it in classes.load(name).labs]
    for lab in labs:
        assert_healthy(lab)
    assert len({lab.subnet for lab in labs}) == len(labs)
    assert "nothing changed" in _up(name)
    assert {it["health"] for it in _seats(name).values()} == {"healthy"}

    start = ("class", "exercise", "start", EXERCISE, "--all", "--class", name)
    labgen(*start, timeout=MINUTES)
    seats = _seats(name)
    assert [(it["exercise"], it["phase"]) for it in seats.values()] == [
        (EXERCISE, Phase.RUNNING)
    ] * 2
    assert "nothing changed" in _up(name)  # a broken seat is left as it is
    labgen("class", "reset", "ben", "--class", name, timeout=MINUTES)
    labgen("exercise", "solve", labs[0].name, timeout=MINUTES)
    labgen("exercise", "check", labs[1].name, timeout=MINUTES, check=False)
    assert _seats(name)["anna"]["solved"]

    labgen("stop", labs[1].name, "--now")
    first, second = json.loads(labgen("class", "results", name, "-o", "json").stdout)
    assert (first["seat"], first["points"], first["solved"], first["finished"]) == (
        *("anna", 0, True),
        True,
    )
    assert (second["seat"], second["resets"], second["checks"], second["finished"]) == (
        *("ben", 1, 1),
        False,
    )
    assert second["of"] > second["points"]

    labgen("down", labs[1].name)
    assert _seats(name, exit_code=1)["ben"]["health"] == "missing"
    _up(name)
    assert _seats(name)["ben"]["health"] == "healthy"
    labs[1] = store.load(labs[1].name)
    labgen("class", "down", name)
    assert [leaks(lab) for lab in labs] == [[], []]
    assert name not in classes.names()


def _kill_while_it_comes_up(file: Path) -> None:
    """Kill `class up`, and see that what there is of the class is known."""
    with begun("class", "up", str(file), *OWN, warm=True) as up:
        until(
            lambda: _expect(labs_directory() / f"{file.stem}-anna" / "lab.json"),
            what="the first lab of the class",
            timeout=60,
            interval=0.05,
        )
        os.killpg(up.pid, signal.SIGKILL)
        up.wait(timeout=30)
    assert classes.load(file.stem).seats == ("anna", "ben")
    _seats(file.stem, exit_code=1)


def _expect(path: Path) -> None:
    if not path.exists():
        raise NotYet("none")
