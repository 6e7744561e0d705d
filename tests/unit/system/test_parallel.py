"""parallel.gather: concurrent tasks, and every error."""

import os
import signal
import threading

import pytest

from labgen.errors import HostUnfit, LabgenError, SeveralErrors
from labgen.system import interrupt
from labgen.system.interrupt import Interrupted
from labgen.system.parallel import gather


def test_results_come_back_under_their_names() -> None:
    assert gather({"a": lambda: 1, "b": lambda: 2}) == {"a": 1, "b": 2}


def test_nothing_to_do_is_fine() -> None:
    assert gather({}) == {}


def test_tasks_run_side_by_side() -> None:
    meeting = threading.Barrier(3)
    assert len(gather({name: lambda: meeting.wait(timeout=10) for name in "abc"})) == 3


def test_one_error_is_raised_as_it_is_after_the_others_have_ended() -> None:
    ended = threading.Event()
    failed = threading.Event()

    def fail() -> None:
        failed.set()
        raise HostUnfit("no podman")

    def slow() -> None:
        failed.wait(10)
        ended.set()

    with pytest.raises(HostUnfit, match="no podman"):
        gather({"bad": fail, "slow": slow})
    assert ended.is_set()


def test_several_errors_are_all_told_with_their_tasks() -> None:
    def fail(error: Exception) -> None:
        raise error

    with pytest.raises(SeveralErrors) as several:
        gather(
            {
                "master1": lambda: fail(LabgenError("no disk", hint="buy one")),
                "master2": lambda: fail(ValueError("odd")),
                "master3": lambda: None,
            }
        )
    assert str(several.value).splitlines() == [
        "master1: no disk",
        "  buy one",
        "master2: odd",
    ]
    assert several.value.exit_code == 1


def test_no_more_run_at_a_time_than_wanted() -> None:
    running, most = threading.Semaphore(2), threading.Lock()
    seen: list[bool] = []

    def work() -> None:
        free = running.acquire(blocking=False)
        with most:
            seen.append(free)
        threading.Event().wait(0.01)
        running.release()

    gather({str(number): work for number in range(8)}, at_most=2)
    assert seen == [True] * 8


def test_task_that_waits_for_its_turn_does_not_begin_after_an_interrupt() -> None:
    begun: list[str] = []

    def stop() -> None:
        begun.append("first")
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Interrupted):
            interrupt.pause(10)

    with pytest.raises(KeyboardInterrupt):
        gather({"first": stop, "second": lambda: begun.append("second")}, at_most=1)
    assert begun == ["first"]


def test_what_cleans_up_after_an_interrupt_runs() -> None:
    cleaned: list[str] = []

    def stop() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Interrupted):
            interrupt.pause(10)
        gather({"this": lambda: cleaned.append("this"), "that": lambda: cleaned.append("that")})

    with pytest.raises(KeyboardInterrupt):
        gather({"first": stop, "second": stop}, at_most=1)
    assert sorted(cleaned) == ["that", "this"]
