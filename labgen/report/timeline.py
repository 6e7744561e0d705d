"""A recording as lines of text in the order of time, for terminals and failed tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from labgen.recordings.lanes import Lane, lanes
from labgen.recordings.recording import Recording
from labgen.recordings.requests import Run, failed_runs
from labgen.report import figures_text
from labgen.report.formatting import kinds, moment


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: float  # seconds from the fault
    subject: str  # a lane, a kind of client, or `event`
    what: str
    bad: bool = False  # whether requests failed


def text(recording: Recording) -> str:
    """Return the timeline, and the figures below it; without a newline at the end."""
    figures = list(figures_text.table(recording.figures))
    return "\n".join([story(recording), *(["", *figures] if figures else [])])


def story(recording: Recording) -> str:
    """Return the timeline alone; without a newline at the end."""
    found = entries(recording)
    width = max((len(entry.subject) for entry in found), default=0)
    lines = [f"{moment(it.at):>9}  {it.subject:<{width}}  {it.what}" for it in found]
    same = unchanged(recording)
    rest = [f"unchanged: {same}"] if same else []
    return "\n".join([*_head(recording), *lines, *rest])


def entries(recording: Recording) -> list[Entry]:
    """Return all entries in the order of time. Lanes that never change are not included; see
    unchanged()."""
    found = [*_events(recording), *_changes(recording), *_failures(recording)]
    return sorted(found, key=lambda entry: entry.at)


def unchanged(recording: Recording) -> str:
    """Return the lanes that had only one state: `VIP master1; all 2 nodes (a, b) Ready`."""
    still = [lane for lane in lanes(recording) if len(lane.spans) == 1]
    return "; ".join(f"{_named(lane)} {lane.spans[0].text}" for lane in still)


def _named(lane: Lane) -> str:
    listed = ", ".join(lane.members)
    return f"{lane.name} ({listed})" if listed and listed not in lane.name else lane.name


def _head(recording: Recording) -> Iterator[str]:
    yield (
        f"{recording.fault} on {recording.target}: lab {recording.lab}, scenario "
        f"{recording.scenario}, profile {recording.profile}, {recording.injected_at}"
    )
    counts = [(len(recording.samples(kind)), kind) for kind in recording.clients]
    requests = ", ".join(f"{count} {kind}" for count, kind in counts)
    yield (
        f"recorded from {moment(recording.started)} to {moment(recording.ended)} s, 0 is the "
        f"fault; requests: {requests or 'none'}"
    )


def _events(recording: Recording) -> Iterator[Entry]:
    for it in recording.moments:
        yield Entry(it.at, "event", it.text)


def _changes(recording: Recording) -> Iterator[Entry]:
    """Yield the states of each lane that changes, including the first one."""
    for lane in lanes(recording):
        if len(lane.spans) < 2:
            continue
        yield Entry(lane.spans[0].started, lane.name, lane.spans[0].text)
        for before, after in pairwise(lane.spans):
            yield Entry(after.started, lane.name, f"{before.text} -> {after.text}")


def _failures(recording: Recording) -> Iterator[Entry]:
    for kind in recording.clients:
        for run in failed_runs(kind, recording.samples(kind)):
            yield Entry(run.started, kind, _sentence(run), bad=True)


def _sentence(run: Run) -> str:
    if run.requests == 1:
        return f"1 failed: {next(iter(run.failures))}"
    return f"{run.failed} of {run.requests} failed until {moment(run.ended)}: {kinds(run.failures)}"
