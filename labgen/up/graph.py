"""Run steps as a graph: each starts when all steps that it waits for are done, concurrently with
others."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum

from labgen.errors import SeveralErrors
from labgen.system import interrupt


class Outcome(StrEnum):
    """Whether a step changed anything."""

    CHANGED = "changed"
    OK = "ok"


@dataclass(frozen=True)
class Step:
    """A step of a plan. name is unique; after has the names of the steps it waits for; work runs
    the step."""

    name: str
    work: Callable[[], Outcome]
    after: frozenset[str] = frozenset()
    phase: str = ""


@dataclass(frozen=True)
class Done:
    """A step that ended; started and seconds are relative to the beginning of the run."""

    name: str
    phase: str
    outcome: Outcome
    started: float
    seconds: float


@dataclass(frozen=True)
class Listener:
    """Callbacks for a step that has started, is done or has failed."""

    started: Callable[[Step], None]
    done: Callable[[Done], None]
    failed: Callable[[Step, BaseException], None]


def run_steps(steps: Sequence[Step], listener: Listener) -> list[Done]:
    """Run all steps. After a failure no new step starts, and running steps are awaited.

    Raises the step's error, or SeveralErrors; ValueError for a plan with unknown or circular
    dependencies.
    """
    _check(steps)
    begin = time.monotonic()
    results: list[Done] = []
    errors: dict[str, BaseException] = {}
    waiting = {step.name: step for step in steps}

    def work(step: Step) -> Done:
        started = time.monotonic()
        outcome = step.work()
        ended = time.monotonic()
        return Done(step.name, step.phase, outcome, started - begin, ended - started)

    with interrupt.held(), ThreadPoolExecutor(max_workers=max(1, len(steps))) as pool:
        running: dict[Future[Done], Step] = {}
        while waiting or running:
            finished = {result.name for result in results}
            ready = [step for step in waiting.values() if step.after <= finished and not errors]
            for step in ready:
                listener.started(waiting.pop(step.name))
                running[pool.submit(work, step)] = step
            if not running:
                break
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            interrupt.check()
            for future in ended:
                _collect(running.pop(future), future, results, errors, listener)
    if errors:
        raise next(iter(errors.values())) if len(errors) == 1 else SeveralErrors(errors)
    return results


def _collect(
    step: Step,
    future: Future[Done],
    results: list[Done],
    errors: dict[str, BaseException],
    listener: Listener,
) -> None:
    error = future.exception()
    if error is None:
        results.append(future.result())
        listener.done(future.result())
        return
    listener.failed(step, error)
    errors[step.name] = error


def _check(steps: Sequence[Step]) -> None:
    names = [step.name for step in steps]
    if len(set(names)) != len(names):
        raise ValueError("two steps of a plan have one name")
    done: set[str] = set()
    left = list(steps)
    while left:
        ready = [step for step in left if step.after <= done]
        if not ready:
            raise ValueError(f"these steps can never start: {[step.name for step in left]}")
        done |= {step.name for step in ready}
        left = [step for step in left if step.name not in done]
