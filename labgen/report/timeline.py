"""A recording as lines of text, in order of time: for terminals and for tests that failed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from labgen.recordings.analysis import Lane, Run, failed_runs, lanes
from labgen.recordings.recording import Recording
from labgen.report.formatting import kinds, moment


@dataclass(frozen=True)
class Entry:
    """What happened at that second from the fault; subject is a lane, a kind of probe or `event`.

    bad is whether probes failed.
    """

    at: float
    subject: str
    what: str
    bad: bool = False


def text(recording: Recording) -> str:
    """Events, changes of states and runs of failed probes; without a newline at its end."""
    found = entries(recording)
    width = max((len(entry.subject) for entry in found), default=0)
    lines = [f"{moment(it.at):>9}  {it.subject:<{width}}  {it.what}" for it in found]
    same = unchanged(recording)
    return "\n".join([*_head(recording), *lines, *([f"unchanged: {same}"] if same else [])])


def entries(recording: Recording) -> list[Entry]:
    """All of it in order of time; lanes that never change are left to unchanged()."""
    found = [*_events(recording), *_changes(recording), *_failures(recording)]
    return sorted(found, key=lambda entry: entry.at)


def unchanged(recording: Recording) -> str:
    """Lanes that had one state throughout, and which: `VIP master1; all 2 nodes (a, b) Ready`."""
    still = [lane for lane in lanes(recording) if len(lane.spans) == 1]
    return "; ".join(f"{_named(lane)} {lane.spans[0].text}" for lane in still)


def _named(lane: Lane) -> str:
    listed = ", ".join(lane.members)
    return f"{lane.name} ({listed})" if listed and listed not in lane.name else lane.name


def _head(recording: Recording) -> Iterator[str]:
    yield (
        f"{recording.fault} on {recording.target}: lab {recording.lab}, scenario "
        f"{recording.scenario}, profile {recording.profile}, {recording.moment}"
    )
    probes = ", ".join(f"{len(samples)} {kind}" for kind, samples in recording.samples.items())
    yield (
        f"recorded from {moment(recording.started)} to {moment(recording.ended)} s, 0 is the "
        f"fault; samples: {probes or 'none'}"
    )


def _events(recording: Recording) -> Iterator[Entry]:
    for event in recording.events:
        yield Entry(event.at, "event", event.text)


def _changes(recording: Recording) -> Iterator[Entry]:
    """A lane that changes, from its first state on."""
    for lane in lanes(recording):
        if len(lane.spans) < 2:
            continue
        yield Entry(lane.spans[0].started, lane.name, lane.spans[0].text)
        for before, after in pairwise(lane.spans):
            yield Entry(after.started, lane.name, f"{before.text} -> {after.text}")


def _failures(recording: Recording) -> Iterator[Entry]:
    for kind, samples in recording.samples.items():
        for run in failed_runs(kind, samples):
            yield Entry(run.started, kind, _said(run), bad=True)


def _said(run: Run) -> str:
    if run.probes == 1:
        return f"1 failed: {next(iter(run.failures))}"
    return f"{run.failed} of {run.probes} failed until {moment(run.ended)}: {kinds(run.failures)}"
