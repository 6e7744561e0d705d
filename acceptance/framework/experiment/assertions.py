"""What a measured fault is held to. Each raises AssertionError with what was seen instead."""

from collections.abc import Callable, Sequence

from acceptance.framework.experiment import keepalived, tracks
from acceptance.framework.experiment.measured import Measured, tell
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.observers import owners

Record = Callable[[str, object], None]


def budgets(seen: Measured, name: str, record: Record) -> None:
    """All figures are within their budgets; they are recorded as properties of the test."""
    for figure in seen.recording.figures:
        record(f"{name}: {figure.name}", tell(figure).removeprefix(f"{figure.name}: "))
    over = seen.over_budget()
    assert not over, "; ".join(over)


def writes(seen: Measured) -> None:
    """Not one acknowledged write is lost, and the watch was told of every one."""
    assert seen.writes.acknowledged, "nothing was written"
    assert seen.lost is not None, seen.problems
    assert not seen.lost, f"lost: {list(seen.lost)}"
    unwatched = list(seen.writes.unwatched)
    assert not unwatched, f"no event of: {unwatched}"


def healed(seen: Measured) -> None:
    """All that was waited for came."""
    assert not seen.problems, "; ".join(seen.problems)


def never_moved(seen: Measured, bench: Bench) -> None:
    """The VIP had the same one owner from before the fault until healing began."""
    during = tracks.within(seen.bands(owners.LANE), seen.recording.started, mended(seen))
    states = [band.state for band in during]
    assert len(set(states)) == 1, f"{states}; {keepalived.said(bench, seen.recording)}"


def moved_to_one_of(seen: Measured, machines: Sequence[str]) -> None:
    """When healing began, one of these machines had the VIP alone."""
    during = tracks.within(seen.bands(owners.LANE), 0.0, mended(seen))
    assert during[-1].state in machines, during[-1].state


def mended(seen: Measured) -> float:
    """When healing began, in seconds from the fault."""
    found = [event.at for event in seen.recording.events if event.text == "healing begins"]
    return found[0] if found else seen.recording.ended
