"""One chart from top to bottom: labels of moments, requests, states, the time axis."""

from collections.abc import Sequence
from dataclasses import dataclass

from labgen.recordings import metrics
from labgen.recordings.lanes import lanes
from labgen.recordings.recording import Recording
from labgen.report.chart import bands, flags, probes
from labgen.report.chart.bands import BandLane
from labgen.report.chart.flags import Flag
from labgen.report.chart.frame import Frame, Tick, TimeAxis
from labgen.report.chart.probes import ProbeLane
from labgen.report.chart.windows import Window, calm_outside

LABEL = 17.0  # pixels for a name above its lane, in the narrow drawing
AFTER_FLAGS, AFTER_PROBES, AFTER_BANDS, AFTER_ALL = 8.0, 10.0, 6.0, 6.0  # pixels
AXIS = 38.0  # pixels; ticks, their numbers, and what they are


@dataclass(frozen=True)
class Chart:
    """All parts with their positions, in pixels."""

    frame: Frame
    height: float
    plot_top: float  # what belongs to the time axis begins here
    plot_bottom: float
    flags: tuple[Flag, ...]
    probes: tuple[ProbeLane, ...]
    bands: tuple[BandLane, ...]
    ticks: tuple[Tick, ...]
    zooms: tuple[tuple[float, float], ...]  # x and width of the parts that are drawn as details


def chart(
    recording: Recording, window: Window, frame: Frame, *, details: Sequence[Window] = ()
) -> Chart:
    """Return the chart of that window. If details are drawn separately, its lanes are low."""
    axis = TimeAxis(*window, frame)
    placed = flags.flags(recording.moments, axis)
    y = top = flags.height(placed) + AFTER_FLAGS
    room = LABEL if frame.stacked else 0.0
    tall = probes.LOW if calm_outside(recording, details) else probes.TALL
    probe_lanes: list[ProbeLane] = []
    for kind in sorted(recording.clients, key=metrics.rank):
        probe_lanes.append(probes.lane(kind, recording.clients[kind], axis, y + room, tall))
        y += room + tall + AFTER_PROBES
    look = bands.looks(recording)
    band_lanes: list[BandLane] = []
    for lane in lanes(recording):
        band_lanes.append(bands.lane(lane, axis, y + room, look))
        y += room + band_lanes[-1].height + AFTER_BANDS
    y += AFTER_ALL
    return Chart(
        frame=frame,
        height=y + AXIS,
        plot_top=top,
        plot_bottom=y,
        flags=tuple(placed),
        probes=tuple(probe_lanes),
        bands=tuple(band_lanes),
        ticks=tuple(axis.ticks()),
        zooms=tuple((axis.x(begin), axis.x(end) - axis.x(begin)) for begin, end in details),
    )
