"""What happened, as lines of text in the order of time: for the output of a test that failed."""

from collections.abc import Iterable, Sequence

from acceptance.support import analysis
from acceptance.support.observers import nodes
from labgen.report.recording import Band, Recording

KINDS = 3  # ways of failing that are named


def timeline(recording: Recording) -> str:
    """One line for each event, change of state and run of failures."""
    lines = [(event.at, event.text) for event in recording.events]
    lines += [line for lane in _lanes(recording.bands) for line in _states(lane)]
    for kind, samples in recording.samples.items():
        lines += [(run.first, _failed(kind, run)) for run in analysis.runs_of_failures(samples)]
    return "\n".join(f"{at:+9.2f} s  {text}" for at, text in sorted(lines))


def _lanes(bands: Iterable[Band]) -> list[list[Band]]:
    found: dict[str, list[Band]] = {}
    for band in bands:
        found.setdefault(band.lane, []).append(band)
    return list(found.values())


def _states(lane: Sequence[Band]) -> list[tuple[float, str]]:
    """A lane's states; a node that is Ready in the beginning is no news."""
    ordered = sorted(lane, key=lambda band: band.started)
    if ordered[0].state == nodes.READY:
        ordered = ordered[1:]
    return [(band.started, f"{band.lane}: {band.state}") for band in ordered]


def _failed(kind: str, run: analysis.Failures) -> str:
    ways = ", ".join(f"{n} {way}" for way, n in list(run.kinds.items())[:KINDS])
    number = sum(run.kinds.values())
    if number == 1:
        return f"{kind}: failed ({ways})"
    return f"{kind}: {number} failed until {run.last:+.2f} s ({ways})"
