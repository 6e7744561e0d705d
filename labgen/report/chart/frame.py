"""The two widths in which a chart is drawn, and the scales of its axes."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from labgen.report.formatting import amount

# as wide as letters are on average in the widest fonts of systems, by the size of the font
LETTER, BOLD_LETTER = 0.62, 0.69
NAME_FONT = 13.0  # pixels; names are bold
NARROWEST, WIDEST = 130.0, 240.0  # pixels for names on the left
FASTEST, SLOWEST = 0.001, 10.0  # seconds; what latencies are drawn between, the rest at the edges
TICK_SPACE = 64.0  # pixels from one tick of the time axis to the next, at least


@dataclass(frozen=True)
class Frame:
    """The dimensions of a drawing in pixels: its width, and the space for names (left) and for the
    latency scale (right).

    Without space on the left, names are drawn above their lanes.
    """

    name: str
    width: float
    left: float
    right: float

    @property
    def stacked(self) -> bool:
        return self.left == 0

    @property
    def end(self) -> float:
        """Return the position where the time axis ends."""
        return self.width - self.right


NARROW = Frame("narrow", width=358, left=0, right=44)


def wide(names: Iterable[str]) -> Frame:
    """Return the frame for wide screens, with space for these names."""
    longest = max((name_width(name) for name in names), default=0.0)
    left = round(min(max(longest + 14, NARROWEST), WIDEST))
    return Frame("wide", width=920, left=left, right=46)


@dataclass(frozen=True)
class Tick:
    """A mark on an axis; at in pixels, zero is the fault's moment."""

    at: float
    text: str
    zero: bool = False


@dataclass(frozen=True)
class TimeAxis:
    """Converts seconds to horizontal pixels."""

    begin: float
    end: float
    frame: Frame

    def x(self, at: float) -> float:
        share = (at - self.begin) / (self.end - self.begin)
        return self.frame.left + share * (self.frame.end - self.frame.left)

    def shows(self, at: float) -> bool:
        return self.begin <= at <= self.end

    def ticks(self) -> list[Tick]:
        """Return marks at round seconds."""
        most = (self.frame.end - self.frame.left) / TICK_SPACE
        step = _round_step((self.end - self.begin) / most)
        first, last = math.ceil(self.begin / step - 1e-6), math.floor(self.end / step + 1e-6)
        return [
            Tick(self.x(n * step), _signed(n * step, step), zero=n == 0)
            for n in range(first, last + 1)
        ]


def _round_step(least: float) -> float:
    """Return the smallest step that is 1, 2 or 5 times a power of ten and at least `least`."""
    power: float = 10.0 ** math.floor(math.log10(least))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= least - 1e-9)


def _signed(at: float, step: float) -> str:
    shown = f"{at:.{max(0, -math.floor(math.log10(step)))}f}" if abs(at) > step / 2 else "0"
    return shown.replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True)
class LatencyScale:
    """Converts seconds to vertical pixels, logarithmically: each factor of ten has the same
    height."""

    top: float
    bottom: float

    def y(self, seconds: float) -> float:
        held = min(max(seconds, FASTEST), SLOWEST)
        share = math.log(held / FASTEST) / math.log(SLOWEST / FASTEST)
        return self.bottom - share * (self.bottom - self.top)

    def ticks(self) -> list[Tick]:
        """Return a mark at each power of ten; every second one has a text."""
        decades = range(round(math.log10(FASTEST)), round(math.log10(SLOWEST)) + 1)
        return [
            Tick(self.y(10.0**decade), "" if number % 2 else _latency(10.0**decade))
            for number, decade in enumerate(decades)
        ]


def _latency(seconds: float) -> str:
    return amount(seconds, "s") if seconds >= 1 else amount(round(seconds * 1000), "ms")


def fitting(name: str, frame: Frame) -> str:
    """Return the name, cut to the available width."""
    room = frame.width if frame.stacked else frame.left - 8
    letters = int(room / NAME_FONT / BOLD_LETTER)
    return name if len(name) <= letters else f"{name[: letters - 1]}\N{HORIZONTAL ELLIPSIS}"


def name_width(name: str) -> float:
    """Return the estimated maximum width of a name, in pixels."""
    return len(name) * NAME_FONT * BOLD_LETTER


def text_width(text: str, size: float) -> float:
    """Return the estimated maximum width of a text, in pixels."""
    return len(text) * size * LETTER
