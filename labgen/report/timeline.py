"""A recording as lines of text, in order of time: for terminals and for tests that failed."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from labgen.report.reading import Run, Span, failed_runs, lanes
from labgen.report.recording import Recording

Line = tuple[float, str, str]  # seconds from the fault, what it is about, what happened


def text(recording: Recording) -> str:
    """Events, changes of states and runs of failed probes; without a newline at its end."""
    lines = sorted(
        [*_events(recording), *_changes(lanes(recording)), *_failures(recording)],
        key=lambda line: line[0],
    )
    width = max((len(subject) for _, subject, _ in lines), default=0)
    shown = [f"{moment(at):>9}  {subject:<{width}}  {what}" for at, subject, what in lines]
    return "\n".join([*_head(recording), *shown, *_unchanged(lanes(recording))])


def moment(at: float) -> str:
    """Seconds from the fault, with their sign: +0.38, -2.00, 0.00."""
    shown = f"{at:+.2f}"
    return "0.00" if float(shown) == 0 else shown


def kinds(failures: Mapping[str, int]) -> str:
    """How often which failure: `7 timeout, 1 reset`."""
    return ", ".join(f"{count} {failure}" for failure, count in failures.items())


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


def _events(recording: Recording) -> Iterator[Line]:
    for event in recording.events:
        yield event.at, "event", event.text


def _changes(found: Mapping[str, tuple[Span, ...]]) -> Iterator[Line]:
    """A lane that changes, from its first state on."""
    for lane, spans in found.items():
        if len(spans) < 2:
            continue
        yield spans[0].started, lane, spans[0].text
        for before, after in pairwise(spans):
            yield after.started, lane, f"{before.text} -> {after.text}"


def _failures(recording: Recording) -> Iterator[Line]:
    for kind, samples in recording.samples.items():
        for run in failed_runs(kind, samples):
            yield run.started, kind, _said(run)


def _said(run: Run) -> str:
    if run.probes == 1:
        return f"1 failed: {next(iter(run.failures))}"
    return f"{run.failed} of {run.probes} failed until {moment(run.ended)}: {kinds(run.failures)}"


def _unchanged(found: Mapping[str, tuple[Span, ...]]) -> Iterator[str]:
    same = [f"{lane} {spans[0].text}" for lane, spans in found.items() if len(spans) == 1]
    if same:
        yield f"unchanged: {', '.join(same)}"
