"""What is done with an exercise on a lab: start, check, hint, solve, reset, abort.

Nothing is printed here; `tell` is called with what begins now. The progress is written before each
change, so a command that was killed can be repeated, and abort restores the healthy lab.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from labgen.cluster import health
from labgen.cluster.query import query
from labgen.errors import LabgenError, UsageError
from labgen.exercises import catalog, grading, progress, targets
from labgen.exercises.model import BREAK, SOLVE, Exercise, Hint
from labgen.exercises.progress import BROKEN, HEALTHY, Phase, Progress
from labgen.faults import engine
from labgen.lab import ownership, store
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.operations import checkpoints, exercise_scripts, exercise_tests
from labgen.providers.base import State
from labgen.providers.optional import Checkpoints, checkpoints_of
from labgen.providers.registry import provider
from labgen.system.journal import Journal
from labgen.system.wait import NotYet, until
from labgen.up.context import Context
from labgen.up.steps.await_ready import await_ready

# Seconds, multiplied by the lab's slowdown. A node is NotReady 50 s after its kubelet has ended.
APPEARS = 240.0
REPAIRED = 240.0
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Standing:
    """An exercise on a lab, and what has been done so far."""

    exercise: Exercise
    progress: Progress

    @property
    def points(self) -> int:
        return self.progress.points(self.exercise)

    @property
    def all_done(self) -> bool:
        return all(self.progress.done.get(n) for n in range(len(self.exercise.objectives)))

    @property
    def hints(self) -> tuple[Hint, ...]:
        """Return the hints that were taken."""
        return self.exercise.hints[: self.progress.hints]


def standing(lab: Lab) -> Standing | None:
    """Return what has been done by the last check; None if the lab has no exercise."""
    found = progress.read(lab)
    return None if found is None else Standing(_exercise(found), found)


def start(
    lab: Lab, exercise: Exercise, tell: Tell, waiting_for: Tell, *, as_is: bool = False
) -> Standing:
    """Save the healthy lab, break it, wait until that shows, save it again and start the clock.

    After another exercise that is over, the lab is restored to what was healthy before it; with
    as_is, it is saved as the learner left it. A start that was interrupted begins again. Raises
    UsageError if the exercise does not fit the lab, or if the lab has an exercise that is not over;
    LabgenError if the lab is not healthy, cannot be saved, or if the broken state does not show.
    """
    exercise.ensure_fits(lab)
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold_alone(lab.name, waiting_for, doing="exercise start"):
        ownership.ensure_original(lab)
        before = progress.read(lab)
        _ensure_free(lab, exercise, before)
        begun = Progress(exercise.name, exercise.directory, Phase.SAVING)
        if before is None or before.phase is Phase.SAVING or (as_is and before.over):
            _ensure_healthy(lab, patient=before is not None)
            progress.write(lab, begun)
            tell("save the healthy lab")
            checkpoints.save_held(lab, able, HEALTHY)
        else:
            progress.write(lab, replace(begun, phase=Phase.BREAKING))
            _restore_healthy(lab, able, tell)
        begun = replace(
            begun, phase=Phase.BREAKING, target=targets.choose(lab, exercise.target).name
        )
        progress.write(lab, begun)
        tell("break the lab")
        _break(lab, exercise, begun.target)
        _await_broken(lab, exercise, tell)
        if not exercise.fault:
            tell("save the broken lab")
            checkpoints.save_held(lab, able, BROKEN)
        running = replace(begun, phase=Phase.RUNNING, began=time.time())
        progress.write(lab, running)
        _note(lab, "started", running, target=running.target, most=exercise.points)
    return Standing(exercise, running)


def check(lab: Lab, waiting_for: Tell) -> Standing:
    """Run the checks of all objectives, and stop the clock if all are done.

    Raises UsageError if no exercise runs, HarnessError if the checks could not run.
    """
    exercise = _exercise(progress.running(lab))
    done = grading.done(exercise, exercise_tests.outcomes(lab, exercise))
    with store.hold(lab.name, waiting_for):
        found = progress.running(lab)
        finished = found.finished or (time.time() if all(done.values()) else None)
        found = replace(found, done=done, checks=found.checks + 1, finished=finished)
        progress.write(lab, found)
        points = found.points(exercise)
        _note(lab, "checked", found, done=list(done.values()), points=points)
    return Standing(exercise, found)


def hint(lab: Lab, waiting_for: Tell) -> Hint:
    """Take the next hint and return it. Raises UsageError if there is none left."""
    with store.hold(lab.name, waiting_for):
        found = progress.running(lab)
        exercise = _exercise(found)
        if found.hints >= len(exercise.hints):
            raise UsageError(
                f"exercise {exercise.name} has no other hint",
                hint=f"labgen exercise solve {lab.name}    shows and applies the solution",
            )
        progress.write(lab, replace(found, hints=found.hints + 1))
        taken = exercise.hints[found.hints]
        _note(lab, "hint", found, number=found.hints + 1, price=taken.price)
    return taken


def solve(lab: Lab, tell: Tell, waiting_for: Tell) -> Standing:
    """Apply the reference repair and wait until all objectives are done. It gives no points.

    Raises UsageError if no exercise runs, LabgenError if the repair fails; from the broken state,
    after a reset, it works.
    """
    with store.hold_alone(lab.name, waiting_for, doing="exercise solve"):
        found = replace(progress.running(lab), solved=True)
        exercise = _exercise(found)
        progress.write(lab, found)
        _note(lab, "solved", found)
        tell("apply the reference repair")
        exercise_scripts.run(lab, exercise, SOLVE, exercise.solve_on, found.target)
        tell("wait until every objective is done")
        until(
            partial(_all_done, lab, exercise),
            what=f"exercise {exercise.name} being done",
            timeout=REPAIRED * lab.slowdown,
            interval=1,
            hint=f"to try again from the broken state: labgen exercise reset {lab.name}",
        )
    return check(lab, waiting_for)


def reset(lab: Lab, tell: Tell, waiting_for: Tell) -> Standing:
    """Restore the broken lab. The clock goes on, and hints stay taken.

    Raises UsageError if no exercise runs.
    """
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold_alone(lab.name, waiting_for, doing="exercise reset"):
        ownership.ensure_original(lab)
        found = progress.read(lab)
        if found is None or found.phase is not Phase.RESETTING:
            found = progress.running(lab)
        exercise = _exercise(found)
        _ensure_complete(lab)
        found = replace(found, phase=Phase.RESETTING, done={}, finished=None)
        progress.write(lab, found)
        if exercise.fault:
            _restore_healthy(lab, able, tell)
            tell("break the lab")
            _break(lab, exercise, found.target)
        else:
            tell("restore the broken lab")
            checkpoints.roll_back(lab, able, BROKEN)
        _await_broken(lab, exercise, tell)
        found = replace(found, phase=Phase.RUNNING, resets=found.resets + 1)
        progress.write(lab, found)
        _note(lab, "reset", found)
    return Standing(exercise, found)


def abort(lab: Lab, tell: Tell, waiting_for: Tell) -> None:
    """Restore the healthy lab, and remove the exercise with its checkpoints, in whatever state it
    is. Raises UsageError if the lab has no exercise."""
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold_alone(lab.name, waiting_for, doing="exercise abort"):
        ownership.ensure_original(lab)
        try:
            found = progress.read(lab)
        except LabgenError:  # damaged: the checkpoint says what is healthy
            found = Progress("unknown", lab.directory, Phase.BREAKING)
        if found is None:
            progress.running(lab)
        elif found.phase is not Phase.SAVING:
            _restore_healthy(lab, able, tell)
        for checkpoint in (BROKEN, HEALTHY):
            able.delete_checkpoint(lab, checkpoint)
        progress.remove(lab)
        if found:
            _note(lab, "aborted", found)


def _ensure_free(lab: Lab, exercise: Exercise, before: Progress | None) -> None:
    """Raise UsageError if the lab has an exercise that is not over, unless its start was
    interrupted."""
    if before is None or before.over:
        return
    if before.phase in {Phase.SAVING, Phase.BREAKING} and before.exercise == exercise.name:
        return
    raise UsageError(
        f"lab {lab.name} has an exercise that is not over: {before.exercise}",
        hint=f"labgen exercise check {lab.name}    or restore the healthy lab: "
        f"labgen exercise abort {lab.name}",
    )


def _ensure_complete(lab: Lab) -> None:
    """Raise LabgenError if a machine is missing: no checkpoint can be restored then."""
    states = provider(lab.provider).machines(lab)
    if absent := [name for name, state in states.items() if state is State.ABSENT]:
        raise LabgenError(
            f"lab {lab.name} cannot be restored: {', '.join(absent)} is missing",
            hint=f"to make the lab again: labgen down {lab.name}; {lab.up_command}",
        )


def _ensure_healthy(lab: Lab, *, patient: bool) -> None:
    """Raise LabgenError if the lab is not healthy; patient waits until it is, after a repair."""
    if patient:
        await_ready(Context(lab, provider(lab.provider)))
    if problems := query(lab, access.ssh(lab)).problems:
        raise LabgenError(
            f"an exercise starts from a healthy lab, and lab {lab.name} is not healthy",
            last_seen=health.summary(problems),
            hint=f"labgen status {lab.name}",
        )


def _restore_healthy(lab: Lab, able: Checkpoints, tell: Tell) -> None:
    tell("restore the healthy lab")
    checkpoints.roll_back(lab, able, HEALTHY)
    await_ready(Context(lab, provider(lab.provider)))


def _break(lab: Lab, exercise: Exercise, target: str) -> None:
    if exercise.fault:
        engine.inject_held(lab, exercise.fault, target)
    else:
        exercise_scripts.run(lab, exercise, BREAK, exercise.break_on, target)


def _await_broken(lab: Lab, exercise: Exercise, tell: Tell) -> None:
    """Wait until the objectives and the rest of the lab are as the exercise says."""
    tell("wait until the broken state shows")

    def look() -> None:
        found = exercise_tests.outcomes(lab, exercise, whole=True, held=True)
        if different := grading.deviations(exercise, found):
            raise NotYet("; ".join(different))

    until(
        look,
        what=f"the broken state of exercise {exercise.name}",
        timeout=APPEARS * lab.slowdown,
        interval=1,
        hint=f"to restore the healthy lab: labgen exercise abort {lab.name}",
    )


def _all_done(lab: Lab, exercise: Exercise) -> None:
    done = grading.done(exercise, exercise_tests.outcomes(lab, exercise, held=True))
    if left := [str(number + 1) for number, state in done.items() if not state]:
        raise NotYet(f"not done: objective {', '.join(left)}")


def _exercise(found: Progress) -> Exercise:
    return catalog.find(f"{found.directory}/")


def _note(lab: Lab, event: str, found: Progress, **facts: object) -> None:
    Journal(lab.journal).write(f"exercise-{event}", exercise=found.exercise, **facts)
