"""A recording as lines of text, in order of time: for terminals and for tests that failed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from labgen.report.reading import Run, Span, failed_runs, lanes
from labgen.report.recording import Recording
from labgen.report.words import kinds, moment


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
    same = [f"{lane} {state}" for lane, state in unchanged(recording).items()]
    return "\n".join([*_head(recording), *lines, *([f"unchanged: {', '.join(same)}"] * bool(same))])


def entries(recording: Recording) -> list[Entry]:
    """All of it in order of time; lanes that never change are left to unchanged()."""
    found = [*_events(recording), *_changes(lanes(recording)), *_failures(recording)]
    return sorted(found, key=lambda entry: entry.at)


def unchanged(recording: Recording) -> dict[str, str]:
    """Lanes that had one state throughout, and which."""
    return {lane: spans[0].text for lane, spans in lanes(recording).items() if len(spans) == 1}


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


def _changes(found: Mapping[str, tuple[Span, ...]]) -> Iterator[Entry]:
    """A lane that changes, from its first state on."""
    for lane, spans in found.items():
        if len(spans) < 2:
            continue
        yield Entry(spans[0].started, lane, spans[0].text)
        for before, after in pairwise(spans):
            yield Entry(after.started, lane, f"{before.text} -> {after.text}")


def _failures(recording: Recording) -> Iterator[Entry]:
    for kind, samples in recording.samples.items():
        for run in failed_runs(kind, samples):
            yield Entry(run.started, kind, _said(run), bad=True)


def _said(run: Run) -> str:
    if run.probes == 1:
        return f"1 failed: {next(iter(run.failures))}"
    return f"{run.failed} of {run.probes} failed until {moment(run.ended)}: {kinds(run.failures)}"
