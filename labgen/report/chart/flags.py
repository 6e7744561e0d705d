"""The labels of moments, at the top of the chart; no label covers another."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from labgen.recordings.recording import Moment
from labgen.report.chart.frame import LETTER, TimeAxis, text_width

FONT, LINE = 12.0, 15.0  # pixels
ASIDE = 5.0  # pixels from the moment's line to its text
WIDEST = 230.0  # pixels of a label, then it continues in the next line
NEAR = 10.0  # pixels; closer moments share one line, because two would look like one thick line


@dataclass(frozen=True)
class Flag:
    """One moment, or several near each other: a line from y downwards at x, with its text next to
    the upper end."""

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
    shown = sorted((it for it in moments if axis.shows(it.at)), key=lambda it: it.at)
    for near in _groups(shown, axis):
        placed.append(_placed(near, axis, placed))
    return placed


def _groups(moments: Sequence[Moment], axis: TimeAxis) -> list[list[Moment]]:
    """Return the moments in groups; those of a group are near its first one."""
    groups: list[list[Moment]] = []
    for moment in moments:
        if groups and axis.x(moment.at) - axis.x(groups[-1][0].at) < NEAR:
            groups[-1].append(moment)
        else:
            groups.append([moment])
    return groups


def height(placed: Sequence[Flag]) -> float:
    """Return the height that the labels need, in pixels."""
    return max((flag.bottom for flag in placed), default=0.0)


def _placed(near: Sequence[Moment], axis: TimeAxis, others: Sequence[Flag]) -> Flag:
    flag = _flag(near, axis)
    while any(_covers(flag, other) for other in others):
        lower = min(other.bottom for other in others if _covers(flag, other))
        flag = Flag(flag.x, lower, flag.lines, flag.text_x, flag.anchor, flag.title)
    return flag


def _flag(near: Sequence[Moment], axis: TimeAxis) -> Flag:
    x = axis.x(near[0].at)
    right, left = axis.frame.width - x - ASIDE, x - ASIDE
    room = min(max(right, left), WIDEST)
    letters = int(room / FONT / LETTER)
    lines = tuple(line for moment in near for line in textwrap.wrap(moment.text, letters)) or ("",)
    longest = max(text_width(line, FONT) for line in lines)
    anchor = "start" if longest <= right else "end"
    text_x = x + ASIDE if anchor == "start" else x - ASIDE
    return Flag(x, 0, lines, text_x, anchor, "; ".join(moment.text for moment in near))


def _covers(flag: Flag, other: Flag) -> bool:
    """Return whether the texts overlap, or the other's line would cross this text."""
    overlap = flag.left - 8 < other.right and other.left - 8 < flag.right
    crossed = flag.left < other.x < flag.right and flag.bottom > other.y
    return (overlap and flag.y < other.bottom and other.y < flag.bottom) or (
        crossed and flag.y < other.bottom
    )
