"""The lanes of requests: a dot for each answered request, a cross for each failed one.

The horizontal position is the start of a request, the vertical one its duration.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from labgen.recordings.recording import Client, Sample
from labgen.recordings.requests import Gap, gaps
from labgen.report.chart import paths
from labgen.report.chart.frame import LatencyScale, Tick, TimeAxis, fitting, text_width
from labgen.report.formatting import number

TALL, LOW = 60.0, 34.0  # pixels; the lane of a detail, and of the whole recording next to details
PADDING = 4.0  # pixels from the edge of a lane to the slowest and the fastest answer
GAP_FONT, ASIDE = 11.5, 5.0  # pixels
LONG = 0.25  # seconds; a shorter gap in which nothing failed is a busy host


@dataclass(frozen=True)
class GapMark:
    """The longest time without a good answer, as an area and a text."""

    x: float
    width: float
    text: str
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True)
class ProbeLane:
    """One kind of client, in pixels."""

    label: str  # the kind as far as there is room for it
    kind: str
    note: str
    bad: bool  # whether requests failed
    y: float
    height: float
    good: str  # an SVG path
    good_size: float
    failed: str  # an SVG path
    failed_size: float
    gap: GapMark | None
    scale: tuple[Tick, ...]


def lane(
    kind: str, clients: Sequence[Client], axis: TimeAxis, y: float, height: float
) -> ProbeLane:
    """Return the lane with its upper edge at y, of the requests that began within the axis."""
    samples = [sample for client in clients for sample in client.samples]
    shown = [sample for sample in samples if axis.shows(sample.started)]
    latency = LatencyScale(y + PADDING, y + height - PADDING)
    room = (axis.frame.end - axis.frame.left) / max(len(shown), 1)
    good = _points(shown, axis, latency, failed=False)
    failed = _points(shown, axis, latency, failed=True)
    failed_size = 6.0 if height == TALL else 4.0
    ticks = latency.ticks()
    return ProbeLane(
        label=fitting(kind, axis.frame),
        kind=kind,
        note=_note(shown),
        bad=bool(failed),
        y=y,
        height=height,
        good=paths.columns(good) if room < paths.DENSE else paths.dots(good),
        good_size=min(max(room * 0.8, 1.6), 4.0),
        failed=paths.crosses(failed, failed_size),
        failed_size=failed_size,
        gap=_gap(clients, axis, latency, labelled=height == TALL),
        scale=tuple(ticks if height == TALL else (ticks[0], ticks[-1])),
    )


def _points(
    samples: Sequence[Sample], axis: TimeAxis, latency: LatencyScale, *, failed: bool
) -> list[paths.Point]:
    return [
        (axis.x(sample.started), latency.y(sample.ended - sample.started))
        for sample in samples
        if (sample.failure is not None) is failed
    ]


def _note(samples: Sequence[Sample]) -> str:
    failed = sum(sample.failure is not None for sample in samples)
    if not samples:
        return "no requests"
    return f"{number(failed) if failed else 'none'} of {number(len(samples))} failed"


def _gap(
    clients: Sequence[Client], axis: TimeAxis, latency: LatencyScale, *, labelled: bool
) -> GapMark | None:
    """Return a mark for the longest gap within the axis, if it is worth one."""
    seen = [
        (gap, client.samples)
        for client in clients
        for gap in gaps(client.samples)
        if gap.started < axis.end and gap.ended > axis.begin
    ]
    if not seen:
        return None
    gap, samples = max(seen, key=lambda it: it[0].length)
    if not _worth_a_mark(gap, samples):
        return None
    x, end = axis.x(max(gap.started, axis.begin)), axis.x(min(gap.ended, axis.end))
    text = f"{number(round(gap.length, 2))} s" if labelled else ""
    text_x, anchor = _beside(text, x, end, axis)
    return GapMark(
        x=x,
        width=max(end - x, 1.5),
        text=text,
        text_x=text_x,
        text_y=latency.y(0.25) + GAP_FONT / 3,  # seldom is an answer so slow
        anchor=anchor,
    )


def _beside(text: str, x: float, end: float, axis: TimeAxis) -> tuple[float, str]:
    """Return the position of the text: right of the gap, left of it, or inside."""
    needed = text_width(text, GAP_FONT) + ASIDE
    if end + needed < axis.frame.end:
        return end + ASIDE, "start"
    if x - needed > axis.frame.left:
        return x - ASIDE, "end"
    return x + ASIDE, "start"


def _worth_a_mark(gap: Gap, samples: Sequence[Sample]) -> bool:
    """Return whether the gap is long, or a request failed during it."""
    failed = any(s.failure and gap.started <= s.ended and s.started <= gap.ended for s in samples)
    return failed or gap.length > LONG
