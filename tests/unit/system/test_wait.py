"""wait.until: the awaited result, or the last observation."""

import time
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.system.wait import NotYet, until


def test_returns_what_is_observed_once_it_is_there() -> None:
    seen = iter(["nothing", "something"])

    def observe() -> str:
        if (now := next(seen)) == "nothing":
            raise NotYet(now)
        return now

    assert until(observe, what="it", timeout=5, interval=0.01) == "something"


def test_the_error_tells_what_was_last_seen_where_to_look_and_what_to_type() -> None:
    numbers = iter(range(1000))

    def observe() -> None:
        raise NotYet(f"{min(next(numbers), 3)} of 5 pods")

    with pytest.raises(LabgenError) as late:
        until(
            observe,
            what="the pods' start",
            timeout=1,
            interval=0.01,
            hint="labgen status x",
            log=Path("/logs/x"),
        )
    assert str(late.value).splitlines() == [
        "the pods' start did not happen within 1 s",
        "  last seen: 3 of 5 pods",
        "  log: /logs/x",
        "  labgen status x",
    ]


def test_observes_at_least_once_and_gives_up_in_time() -> None:
    seen: list[float] = []

    def observe() -> None:
        seen.append(time.monotonic())
        raise NotYet("no")

    with pytest.raises(LabgenError):
        until(observe, what="it", timeout=0)
    assert len(seen) == 1


def test_an_error_of_the_observation_is_no_reason_to_wait() -> None:
    def observe() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        until(observe, what="it", timeout=60)
