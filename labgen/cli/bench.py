"""labgen bench: measure the same again and again."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.errors import UsageError
from labgen.lab import store
from labgen.lab.names import ensure_lab_name
from labgen.operations import bench as measuring
from labgen.operations import compare as comparing
from labgen.operations.compare import Side, SideBySide
from labgen.report import comparison_text


@click.group("bench")
def bench() -> None:
    """Measure the same again and again: min, median and max of every figure."""


@bench.command("failover")
@click.argument("name")
@click.option("--runs", type=click.IntRange(1), default=10, show_default=True, help="How often.")
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep each recording as DIR/run-N/power-cut-holder.json.",
)
@common
@click.pass_obj
def failover(session: Session, name: str, runs: int, record: Path | None) -> None:
    """Cut the power of the VIP holder in the lab NAME, heal it, and repeat.

    Each run is the failover test of the acceptance suite: it starts from a healthy lab and
    restores it. A figure that exceeds its limit is shown, and does not end the bench. Exit code 4
    for a run that measured nothing.
    """
    lab, console = store.load(name), session.console()
    with _recordings(record) as directory:
        rows = measuring.failover(lab, runs, directory, console)
    cells = [measuring.HEADING, *(row.cells for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        numbers = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        click.echo("  ".join([row[0].ljust(widths[0]), *numbers]))


@bench.command("compare")
@click.argument("a")
@click.argument("b")
@click.option(
    "--fault",
    type=click.Choice(list(measuring.CASES)),
    default="power-cut",
    show_default=True,
    help="What is done to the VIP's holder; reboot is done to one master after the other.",
)
@click.option("--runs", type=click.IntRange(1), default=3, show_default=True, help="How often.")
@click.option(
    "--name",
    default="compare",
    show_default=True,
    help="Labs that are brought up are called NAME-a and NAME-b.",
)
@click.option("--keep", is_flag=True, help="Leave the labs that were brought up.")
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep each recording in DIR/a/run-N and DIR/b/run-N.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Form of the output.",
)
@overrides_option
@common
@click.pass_obj
def compare(
    session: Session,
    a: str,
    b: str,
    *,
    fault: str,
    runs: int,
    name: str,
    keep: bool,
    record: Path | None,
    output: str,
    overrides: tuple[str, ...],
) -> None:
    """Run the acceptance tests of one fault on A and on B, and print each figure of both.

    A and B are labs that are up, or scenarios: those are brought up one after the other and taken
    down again. With -s, B is its scenario with other values. A and B may be the same scenario then:
    the difference is what those values change. Figures that exceed a limit and tests that fail are
    shown, and do not end the comparison. Exit code 4 for a run that measured nothing.
    """
    sides = (
        _side(session, a, (), f"{name}-a"),
        _side(session, b, overrides, f"{name}-b"),
    )
    case = measuring.CASES[fault]
    with _recordings(record) as directory:
        found = comparing.side_by_side(sides, case, runs, directory, session.console(), keep=keep)
    if output == "json":
        click.echo(json.dumps(_data(found), indent=2))
        return
    shown_b = " ".join([b, *(f"-s {override}" for override in overrides)])
    for line in comparison_text.lines(found.comparison, a, shown_b):
        click.echo(line)
    for letter, failed in (("A", found.failed_a), ("B", found.failed_b)):
        for line in _failed(letter, failed, runs):
            click.echo(line)


def _side(session: Session, wanted: str, overrides: tuple[str, ...], lab: str) -> Side:
    """A lab of that name, where there is one and nothing is to be set; else the scenario."""
    if wanted in store.names():
        if overrides:
            raise UsageError(
                f"{wanted} is a lab and its scenario is settled; -s is for scenarios",
                hint="labgen scenario list",
            )
        return Side(wanted)
    return Side(ensure_lab_name(lab), load_scenario(session, wanted, overrides))


def _failed(letter: str, found: Counter[str], runs: int) -> Iterator[str]:
    for test, times in found.items():
        yield f"failed on {letter} in {times} of {runs} runs: {test}"


def _data(found: SideBySide) -> dict[str, object]:
    return {
        **comparison_text.data(found.comparison),
        "failed": {"a": found.failed_a, "b": found.failed_b},
    }


@contextmanager
def _recordings(record: Path | None) -> Iterator[Path]:
    """Where recordings go: a directory that stays, or one that does not."""
    with TemporaryDirectory(prefix="labgen-bench-") as temporary:
        yield (record or Path(temporary)).absolute()
