"""Assertions about the result of an experiment.

Each function raises AssertionError with what was observed instead.
"""

from collections.abc import Sequence

from acceptance.framework.experiment import keepalived, tracks
from acceptance.framework.experiment.observers import owners
from acceptance.framework.experiment.result import Result
from acceptance.framework.experiment.testbed import Testbed


def within_limits(result: Result) -> None:
    """Assert that all figures are within their limits."""
    over = result.over_limit()
    assert not over, "; ".join(over)


def no_lost_write(result: Result) -> None:
    """Assert that no acknowledged write is lost, and that the watch reported every one."""
    assert result.writes.acknowledged, "nothing was written"
    assert result.lost is not None, result.problems
    assert not result.lost, f"lost: {list(result.lost)}"
    unwatched = list(result.writes.unwatched)
    assert not unwatched, f"no event of: {unwatched}"


def recovered(result: Result) -> None:
    """Assert that everything recovered that the experiment waited for."""
    assert not result.problems, "; ".join(result.problems)


def vip_never_moved(result: Result, testbed: Testbed) -> None:
    """Assert that the same machine alone had the VIP from the baseline until healing began."""
    recording = result.recording
    during = tracks.within(result.bands(owners.LANE), recording.started, recording.healing)
    states = [band.state for band in during]
    assert len(set(states)) == 1, f"{states}; {keepalived.reported(testbed, recording)}"


def vip_moved_to_one_of(result: Result, machines: Sequence[str]) -> None:
    """Assert that exactly one machine, one of these, had the VIP when healing began."""
    during = tracks.within(result.bands(owners.LANE), 0.0, result.recording.healing)
    assert during[-1].state in machines, during[-1].state
