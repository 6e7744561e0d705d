"""labgen report: pages, texts and comparisons of recordings."""

import json
from pathlib import Path

import click

from labgen.recordings.compare import compare as compare_recordings
from labgen.recordings.loader import collect
from labgen.report import comparison_text, page, timeline

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
    """Print each figure of A and of B, how B differs, and which broke its budget.

    A and B are recordings or directories of them. Several of one fault on one target are
    repetitions: their medians are compared. The exit code says nothing of the figures; budgets
    are what the acceptance suite fails by.
    """
    found = compare_recordings(collect(a), collect(b))
    if output == "json":
        click.echo(json.dumps(comparison_text.data(found), indent=2))
        return
    for line in comparison_text.lines(found, str(a), str(b)):
        click.echo(line)
