"""labgen report: recordings as a page, as text, and compared."""

import sys
from pathlib import Path

import click

from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.console import print_table
from labgen.errors import UsageError
from labgen.recordings.compare import compare as compare_recordings
from labgen.recordings.loader import collect
from labgen.recordings.recording import Recording
from labgen.report import comparison_text, figures_text, page, svg, timeline
from labgen.report.chart.windows import Window

place = click.Path(path_type=Path)


@click.group(cls=Group)
def report() -> None:
    """Show and compare recordings of faults.

    `labgen verify NAME --tier ha --disruptive --record DIR` writes recordings, one JSON file for
    each fault.
    """


@report.command()
@click.argument("directory", type=place)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Path of the page; DIRECTORY/report.html by default.",
)
def html(directory: Path, output: Path | None) -> None:
    """Write the recordings in DIRECTORY as one HTML page.

    The page has timelines and figures, and loads nothing from elsewhere. Its path is printed.
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
    """Print what happened in one recording, or in all of a directory, line by line."""
    found = [named.recording for named in collect(recordings)]
    if not sys.stdout.isatty():
        click.echo("\n\n".join(map(timeline.text, found)))
        return
    for recording in found:
        click.echo(timeline.story(recording) + "\n")
        headings, clients, cluster = figures_text.rows(recording.figures)
        print_table(headings, clients, right=range(1, len(headings)))
        print_table(["FIGURE", "CLUSTER"], cluster)


@report.command()
@click.argument("a", type=place)
@click.argument("b", type=place)
@output_option(shapes.Comparison)
def compare(a: Path, b: Path, output: str) -> None:
    """Compare every figure of the recordings A and B.

    A and B are files or directories. Several recordings of one fault on one target are repetitions,
    and their medians are compared. A figure that exceeds its limit is marked and does not change
    the exit code.
    """
    found = compare_recordings(collect(a), collect(b))
    if output == "json":
        print_json(shapes.Comparison(**comparison_text.data(found)))
        return
    comparison_text.print_comparison(found, str(a), str(b))
