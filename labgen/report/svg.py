"""One chart of a recording as a separate SVG file, for documents."""

from dataclasses import replace

from labgen.recordings.lanes import lanes
from labgen.recordings.recording import Recording
from labgen.report.chart.chart import chart
from labgen.report.chart.frame import wide
from labgen.report.chart.windows import Window, windows
from labgen.report.rendering import environment
from labgen.report.view_model import description, heading

MARGIN = 16  # pixels around the chart


def svg(recording: Recording, window: Window | None = None) -> str:
    """Return the chart of that window; by default of the first window in which requests failed."""
    shown = window or next(iter(windows(recording)), (recording.started, recording.ended))
    names = [*recording.clients, *(lane.name for lane in lanes(recording))]
    # the page hides the frame `wide` on narrow screens; this file shows it at any size
    drawn = chart(recording, shown, replace(wide(names), name="document"))
    return (
        environment()
        .get_template("document.svg.j2")
        .render(
            chart=drawn, title=heading(recording), description=description(recording), margin=MARGIN
        )
    )
