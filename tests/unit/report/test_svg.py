"""One chart as a separate SVG file."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from labgen.recordings import recording
from labgen.report.svg import svg
from tests.unit.report.samples import hostile, power_cut, stability

DOCS = Path(__file__).parents[3] / "docs"


def texts(drawing: str) -> str:
    return " ".join(ET.fromstring(drawing).itertext())  # noqa: S314 - made here


def test_the_chart_shows_where_requests_failed_and_brings_its_style() -> None:
    drawing = svg(power_cut())
    assert "8 of 95 failed" in texts(drawing)
    assert "--paper:" in drawing
    assert 'class="chart wide"' not in drawing  # which small screens hide
    assert not re.search(r"<script|\son\w+=|@import|url\((?!#)", drawing)


def test_a_recording_without_failures_is_shown_whole() -> None:
    assert "none of 1,600 failed" in texts(svg(stability()))


def test_a_window_can_be_chosen() -> None:
    assert "none of 50 failed" in texts(svg(power_cut(), (10.0, 11.0)))


def test_nothing_in_a_recording_becomes_markup() -> None:
    drawing = svg(hostile())
    assert "<script>" not in drawing
    assert "<b>" not in drawing


def test_the_picture_in_the_docs_is_that_of_its_recording() -> None:
    """`labgen report chart docs/failover.json --begin -0.3 --end 1.7 > docs/failover.svg`."""
    drawing = svg(recording.read(DOCS / "failover.json"), (-0.3, 1.7))
    assert (DOCS / "failover.svg").read_text() == f"{drawing}\n"
