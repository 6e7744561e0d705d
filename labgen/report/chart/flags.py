"""The labels of moments, at the top of the chart; no label covers another."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from labgen.recordings.recording import Moment
from labgen.report.chart.frame import LETTER, TimeAxis, text_width

FONT, LINE = 12.0, 15.0  # pixels
ASIDE = 5.0  # pixels from the moment's line to its text
WIDEST = 230.0  # pixels of a label, then it continues in the next line


@dataclass(frozen=True)
class Flag:
    """One moment: a line from y downwards at x, with its text next to the upper end."""

    x: float
    y: float
    lines: tuple[str, ...]
    text_x: float
    anchor: str
    title: str

    @property
    def left(self) -> float:
        return self.text_x - (self._width if self.anchor == "end" else 0)

    @property
    def right(self) -> float:
        return self.left + self._width

    @property
    def bottom(self) -> float:
        return self.y + len(self.lines) * LINE

    @property
    def _width(self) -> float:
        return max(text_width(line, FONT) for line in self.lines)


def flags(moments: Sequence[Moment], axis: TimeAxis) -> list[Flag]:
    """Return labels for the moments within the axis, each as high as possible."""
    placed: list[Flag] = []
    for moment in sorted(moments, key=lambda moment: moment.at):
        if axis.shows(moment.at):
            placed.append(_placed(moment, axis, placed))
    return placed


def height(placed: Sequence[Flag]) -> float:
    """Return the height that the labels need, in pixels."""
    return max((flag.bottom for flag in placed), default=0.0)


def _placed(moment: Moment, axis: TimeAxis, others: Sequence[Flag]) -> Flag:
    flag = _flag(moment, axis)
    while any(_covers(flag, other) for other in others):
        lower = min(other.bottom for other in others if _covers(flag, other))
        flag = Flag(flag.x, lower, flag.lines, flag.text_x, flag.anchor, flag.title)
    return flag


def _flag(moment: Moment, axis: TimeAxis) -> Flag:
    x = axis.x(moment.at)
    right, left = axis.frame.width - x - ASIDE, x - ASIDE
    room = min(max(right, left), WIDEST)
    lines = tuple(textwrap.wrap(moment.text, int(room / FONT / LETTER))) or ("",)
    longest = max(text_width(line, FONT) for line in lines)
    anchor = "start" if longest <= right else "end"
    text_x = x + ASIDE if anchor == "start" else x - ASIDE
    return Flag(x, 0, lines, text_x, anchor, moment.text)


def _covers(flag: Flag, other: Flag) -> bool:
    """Return whether the texts overlap, or the other's line would cross this text."""
    overlap = flag.left - 8 < other.right and other.left - 8 < flag.right
    crossed = flag.left < other.x < flag.right and flag.bottom > other.y
    return (overlap and flag.y < other.bottom and other.y < flag.bottom) or (
        crossed and flag.y < other.bottom
    )
