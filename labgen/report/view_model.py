"""The content of the page for one recording, prepared for its template."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from labgen.recordings import metrics
from labgen.recordings.compare import facts
from labgen.recordings.lanes import lanes
from labgen.recordings.loader import Named
from labgen.recordings.recording import Figure, Recording
from labgen.recordings.requests import failed_runs, longest_gap
from labgen.report import figures_text, timeline
from labgen.report.chart.chart import Chart, chart
from labgen.report.chart.frame import NARROW, wide
from labgen.report.chart.windows import Window, windows
from labgen.report.formatting import amount, moment, number
from labgen.report.timeline import Entry

STRIP = 150.0  # pixels, as wide as the overview shows a whole recording


@dataclass(frozen=True)
class FigureRow:
    """A figure as text."""

    name: str
    value: str
    limit: str  # empty without a limit
    share: float | None  # the value divided by the limit
    expected: str
    expected_share: float | None  # what is expected divided by the limit
    within: bool
    over: str  # by how much the value exceeds the limit


@dataclass(frozen=True)
class Cell:
    """One figure of one kind of client."""

    text: str
    within: bool


@dataclass(frozen=True)
class ClientRow:
    """One metric, with a cell for each kind of client."""

    metric: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    at: str
    subject: str
    what: str
    bad: bool


@dataclass(frozen=True)
class Strip:
    """The times at which requests failed, in pixels."""

    width: float
    zero: float  # x of the fault
    failed: tuple[tuple[float, float], ...]  # x and width of each run


@dataclass(frozen=True)
class View:
    """One part of the recording."""

    id: str
    name: str
    range: str  # from which second to which
    title: str
    description: str  # the drawing in words
    drawings: tuple[Chart, ...]  # for wide and for narrow screens


@dataclass(frozen=True)
class Section:
    """One recording."""

    id: str
    name: str  # of its file
    recording: Recording
    heading: str
    when: str
    facts: Mapping[str, str]  # those that not all recordings share
    requests: int
    failed: int
    strip: Strip
    figures: tuple[FigureRow, ...]  # those with a limit
    kinds: tuple[str, ...]  # the columns of clients
    clients: tuple[ClientRow, ...]
    notes: tuple[FigureRow, ...]  # those of no client and without a limit
    views: tuple[View, ...]
    story: tuple[Line, ...]
    unchanged: str

    @property
    def limits(self) -> int:
        return len(self.figures)

    @property
    def exceeded(self) -> list[FigureRow]:
        return [row for row in self.figures if not row.within]

    @property
    def closest(self) -> FigureRow | None:
        """Return the figure closest to its limit. One that exceeds its limit comes first."""
        return max(self.figures, key=lambda row: (not row.within, row.share or 0), default=None)


def section(named: Named, place: int, common: Mapping[str, str]) -> Section:
    """Return the section of a recording; place is its position on the page."""
    recording = named.recording
    own = {name: value for name, value in facts([named]).items() if name not in common}
    samples = [sample for kind in recording.clients for sample in recording.samples(kind)]
    kinds = tuple(sorted({it.client for it in recording.figures if it.client}, key=metrics.rank))
    return Section(
        id=f"fault-{place}",
        recording=recording,
        name=named.name,
        heading=heading(recording),
        when=_when(recording.injected_at),
        facts=own,
        requests=len(samples),
        failed=sum(sample.failure is not None for sample in samples),
        strip=_strip(recording),
        figures=tuple(_row(it) for it in recording.figures if it.limit is not None),
        kinds=kinds,
        clients=tuple(_client_rows(recording, kinds)),
        notes=tuple(_row(it) for it in recording.figures if it.limit is None and not it.client),
        views=tuple(_views(recording)),
        story=tuple(_line(entry) for entry in timeline.entries(recording)),
        unchanged=timeline.unchanged(recording),
    )


def heading(recording: Recording) -> str:
    """Return the fault and its target."""
    return f"{recording.fault} on {recording.target}" if recording.target else recording.fault


def _when(time: str) -> str:
    """Return the time of the fault for users; unchanged if it cannot be parsed."""
    try:
        return f"{datetime.fromisoformat(time).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return time


def _client_rows(recording: Recording, kinds: Sequence[str]) -> Iterator[ClientRow]:
    found = {(it.metric, it.client): it for it in recording.figures if it.client}
    for metric in dict.fromkeys(metric for metric, _ in found):
        cells = (found.get((metric, kind)) for kind in kinds)
        shown = (Cell(figures_text.cell(it), it is None or it.within_limit) for it in cells)
        yield ClientRow(metric, tuple(shown))


def _row(figure: Figure) -> FigureRow:
    limit, expected = figure.limit, figure.expected
    return FigureRow(
        name=figure.name,
        value=amount(figure.value, figure.unit),
        limit="" if limit is None else amount(limit, figure.unit),
        share=figure.value / limit if limit else None,
        expected="" if expected is None else amount(expected, figure.unit),
        expected_share=expected / limit if limit and expected is not None else None,
        within=figure.within_limit,
        over="" if limit is None else amount(figure.value - limit, figure.unit),
    )


def _line(entry: Entry) -> Line:
    return Line(
        _signed(entry.at),
        entry.subject,
        entry.what.replace(" -> ", " \N{RIGHTWARDS ARROW} "),
        entry.bad,
    )


def _signed(at: float) -> str:
    return moment(at).replace("-", "\N{MINUS SIGN}")


def _short(at: float) -> str:
    return number(round(at, 2)).replace("-", "\N{MINUS SIGN}")


def _strip(recording: Recording) -> Strip:
    length = recording.ended - recording.started

    def x(at: float) -> float:
        return (at - recording.started) / length * STRIP

    runs = [run for kind in recording.clients for run in failed_runs(kind, recording.samples(kind))]
    failed = tuple((x(run.started), max(x(run.ended) - x(run.started), 2.0)) for run in runs)
    return Strip(STRIP, x(0), failed)


def _views(recording: Recording) -> list[View]:
    details = windows(recording)
    everything = (recording.started, recording.ended)
    views = [_view("all", "The whole recording", recording, everything, details)]
    for place, window in enumerate(details, start=1):
        name = "Detail" if len(details) == 1 else f"Detail {place}"
        views.append(_view(f"detail{place}", name, recording, window))
    return views


def _view(
    id_: str, name: str, recording: Recording, window: Window, details: Sequence[Window] = ()
) -> View:
    names = [*recording.clients, *(lane.name for lane in lanes(recording))]
    frames = (wide(names), NARROW)
    drawings = [chart(recording, window, frame, details=details) for frame in frames]
    shown = f"{_short(window[0])} to {_short(window[1])} s"
    return View(
        id=id_,
        name=name,
        range=shown,
        title=f"{heading(recording)}, {shown}",
        description=description(recording),
        drawings=tuple(drawings),
    )


def description(recording: Recording) -> str:
    """Return the drawing in words; the complete timeline is below it as a table."""
    found = []
    for kind, clients in recording.clients.items():
        samples = recording.samples(kind)
        failed = sum(sample.failure is not None for sample in samples)
        gap = longest_gap(clients)
        longest = f", longest gap {number(round(gap.length, 2))} s" if gap else ""
        found.append(f"{kind}: {failed} of {len(samples)} requests failed{longest}.")
    for lane in lanes(recording):
        first, *others = lane.spans
        changes = "".join(f", {span.text} from {moment(span.started)} s" for span in others)
        found.append(f"{lane.name}: {first.text}{changes}.")
    return " ".join(found)
