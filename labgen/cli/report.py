"""labgen report: pages, texts and comparisons of recordings."""

import json
from pathlib import Path

import click

from labgen.errors import UsageError
from labgen.recordings.compare import compare as compare_recordings
from labgen.recordings.loader import collect
from labgen.recordings.recording import Recording
from labgen.report import comparison_text, page, svg, timeline
from labgen.report.chart.windows import Window

place = click.Path(path_type=Path)


@click.group()
def report() -> None:
    """Show what was recorded while faults were injected.

    `pytest acceptance/ --lab NAME --record DIR` makes recordings: one JSON file for each fault.
    """


@report.command()
@click.argument("directory", type=place)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the page goes; DIRECTORY/report.html unless given.",
)
def html(directory: Path, output: Path | None) -> None:
    """Write one HTML page with timelines and figures of the recordings in DIRECTORY.

    The page holds everything it needs and loads nothing. Its path is printed.
    """
    click.echo(page.write(directory, output))


@report.command()
@click.argument("recording", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--begin", type=float, metavar="SECONDS", help="First second shown, from the fault.")
@click.option("--end", type=float, metavar="SECONDS", help="Last second shown, from the fault.")
def chart(recording: Path, begin: float | None, end: float | None) -> None:
    """Print a chart of one recording as an SVG file, for documents.

    It shows the seconds in which requests failed, unless --begin and --end say otherwise.
    """
    [named] = collect(recording)
    click.echo(svg.svg(named.recording, _window(named.recording, begin, end)))


def _window(recorded: Recording, begin: float | None, end: float | None) -> Window | None:
    if begin is None and end is None:
        return None
    window = (
        recorded.started if begin is None else max(begin, recorded.started),
        recorded.ended if end is None else min(end, recorded.ended),
    )
    if window[0] >= window[1]:
        raise UsageError(
            f"nothing was recorded from {window[0]:g} s to {window[1]:g} s",
            hint=f"the recording lasts from {recorded.started:g} s to {recorded.ended:g} s",
        )
    return window


@report.command()
@click.argument("recordings", type=place)
def text(recordings: Path) -> None:
    """Print what happened, line by line, of one recording or of all in a directory."""
    shown = [timeline.text(named.recording) for named in collect(recordings)]
    click.echo("\n\n".join(shown))


@report.command()
@click.argument("a", type=place)
@click.argument("b", type=place)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Form of the output.",
)
def compare(a: Path, b: Path, output: str) -> None:
    """Print each figure of A and of B, how B differs, and which exceeded its limit.

    A and B are recordings or directories of them. Several of one fault on one target are
    repetitions: their medians are compared. The exit code does not depend on the figures: the
    acceptance suite fails when a figure exceeds its limit.
    """
    found = compare_recordings(collect(a), collect(b))
    if output == "json":
        click.echo(json.dumps(comparison_text.data(found), indent=2))
        return
    for line in comparison_text.lines(found, str(a), str(b)):
        click.echo(line)
