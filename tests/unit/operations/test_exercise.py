"""An exercise on a lab, from start to abort, also when it is killed at any moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from labgen.cluster.health import Health, Problem
from labgen.errors import LabgenError, UsageError
from labgen.exercises import progress
from labgen.exercises.model import Exercise
from labgen.exercises.progress import Phase
from labgen.faults import engine
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.operations import checkpoints, exercise_scripts, exercise_tests
from labgen.operations import exercise as exercises
from labgen.operations.verify import HarnessError
from labgen.providers.base import State
from labgen.providers.optional import Checkpoint
from labgen.providers.ssh.provider import SshProvider
from labgen.system.journal import Journal
from labgen.up.graph import Outcome
from tests.unit.exercises.samples import HOLDER, RUNS, sample
from tests.unit.lab.samples import made
from tests.unit.operations.test_checkpoints import NOON

HEALTHY, BROKEN = {HOLDER: "passed", RUNS: "passed"}, {HOLDER: "failed", RUNS: "passed"}


class Killed(BaseException):
    """labgen ends here, with nothing cleaned up."""


@dataclass
class World(SshProvider):
    """A lab that is as its checkpoints and scripts make it, and may end labgen at a deed."""

    lab: Lab
    exercise: Exercise
    state: dict[str, str] = field(default_factory=lambda: dict(HEALTHY))
    saved: dict[str, dict[str, str]] = field(default_factory=dict)
    deeds: list[str] = field(default_factory=list)
    kill_at: str = ""
    faults: list[str] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)

    def machines(self, lab: Lab) -> Mapping[str, State]:
        return {it.name: self._state(it.name) for it in lab.machines}

    def _state(self, name: str) -> State:
        return State.ABSENT if name in self.absent else State.ON

    def do(self, deed: str) -> None:
        self.deeds.append(deed)
        if deed == self.kill_at:
            self.kill_at = ""
            raise Killed

    def save_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        self.do(f"save {checkpoint}")
        self.saved[checkpoint] = dict(self.state)

    def ensure_restorable(self, lab: Lab, checkpoint: str) -> None:
        if checkpoint not in self.saved:
            raise UsageError(f"there is no checkpoint {checkpoint}")

    def restore_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        self.do(f"restore {checkpoint}")
        self.state = dict(self.saved[checkpoint])
        self.faults.clear()

    def checkpoints(self, lab: Lab) -> Sequence[Checkpoint]:
        return [Checkpoint(name, NOON) for name in self.saved]

    def damage(self, lab: Lab, checkpoint: str) -> Sequence[str]:
        return []

    def delete_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        self.do(f"delete {checkpoint}")
        self.saved.pop(checkpoint, None)

    def run(self, _lab: Lab, _exercise: Exercise, script: str, *_: object) -> None:
        self.state = {HOLDER: "changing", RUNS: "passed"}  # a half of it is done when it is killed
        self.do(script)
        self.state = dict(BROKEN if script == "break.sh" else HEALTHY)

    def outcomes(self, *_: object, **__: object) -> dict[str, str]:
        self.do("look")
        return self.state

    def inject(self, _lab: Lab, fault: str, target: str) -> None:
        self.do(f"inject {fault}")
        self.faults.append(f"{fault} on {target}")
        self.state = dict(BROKEN)

    # what a user does

    def start(self, *, as_is: bool = False, exercise: Exercise | None = None) -> None:
        wanted = exercise or self.exercise
        exercises.start(self.lab, wanted, self.tell, self.tell, as_is=as_is)

    def reset(self) -> None:
        exercises.reset(self.lab, self.tell, self.tell)

    def abort(self) -> None:
        exercises.abort(self.lab, self.tell, self.tell)

    def grade(self) -> exercises.Standing:
        return exercises.check(self.lab, self.tell)

    @staticmethod
    def tell(_text: str) -> None:
        """Drop it."""

    @property
    def phase(self) -> Phase | None:
        found = progress.read(self.lab)
        return found.phase if found else None


def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str = "") -> World:
    world = World(made("single", "demo"), sample(tmp_path, more=more))
    monkeypatch.setattr(exercises, "provider", lambda _: world)
    monkeypatch.setattr(exercises, "await_ready", lambda _: Outcome.OK)
    monkeypatch.setattr(exercises, "query", lambda *_: Health(problems=()))
    monkeypatch.setattr(access, "ssh", lambda _: None)
    monkeypatch.setattr(checkpoints, "active", lambda _: world.faults)
    monkeypatch.setattr(exercise_scripts, "run", world.run)
    monkeypatch.setattr(exercise_tests, "outcomes", world.outcomes)
    monkeypatch.setattr(engine, "inject_held", world.inject)
    return world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return _world(tmp_path, monkeypatch)


def test_start_saves_the_healthy_lab_breaks_it_and_saves_the_broken_one(world: World) -> None:
    world.start()
    assert world.deeds == ["save exercise-healthy", "break.sh", "look", "save exercise-broken"]
    assert world.saved == {"exercise-healthy": HEALTHY, "exercise-broken": BROKEN}
    found = progress.running(world.lab)
    assert (found.exercise, found.target, found.began > 0) == ("sample", "master1", True)
    events = [it["event"] for it in Journal(world.lab.journal).read()]
    assert events == ["checkpoint-saved", "checkpoint-saved", "exercise-started"]


def test_check_says_what_is_done_and_the_last_one_stops_the_clock(world: World) -> None:
    world.start()
    first = world.grade()
    assert (first.progress.done, first.points, first.all_done) == ({0: False, 1: True}, 20, False)
    assert first.progress.finished is None
    world.state = dict(HEALTHY)
    second = world.grade()
    assert (second.all_done, second.points, second.progress.checks) == (True, 100, 2)
    world.state = dict(BROKEN)
    third = world.grade()
    assert third.progress.finished == second.progress.finished
    [event, *_] = [
        it for it in Journal(world.lab.journal).read() if it["event"].endswith("checked")
    ]
    assert (event["done"], event["points"]) == ([False, True], 20)


def test_hints_come_in_their_order_and_cost_points(world: World) -> None:
    world.start()
    taken = [exercises.hint(world.lab, world.tell) for _ in range(2)]
    assert [it.price for it in taken] == [30, 90]
    with pytest.raises(UsageError, match="has no other hint"):
        exercises.hint(world.lab, world.tell)
    found = exercises.standing(world.lab)
    assert found
    assert list(found.hints) == taken


def test_reset_restores_the_broken_lab_and_the_clock_goes_on(world: World) -> None:
    world.start()
    began = progress.running(world.lab).began
    world.state = {HOLDER: "failed", RUNS: "failed"}
    world.deeds.clear()
    world.reset()
    assert world.deeds == ["restore exercise-broken", "look"]
    assert world.state == BROKEN
    found = progress.running(world.lab)
    assert (found.began, found.resets, found.done) == (began, 1, {})


def test_reset_of_a_lab_without_a_machine_leaves_what_the_learner_has_reached(world: World) -> None:
    world.start()
    world.grade()
    before = progress.read(world.lab)
    world.absent = {"master1"}
    with pytest.raises(LabgenError, match="cannot be restored: master1 is missing") as e:
        world.reset()
    assert "labgen down" in str(e.value.hint)
    assert progress.read(world.lab) == before


def test_solution_passes_all_and_gives_no_points(world: World) -> None:
    world.start()
    found = exercises.solve(world.lab, world.tell, world.tell)
    assert (found.all_done, found.points, found.progress.solved) == (True, 0, True)


def test_abort_restores_the_healthy_lab_and_leaves_nothing(world: World) -> None:
    world.start()
    world.abort()
    assert (world.state, world.saved, world.phase) == (HEALTHY, {}, None)
    with pytest.raises(UsageError, match="lab demo has no exercise"):
        world.abort()


def test_damaged_progress_is_aborted_by_the_checkpoint(world: World) -> None:
    world.start()
    (world.lab.directory / "exercise.json").write_text("{")
    world.abort()
    assert (world.state, world.saved, world.phase) == (HEALTHY, {}, None)


def test_another_exercise_waits_until_this_one_is_over(world: World, tmp_path: Path) -> None:
    other = sample(tmp_path, "other")
    world.start()
    with pytest.raises(UsageError, match="has an exercise that is not over: sample"):
        world.start(exercise=other)
    world.state = dict(HEALTHY)
    world.grade()
    world.deeds.clear()
    world.start(exercise=other)
    assert world.deeds[0] == "restore exercise-healthy"
    found = progress.running(world.lab)
    assert (found.exercise, found.finished, found.checks) == ("other", None, 0)


def test_the_lab_as_it_is_may_be_what_is_healthy_next(world: World) -> None:
    world.start()
    exercises.solve(world.lab, world.tell, world.tell)
    world.deeds.clear()
    world.start(as_is=True)
    assert world.deeds[0] == "save exercise-healthy"
    assert "restore exercise-healthy" not in world.deeds


STEPS = ["save exercise-healthy", "break.sh", "look", "save exercise-broken"]


@pytest.mark.parametrize("step", STEPS)
def test_start_that_was_killed_begins_again_from_the_healthy_lab(world: World, step: str) -> None:
    world.kill_at = step
    with pytest.raises(Killed):
        world.start()
    with pytest.raises(UsageError, match="was interrupted while"):
        world.grade()
    world.start()
    assert world.saved == {"exercise-healthy": HEALTHY, "exercise-broken": BROKEN}
    assert world.phase is Phase.RUNNING


@pytest.mark.parametrize("step", STEPS)
def test_start_that_was_killed_is_aborted(world: World, step: str) -> None:
    world.kill_at = step
    with pytest.raises(Killed):
        world.start()
    world.abort()
    assert (world.state, world.saved, world.phase) == (HEALTHY, {}, None)


@pytest.mark.parametrize("step", ["restore exercise-broken", "look"])
def test_reset_that_was_killed_begins_again(world: World, step: str) -> None:
    world.start()
    world.state = {HOLDER: "passed", RUNS: "failed"}
    world.deeds.clear()
    world.kill_at = step
    with pytest.raises(Killed):
        world.reset()
    with pytest.raises(UsageError, match="interrupted while resetting"):
        world.grade()
    world.reset()
    assert (world.state, world.phase) == (BROKEN, Phase.RUNNING)


@pytest.mark.parametrize(
    "step", ["restore exercise-healthy", "delete exercise-broken", "delete exercise-healthy"]
)
def test_abort_that_was_killed_can_be_repeated(world: World, step: str) -> None:
    world.start()
    world.kill_at = step
    with pytest.raises(Killed):
        world.abort()
    world.abort()
    assert (world.state, world.saved, world.phase) == (HEALTHY, {}, None)


def test_exercise_of_a_fault_is_reset_by_the_healthy_lab_and_the_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = _world(tmp_path, monkeypatch, more="fault: etcd-full\n")
    world.start()
    assert world.deeds == ["save exercise-healthy", "inject etcd-full", "look"]
    world.deeds.clear()
    world.reset()
    assert world.deeds == ["restore exercise-healthy", "inject etcd-full", "look"]
    assert world.faults == ["etcd-full on master1"]
    world.abort()
    assert (world.state, world.faults, world.phase) == (HEALTHY, [], None)


def test_lab_that_is_not_healthy_is_not_broken_further(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ill = Health(problems=(Problem("node", "master1", "master1 is NotReady"),))
    monkeypatch.setattr(exercises, "query", lambda *_: ill)
    with pytest.raises(LabgenError, match="lab demo is not healthy") as refused:
        world.start()
    assert refused.value.last_seen == "master1 is NotReady"
    assert (world.deeds, world.phase) == ([], None)


def test_lab_that_lacks_machines_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = _world(tmp_path, monkeypatch, more="needs: {controlPlanes: 3}\n")
    with pytest.raises(UsageError, match="needs 3 control planes; lab demo has 1") as refused:
        world.start()
    assert (refused.value.hint, world.deeds) == ("labgen up ha-3x3", [])


def test_broken_state_that_does_not_show_says_how_the_lab_differs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exercises, "APPEARS", 0.0)
    monkeypatch.setattr(exercise_scripts, "run", lambda *_: None)
    with pytest.raises(LabgenError, match="the broken state of exercise sample did not") as failed:
        world.start()
    assert failed.value.last_seen == "objective 1 is done at the start"
    assert world.phase is Phase.BREAKING


def test_tests_that_cannot_run_say_nothing_of_the_objectives(
    tmp_path: Path,
) -> None:
    """Run the real suite on a lab that has no machines."""
    lab, exercise = made("single", "demo"), sample(tmp_path)
    with pytest.raises(HarnessError, match="tests of exercise sample could not run") as failed:
        exercise_tests.outcomes(lab, exercise)
    assert failed.value.log == lab.logs / "exercise-check.log"
    assert failed.value.last_seen
