"""The lanes of states: a bar for the duration of each state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from labgen.recordings.lanes import ABSENT, Lane, Span
from labgen.recordings.recording import Recording
from labgen.report.chart.frame import TimeAxis, fitting, text_width
from labgen.report.formatting import moment

ROW, ROW_GAP = 18.0, 2.0  # pixels
FONT = 11.5  # pixels
HUES = 6  # so many colours for machines in the style sheet
GOOD = frozenset({"ready", "up", "healthy", "on", "running"})
BAD = frozenset({"notready", "down", "unhealthy", "off", "stopped"})


@dataclass(frozen=True)
class Bar:
    """A state that begins at x, in pixels."""

    x: float
    y: float
    width: float
    text: str  # empty where it has no room
    title: str
    look: str  # a class of the style sheet


@dataclass(frozen=True)
class BandLane:
    """One thing that was observed, in pixels."""

    label: str  # the name as far as there is room for it
    name: str
    members: str  # those that share the lane, with commas
    y: float
    height: float
    bars: tuple[Bar, ...]
    hollow: tuple[Bar, ...]  # the times in which it was not seen


def looks(recording: Recording) -> dict[str, str]:
    """Return a class of the style sheet for each state: good, bad, or one hue per machine."""
    states = sorted({part for band in recording.bands for part in band.state.split(", ")})
    machines = [state for state in states if _word(state) not in GOOD | BAD]
    hues = {state: f"hue{number % HUES}" for number, state in enumerate(machines)}
    words = {state: "good" if _word(state) in GOOD else "bad" for state in states}
    return {state: hues.get(state, words[state]) for state in states}


def _word(state: str) -> str:
    return state.partition(" ")[0].rstrip(":,").lower()


def lane(of: Lane, axis: TimeAxis, y: float, look: Mapping[str, str]) -> BandLane:
    """Return the lane with its upper edge at y."""
    stays = [(stay, row) for stay, row in _stays(of.spans) if _seen(stay, axis)]
    rows = 1 + max((row for _, row in stays), default=0)
    bars = [_bar(stay, axis, y + row * (ROW + ROW_GAP), look[stay.text]) for stay, row in stays]
    empty = [span for span in of.spans if span.empty and _seen(span, axis)]
    return BandLane(
        label=fitting(of.name, axis.frame),
        name=of.name,
        members=", ".join(of.members),
        y=y,
        height=rows * (ROW + ROW_GAP) - ROW_GAP,
        bars=tuple(bars),
        hollow=tuple(_bar(span, axis, y, "hollow") for span in empty),
    )


def _seen(span: Span, axis: TimeAxis) -> bool:
    return span.ended > axis.begin and span.started < axis.end


def _stays(spans: Sequence[Span]) -> Iterator[tuple[Span, int]]:
    """Yield each state for its duration, with its row, which stays the same while other states
    change."""
    current: dict[str, tuple[float, int]] = {}
    for span in [*spans, Span(spans[-1].ended, spans[-1].ended, ())]:
        for state in [state for state in current if state not in span.states]:
            started, row = current.pop(state)
            yield Span(started, span.started, (state,)), row
        for state in sorted({*span.states} - ABSENT):
            taken = {row for _, row in current.values()}
            free = next(row for row in range(len(taken) + 1) if row not in taken)
            current.setdefault(state, (span.started, free))


def _bar(span: Span, axis: TimeAxis, y: float, look: str) -> Bar:
    x, end = axis.x(max(span.started, axis.begin)), axis.x(min(span.ended, axis.end))
    width = max(end - x, 1.0)
    fits = text_width(span.text, FONT) + 10 <= width
    title = f"{span.text}, from {moment(span.started)} to {moment(span.ended)} s"
    return Bar(x, y, width, span.text if fits else "", title, look)
