"""Steps as a graph: in order, concurrently, and what happens when some fail."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from labgen.errors import LabgenError, SeveralErrors
from labgen.up.graph import Done, Listener, Outcome, Step, run_steps

WAIT = 10.0


@dataclass
class Told:
    """The events that a listener received, in order."""

    lines: list[str] = field(default_factory=list)

    @property
    def listener(self) -> Listener:
        def done(result: Done) -> None:
            self.lines.append(f"{result.outcome} {result.name}")

        return Listener(
            started=lambda step: self.lines.append(f"started {step.name}"),
            done=done,
            failed=lambda step, error: self.lines.append(f"failed {step.name}: {error}"),
        )


def _step(name: str, *after: str, work: Callable[[], Outcome] = lambda: Outcome.OK) -> Step:
    return Step(name, work, frozenset(after), phase=name)


def _failing(error: Exception, *, when: threading.Event | None = None) -> Callable[[], Outcome]:
    def fail() -> Outcome:
        if when:
            when.wait(WAIT)
        raise error

    return fail


def test_a_step_starts_after_all_it_waits_on() -> None:
    told = Told()
    steps = [_step("c", "a", "b"), _step("b", "a"), _step("a")]
    done = run_steps(steps, told.listener)
    assert [result.name for result in done] == ["a", "b", "c"]
    assert told.lines == ["started a", "ok a", "started b", "ok b", "started c", "ok c"]


def test_steps_that_wait_on_the_same_run_side_by_side() -> None:
    meeting = threading.Barrier(3)

    def meet() -> Outcome:
        meeting.wait(WAIT)
        return Outcome.CHANGED

    steps = [_step("a"), *(_step(name, "a", work=meet) for name in "bcd")]
    assert {result.name: result.outcome for result in run_steps(steps, Told().listener)} == {
        "a": Outcome.OK,
        "b": Outcome.CHANGED,
        "c": Outcome.CHANGED,
        "d": Outcome.CHANGED,
    }


def test_results_tell_when_a_step_began_and_how_long_it_took() -> None:
    pause = threading.Event()

    def slow() -> Outcome:
        pause.wait(0.05)
        return Outcome.OK

    first, second = run_steps([_step("a", work=slow), _step("b", "a")], Told().listener)
    assert 0 <= first.started < second.started
    assert first.seconds >= 0.05
    assert second.started >= first.started + first.seconds


def test_after_a_failure_no_step_starts_and_those_under_way_end() -> None:
    told = Told()
    failed = threading.Event()
    ended = threading.Event()

    def slow() -> Outcome:
        failed.wait(WAIT)
        ended.set()
        return Outcome.OK

    def fail() -> Outcome:
        failed.set()
        raise LabgenError("no disk")

    steps = [_step("slow", work=slow), _step("bad", work=fail), _step("next", "slow")]
    with pytest.raises(LabgenError, match="no disk"):
        run_steps(steps, told.listener)
    assert ended.is_set()
    assert "failed bad: no disk" in told.lines
    assert "ok slow" in told.lines
    assert "started next" not in told.lines


def test_several_failures_are_all_told_with_their_steps() -> None:
    go = threading.Event()
    steps = [
        _step("a", work=_failing(LabgenError("first"), when=go)),
        _step("b", work=_failing(ValueError("second"), when=go)),
    ]
    threading.Timer(0.05, go.set).start()
    with pytest.raises(SeveralErrors) as several:
        run_steps(steps, Told().listener)
    assert {name: str(error) for name, error in several.value.errors.items()} == {
        "a": "first",
        "b": "second",
    }


@pytest.mark.parametrize(
    "steps",
    [
        [_step("a", "b"), _step("b", "a")],
        [_step("a", "a")],
        [_step("a", "nowhere")],
        [_step("a"), _step("a")],
    ],
)
def test_a_plan_that_cannot_end_is_refused_before_anything_starts(steps: list[Step]) -> None:
    told = Told()
    with pytest.raises(ValueError, match="steps"):
        run_steps(steps, told.listener)
    assert told.lines == []


def test_a_plan_without_steps_is_done() -> None:
    assert run_steps([], Told().listener) == []
