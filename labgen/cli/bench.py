"""labgen bench: repeat a fault and measure every run."""

import statistics
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.console import print_table
from labgen.errors import UsageError
from labgen.lab import store
from labgen.lab.names import ensure_lab_name
from labgen.operations import bench as measuring
from labgen.operations import compare as comparing
from labgen.operations.compare import LabComparison, Side
from labgen.report import comparison_text

runs_help = "How many times the fault is injected."


@click.group("bench", cls=Group)
def bench() -> None:
    """Repeat a fault and measure every run."""


@bench.command("failover")
@click.argument("name")
@click.option(
    "--runs",
    type=click.IntRange(1),
    metavar="INTEGER",
    default=10,
    show_default=True,
    help=runs_help,
)
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write each recording to DIR/run-N/power-cut-holder.json.",
)
@output_option(shapes.Bench)
@common
@click.pass_obj
def failover(session: Session, name: str, *, runs: int, record: Path | None, output: str) -> None:
    """Repeat a power cut of the VIP holder of the lab NAME, and measure every run.

    Each run is the failover test of the acceptance suite, starts from a healthy lab and restores
    it. A figure that exceeds its limit is shown and does not end the bench. Exit code 4 when a run
    measured nothing.
    """
    lab, console = store.load(name), session.console()
    with _recordings(record) as directory:
        rows = measuring.failover(lab, runs, directory, console)
    if output == "json":
        figures = tuple(_figure(row) for row in rows)
        print_json(shapes.Bench(lab=lab.name, runs=runs, figures=figures))
        return
    headings = [heading.upper() for heading in measuring.HEADING]
    print_table(headings, [row.cells for row in rows], right=range(1, len(headings)))


def _figure(row: measuring.Row) -> shapes.BenchFigure:
    return shapes.BenchFigure(
        metric=row.metric,
        client=row.client,
        unit=row.unit,
        values=row.values,
        min=min(row.values),
        median=statistics.median(row.values),
        max=max(row.values),
        expected=row.expected,
        limit=row.limit,
    )


@bench.command("compare")
@click.argument("a")
@click.argument("b")
@click.option(
    "--fault",
    type=click.Choice(list(measuring.CASES)),
    default="power-cut",
    show_default=True,
    help="The fault on the VIP holder; reboot restarts one control plane after the other.",
)
@click.option(
    "--runs",
    type=click.IntRange(1),
    metavar="INTEGER",
    default=3,
    show_default=True,
    help=runs_help,
)
@click.option(
    "--name",
    default="compare",
    show_default=True,
    help="Names of labs that are brought up: NAME-a and NAME-b.",
)
@click.option("--keep", is_flag=True, help="Keep the labs that were brought up.")
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the recordings to DIR/a/run-N and DIR/b/run-N.",
)
@output_option(shapes.BenchComparison)
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
    """Inject one fault into A and B, and compare every figure.

    A and B are labs that are up, or scenarios, which are brought up one after the other and removed
    again. With -s, values of the scenario B are replaced; A and B may then be the same scenario, so
    that the differences come from these values alone. Figures that exceed their limits and failed
    tests are shown and do not end the comparison. Exit code 4 when a run measured nothing.
    """
    sides = (
        _side(session, a, (), f"{name}-a"),
        _side(session, b, overrides, f"{name}-b"),
    )
    case = measuring.CASES[fault]
    with _recordings(record) as directory:
        found = comparing.compare_labs(sides, case, runs, directory, session.console(), keep=keep)
    if output == "json":
        print_json(_data(found))
        return
    shown_b = " ".join([b, *(f"-s {override}" for override in overrides)])
    comparison_text.print_comparison(found.comparison, a, shown_b)
    for letter, failed in (("A", found.failed_a), ("B", found.failed_b)):
        for line in _failed(letter, failed, runs):
            click.echo(line)


def _side(session: Session, wanted: str, overrides: tuple[str, ...], lab: str) -> Side:
    """Return the lab of that name, or else the scenario."""
    if wanted in store.names():
        if overrides:
            raise UsageError(
                f"{wanted} is a lab, whose values are fixed; -s is for scenarios",
                hint="labgen scenario list",
            )
        return Side(wanted)
    return Side(ensure_lab_name(lab), load_scenario(session, wanted, overrides, lab=lab))


def _failed(letter: str, failed: Counter[str], runs: int) -> Iterator[str]:
    for test, times in failed.items():
        yield f"failed on {letter} in {times} of {runs} runs: {test}"


def _data(found: LabComparison) -> shapes.BenchComparison:
    return shapes.BenchComparison(
        **comparison_text.data(found.comparison),
        failed={"a": found.failed_a, "b": found.failed_b},
    )


@contextmanager
def _recordings(record: Path | None) -> Iterator[Path]:
    """Yield the directory of the recordings: record, or else one that is removed afterwards."""
    with TemporaryDirectory(prefix="labgen-bench-") as temporary:
        yield (record or Path(temporary)).absolute()
