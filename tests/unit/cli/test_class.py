"""labgen class: forecast, what comes up and what does not, status and results."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labgen.bundle import store as bundles
from labgen.classes import measured, store
from labgen.classes.model import Class
from labgen.console import Console
from labgen.errors import LabgenError
from labgen.exercises import progress
from labgen.exercises.progress import Phase, Progress
from labgen.lab import store as labs
from labgen.lab.lab import Lab
from labgen.operations import checkpoints, class_up, exercise, power
from labgen.operations.class_up import START
from labgen.providers.base import State
from labgen.providers.container.provider import ContainerProvider
from labgen.scenario.model import Scenario
from labgen.system import files, host
from labgen.system.journal import Journal
from labgen.up import warm_cache
from tests.unit.cli.calling import Said, labgen
from tests.unit.exercises.samples import write
from tests.unit.lab.samples import made, scenario

GIB = 1024
FILE = """\
name: monday
scenario: single
seats: [anna, ben, chen]
"""


class Room:
    """Labs that come up at once, or fail, and their machines."""

    def __init__(self) -> None:
        self.failing: dict[str, LabgenError] = {}
        self.states: dict[str, State] = {}
        self.up: list[str] = []
        self.saved: list[str] = []

    def bring_up(self, wanted: Scenario, name: str, _: Console, **__: object) -> Lab:
        self.up.append(name)
        new = name not in labs.names()
        lab = labs.make(wanted, name, "container")
        if name in self.failing:
            raise self.failing[name]
        Journal(lab.journal).write("up-done", seconds=1.0, changed=int(new))
        return lab

    def save(self, name: str, checkpoint: str, _: Console) -> None:
        self.saved.append(f"{name} {checkpoint}")
        Journal(labs.load(name).journal).write("checkpoint-saved", name=checkpoint)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Room:
    """Have 24 GiB and two cores, and labs without machines."""
    found = Room()
    monkeypatch.chdir(tmp_path)
    Path("monday.yaml").write_text(FILE)
    monkeypatch.setattr(class_up, "bring_up", found.bring_up)
    monkeypatch.setattr(checkpoints, "save", found.save)
    monkeypatch.setattr(class_up, "ensure_possible", lambda *_, **__: None)
    monkeypatch.setattr(bundles, "require", lambda _: None)
    monkeypatch.setattr(warm_cache, "find", lambda *_: None)
    monkeypatch.setattr(ContainerProvider, "check", lambda *_: ())

    def machines(_self: object, lab: Lab) -> Mapping[str, State]:
        return {it.name: found.states.get(lab.name, State.ON) for it in lab.machines}

    monkeypatch.setattr(ContainerProvider, "machines", machines)
    monkeypatch.setattr(ContainerProvider, "memory_used", lambda *_: 321)
    has(monkeypatch)
    return found


def has(monkeypatch: pytest.MonkeyPatch, *, memory: int = 20 * GIB, disk: int = 50 * GIB) -> None:
    monkeypatch.setattr(host, "memory", lambda: host.Memory(24 * GIB, memory, 0, 0))
    monkeypatch.setattr(host, "cores", lambda: 2)
    monkeypatch.setattr(files, "free_mib", lambda _: disk)


def test_seats_that_cannot_fit_are_refused_before_anything_is_made(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, memory=GIB)
    said = labgen("class", "up", "monday.yaml")
    assert said.exit_code == 3
    needs = "3 seats need about 1.6 GiB of memory, and this host has 1.0 GiB; make room, use fewer "
    assert said.err.splitlines()[-2:] == [
        "error: this host cannot run class monday:",
        f"  {needs}seats, or try it anyway: --force",
    ]
    assert (room.up, store.names()) == ([], [])
    assert labgen("class", "up", "monday.yaml", "--force").exit_code == 0
    assert sorted(room.up) == ["monday-anna", "monday-ben", "monday-chen"]


def test_plan_says_what_does_not_fit_and_makes_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, disk=100)
    for words in (("plan",), ("up", "--dry-run")):
        said = labgen("class", *words, "single", "--seats", "20")
        assert said.exit_code == 0
        assert "problem: 20 seats need about 3.2 GiB of disk, and this host has 0.1 GiB" in said.out
        assert "note: all seats keep 1.8 cores busy when idle, and this host has 2" in said.out
        assert "the first from scratch" in said.out
        assert "(documented figures)" in said.out
    assert (room.up, store.names()) == ([], [])


def test_forecast_is_what_this_host_measured(room: Room) -> None:
    size = measured.size_of(scenario("single"), "container")
    measured.write(size, warm=5, warm_seconds=15.0, scratch_seconds=18.0, memory=400)
    other = replace(size, control_planes=3)
    measured.write(other, warm=5, warm_seconds=99.0, scratch_seconds=99.0, memory=500)
    shown = json.loads(labgen("class", "plan", "single", "--seats", "11", "-o", "json").out)
    assert (shown["seconds"], shown["forecast"]["memory"]) == (18.0 + 10 * 3.0, 11 * 400)
    assert shown["sources"]["memory"].startswith("measured here on ")
    # on a host that does not account for memory
    measured.write(size, warm=5, warm_seconds=20.0, scratch_seconds=None, memory=None)
    shown = json.loads(labgen("class", "plan", "single", "--seats", "11", "-o", "json").out)
    assert (shown["seconds"], shown["forecast"]["memory"]) == (18.0 + 10 * 4.0, 11 * 400)


def test_first_seat_comes_up_alone_where_nothing_is_kept_for_warm_starts(room: Room) -> None:
    said = labgen("class", "up", "monday.yaml", "--at-a-time", "1")
    assert said.exit_code == 0
    assert room.up == ["monday-anna", "monday-ben", "monday-chen"]
    assert room.saved == [f"{lab} {START}" for lab in room.up]
    assert "3/3" in said.err
    assert "class monday is up after " in said.err
    assert "nothing changed" not in said.err
    [known] = measured.latest(measured.size_of(scenario("single"), "container"))
    assert (known.warm, known.memory) == (2, 321)


def test_second_up_changes_nothing_and_needs_no_file(room: Room) -> None:
    labgen("class", "up", "monday.yaml")
    room.saved.clear()
    for wanted in ("monday.yaml", "monday"):
        said = labgen("class", "up", wanted)
        assert (said.exit_code, "; nothing changed" in said.err) == (0, True)
    assert room.saved == []


def test_seat_that_fails_does_not_stop_the_others_and_is_resumed(room: Room) -> None:
    error = LabgenError("master1 did not start", hint="labgen status monday-ben")
    room.failing["monday-ben"] = error
    said = labgen("class", "up", "monday.yaml")
    assert said.exit_code == 1
    assert said.err.splitlines()[-4:] == [
        "error: 1 of 3 seats failed:",
        "  ben: master1 did not start",
        "    labgen status monday-ben",
        "  to resume: labgen class up monday",
    ]
    assert len(room.saved) == 2
    events = [it["event"] for it in store.journal("monday").read()]
    assert events[0] == "class-up"
    assert "seat-failed" in events
    room.failing.clear()
    assert labgen("class", "up", "monday").exit_code == 0
    assert len(room.saved) == 3


def test_seats_are_added_and_never_lost_by_up(room: Room) -> None:
    labgen("class", "up", "monday.yaml")
    Path("monday.yaml").write_text(FILE.replace("chen", "chen, dora"))
    assert labgen("class", "up", "monday.yaml").exit_code == 0
    assert store.load("monday").seats == ("anna", "ben", "chen", "dora")
    Path("monday.yaml").write_text(FILE.replace(", ben", ""))
    said = labgen("class", "up", "monday.yaml")
    assert said.exit_code == 2
    assert "class monday exists and also has seats ben, dora" in said.err
    assert "labgen class down monday ben dora" in said.err
    said = labgen("class", "up", "ha-3x0", "--seats", "4", "--name", "monday")
    assert (said.exit_code, "exists with another scenario" in said.err) == (2, True)


def test_lab_of_a_seats_name_is_not_taken_over(room: Room) -> None:
    made("single", "monday-ben")
    said = labgen("class", "up", "monday.yaml")
    assert said.exit_code == 2
    assert "lab monday-ben exists and does not belong to class monday" in said.err
    store.write(Class("mon", scenario("single"), ("b-x",)))
    said = labgen("class", "up", "single", "--seats", "1", "--name", "mon-b")
    assert said.exit_code == 0
    Path("x.yaml").write_text("name: mon-b\nscenario: single\nseats: ['1', x]\n")
    said = labgen("class", "up", "x.yaml")
    assert (said.exit_code, "lab mon-b-x belongs to class mon" in said.err) == (2, True)


def test_seat_with_an_exercise_is_only_switched_on(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    labgen("class", "up", "monday.yaml")
    switched: list[str] = []
    monkeypatch.setattr(power, "switch", lambda name, *_: switched.append(name))
    for seat in ("anna", "ben"):
        _break(seat)
    room.states["monday-ben"] = State.OFF
    room.up.clear()
    said = labgen("class", "up", "monday")
    assert said.exit_code == 0
    assert (room.up, switched) == (["monday-chen"], ["monday-ben"])
    room.states["monday-ben"] = State.ABSENT
    said = labgen("class", "up", "monday")
    assert (said.exit_code, "ben: lab monday-ben has an exercise" in said.err) == (1, True)


def _break(seat: str, **facts: Any) -> Lab:
    lab = labs.load(f"monday-{seat}")
    directory = Path("exercises/sample")
    if not directory.exists():
        write(directory.parent, "sample")
    found = Progress("sample", directory.absolute(), Phase.RUNNING, "master1", began=1000.0)
    progress.write(lab, replace(found, **facts))
    return lab


def test_exercise_is_started_where_it_does_not_run_yet(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    labgen("class", "up", "monday.yaml")
    _break("anna")
    began: list[str] = []

    def start(lab: Lab, *_: object, **__: object) -> None:
        began.append(lab.name)
        if lab.name.endswith("chen"):
            raise LabgenError("not healthy")

    monkeypatch.setattr(exercise, "start", start)
    said = labgen("class", "exercise", "start", "sample", "--all")
    assert sorted(began) == ["monday-ben", "monday-chen"]
    assert said.exit_code == 1
    assert "1 of 3 seats failed:\n  chen: not healthy" in said.err
    assert "to resume: labgen class exercise start sample --all --class monday" in said.err
    assert labgen("class", "exercise", "start", "sample", "ben").exit_code == 0
    began.clear()
    _break("anna", finished=1060.0)
    labgen("class", "exercise", "start", "sample", "anna")
    assert began == []  # what a learner has finished is not broken again
    labgen("class", "exercise", "start", "sample", "anna", "--again")
    assert began == ["monday-anna"]
    for words in ([], ["ben", "--all"], ["bn"]):
        assert labgen("class", "exercise", "start", "sample", *words).exit_code == 2


def test_seat_goes_back_to_its_exercise_else_to_the_start(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    labgen("class", "up", "monday.yaml")
    restored: list[tuple[str, ...]] = []
    reset: list[str] = []
    monkeypatch.setattr(checkpoints, "restore", lambda *words: restored.append(words[:2]))
    monkeypatch.setattr(exercise, "reset", lambda lab, *_: reset.append(lab.name))
    assert "seat anna is as after class up" in labgen("class", "reset", "anna").err
    _break("anna")
    assert "is broken by sample as at the start" in labgen("class", "reset", "anna").err
    _break("anna", finished=1060.0)
    labgen("class", "reset", "anna")
    assert restored == [("monday-anna", START)] * 2
    assert reset == ["monday-anna"]
    aborted: list[str] = []
    monkeypatch.setattr(exercise, "abort", lambda lab, *_: aborted.append(lab.name))
    _break("anna", phase=Phase.BREAKING)  # its start was interrupted
    assert "seat anna is as after class up" in labgen("class", "reset", "anna").err
    assert (aborted, len(restored)) == (["monday-anna"], 3)
    assert "did you mean anna" in labgen("class", "reset", "ana").err


def test_down_removes_the_record_last(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    labgen("class", "up", "monday.yaml")
    failing = {"monday-ben"}

    def teardown(name: str, *_: object) -> list[str]:
        assert store.names() == ["monday"]
        if name in failing:
            raise LabgenError("left over")
        labs.remove(labs.load(name))
        return []

    monkeypatch.setattr("labgen.operations.class_down.teardown", teardown)
    said = labgen("class", "down", "monday")
    assert said.exit_code == 1
    assert "to try again: labgen class down monday" in said.err
    assert store.load("monday").seats == ("ben",)
    failing.clear()
    (store.place() / "monday/.class.json.x").touch()  # left by a process that was killed
    said = labgen("class", "down", "monday")
    assert (said.exit_code, "class monday is gone" in said.err) == (0, True)
    assert (store.names(), labs.names()) == ([], [])
    assert not list(store.place().glob(".*"))


def _journal(lab: Lab, *events: tuple[str, str, Mapping[str, Any]]) -> None:
    with lab.journal.open("a") as file:
        for minute, event, facts in events:
            known = {"time": f"2026-12-01T09:{minute}:00+00:00", "event": event, **facts}
            file.write(f"{json.dumps(known)}\n")


def _results() -> Said:
    return labgen("class", "results", "-o", "csv")


def test_results_are_those_of_the_journals_also_of_a_lab_that_is_off(room: Room) -> None:
    labgen("class", "up", "monday.yaml")
    room.states = dict.fromkeys(("monday-anna", "monday-ben"), State.OFF)
    anna, ben = (labs.load(f"monday-{seat}") for seat in ("anna", "ben"))
    start = {"exercise": "sample", "most": 100}
    half, done = {"done": [True, False], "points": 80}, {"done": [True, True], "points": 70}
    _journal(
        anna,
        ("00", "exercise-started", start),
        ("04", "exercise-checked", half),
        ("05", "exercise-hint", {"price": 30, "number": 1}),
        ("12", "exercise-checked", done),
        ("40", "exercise-checked", done),
        ("50", "exercise-started", {**start, "exercise": "other"}),
        ("51", "exercise-solved", {}),
        ("52", "exercise-checked", {**done, "points": 0}),
    )
    _journal(
        ben,
        ("00", "exercise-started", start),
        ("04", "exercise-checked", half),
        ("05", "exercise-hint", {"price": 30, "number": 1}),
        ("06", "step-done", {"step": "x"}),
    )
    assert _results().out.splitlines() == [
        "seat,exercise,points,of,hints,minutes,solved",
        "anna,sample,70,100,1,12.0,no",
        "anna,other,0,100,0,2.0,yes",
        "ben,sample,50,100,1,5.0,no",
    ]
    _journal(ben, ("08", "exercise-reset", {}), ("09", "exercise-aborted", {}))
    shown = json.loads(labgen("class", "results", "monday", "-o", "json").out)
    assert [it["aborted"] for it in shown] == [False, False, True]
    assert (shown[2]["points"], shown[2]["resets"], shown[2]["minutes"]) == (0, 1, 9.0)
    labs.remove(ben)
    assert "ben" not in _results().out


def test_class_that_is_not_there_is_a_usage_error(room: Room) -> None:
    for words in (["status"], ["down", "x"], ["results", "x"], ["reset", "x"], ["up", "x"]):
        said = labgen("class", *words)
        assert (said.exit_code, said.out) == (2, ""), words
    said = labgen("class", "up", "monday.yaml", "--name", "x")
    assert (said.exit_code, "--name is for --seats" in said.err) == (2, True)


def test_damaged_record_names_the_way_out(room: Room, home: Path) -> None:
    labgen("class", "up", "monday.yaml")
    (home / "state/classes/monday/class.json").write_text("{")
    said = labgen("class", "status")
    assert (said.exit_code, "cannot be read" in said.err) == (1, True)
    (command,) = re.findall("to remove the record: (.*)", said.err)
    assert shlex.split(command) == ["rm", "-r", str(home / "state/classes/monday")]
