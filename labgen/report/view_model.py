"""What the page says of one recording, ready for its template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from labgen.recordings.analysis import failed_runs, lanes, longest_gap
from labgen.recordings.compare import facts
from labgen.recordings.loader import Named
from labgen.recordings.recording import Figure, Recording
from labgen.report import timeline
from labgen.report.chart.chart import Chart, chart
from labgen.report.chart.frame import NARROW, wide
from labgen.report.chart.windows import Window, windows
from labgen.report.formatting import amount, moment, number
from labgen.report.timeline import Entry

STRIP = 150.0  # pixels, as wide as the overview shows a whole recording


@dataclass(frozen=True)
class FigureRow:
    """A figure in words; share is value by budget, None without a budget to share.

    aim and aim_share are the same of the aim.
    """

    name: str
    value: str
    budget: str
    share: float | None
    aim: str
    aim_share: float | None
    kept: bool
    over: str


@dataclass(frozen=True)
class Line:
    """A line of the story."""

    at: str
    subject: str
    what: str
    bad: bool


@dataclass(frozen=True)
class Strip:
    """When probes failed, in pixels: x and width of each run, and the fault's moment."""

    width: float
    zero: float
    failed: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class View:
    """One part of the recording, drawn once for wide and once for narrow screens."""

    id: str
    name: str
    range: str
    title: str
    description: str
    drawings: tuple[Chart, ...]


@dataclass(frozen=True)
class Section:
    """One recording. facts are those that not all recordings share.

    figures have a budget, notes have none.
    """

    id: str
    name: str
    recording: Recording
    heading: str
    when: str
    facts: Mapping[str, str]
    probes: int
    failed: int
    strip: Strip
    figures: tuple[FigureRow, ...]
    notes: tuple[FigureRow, ...]
    views: tuple[View, ...]
    story: tuple[Line, ...]
    unchanged: str

    @property
    def budgets(self) -> int:
        return len(self.figures)

    @property
    def broken(self) -> list[FigureRow]:
        return [row for row in self.figures if not row.kept]

    @property
    def closest(self) -> FigureRow | None:
        """The figure that used most of its budget, a broken one first."""
        return max(self.figures, key=lambda row: (not row.kept, row.share or 0), default=None)


def section(named: Named, place: int, common: Mapping[str, str]) -> Section:
    """The section of a recording that stands at that place of the page."""
    recording = named.recording
    own = {name: value for name, value in facts([named]).items() if name not in common}
    rows = [_row(figure) for figure in recording.figures]
    samples = [sample for listed in recording.samples.values() for sample in listed]
    return Section(
        id=f"fault-{place}",
        recording=recording,
        name=named.name,
        heading=heading(recording),
        when=_when(recording.moment),
        facts=own,
        probes=len(samples),
        failed=sum(sample.failure is not None for sample in samples),
        strip=_strip(recording),
        figures=tuple(row for row in rows if row.budget),
        notes=tuple(row for row in rows if not row.budget),
        views=tuple(_views(recording)),
        story=tuple(_line(entry) for entry in timeline.entries(recording)),
        unchanged=timeline.unchanged(recording),
    )


def heading(recording: Recording) -> str:
    """The fault and where it was done."""
    return f"{recording.fault} on {recording.target}" if recording.target else recording.fault


def _when(moment_: str) -> str:
    """The fault's moment for people; as it stands when it is none."""
    try:
        return f"{datetime.fromisoformat(moment_).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return moment_


def _row(figure: Figure) -> FigureRow:
    budget = figure.budget
    return FigureRow(
        name=figure.name,
        value=amount(figure.value, figure.unit),
        budget="" if budget is None else amount(budget, figure.unit),
        share=figure.value / budget if budget else None,
        aim="" if figure.aim is None else amount(figure.aim, figure.unit),
        aim_share=figure.aim / budget if budget and figure.aim is not None else None,
        kept=figure.kept,
        over="" if budget is None else amount(figure.value - budget, figure.unit),
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
    whole = recording.ended - recording.started

    def x(at: float) -> float:
        return (at - recording.started) / whole * STRIP

    runs = [
        run for kind, samples in recording.samples.items() for run in failed_runs(kind, samples)
    ]
    failed = tuple((x(run.started), max(x(run.ended) - x(run.started), 2.0)) for run in runs)
    return Strip(STRIP, x(0), failed)


def _views(recording: Recording) -> list[View]:
    details = windows(recording)
    whole = (recording.started, recording.ended)
    views = [_view("all", "The whole recording", recording, whole, details)]
    for place, window in enumerate(details, start=1):
        name = "Detail" if len(details) == 1 else f"Detail {place}"
        views.append(_view(f"detail{place}", name, recording, window))
    return views


def _view(
    id_: str, name: str, recording: Recording, window: Window, details: Sequence[Window] = ()
) -> View:
    names = [*recording.samples, *(lane.name for lane in lanes(recording))]
    frames = (wide(names), NARROW)
    drawings = [chart(recording, window, frame, details=details) for frame in frames]
    shown = f"{_short(window[0])} to {_short(window[1])} s"
    return View(
        id=id_,
        name=name,
        range=shown,
        title=f"{heading(recording)}, {shown}",
        description=_description(recording),
        drawings=tuple(drawings),
    )


def _description(recording: Recording) -> str:
    """The drawing in words; the whole story stands below it as a table."""
    said = []
    for kind, samples in recording.samples.items():
        failed = sum(sample.failure is not None for sample in samples)
        gap = longest_gap(samples)
        longest = f", longest gap {number(round(gap.length, 2))} s" if gap else ""
        said.append(f"{kind}: {failed} of {len(samples)} probes failed{longest}.")
    for lane in lanes(recording):
        first, *others = lane.spans
        changes = "".join(f", {span.text} from {moment(span.started)} s" for span in others)
        said.append(f"{lane.name}: {first.text}{changes}.")
    return " ".join(said)
