"""`python -m benchmarks`: how long labs take, and what they cost."""

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import compare, host, results
from benchmarks.command import Labgen
from benchmarks.measure import PARTS, measure
from benchmarks.results import Results
from labgen.console import Console, print_table
from labgen.errors import LabgenError
from labgen.system import interrupt

DESCRIPTION = """\
Bring up scenarios, one after the other, measure them, and remove them. The bundle must be ready,
and nothing else should run on the host: its memory and its kernel are read as a whole.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 1 if a figure is worse than --fail-above allows."""
    options = _parser().parse_args(arguments)
    for number in interrupt.SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        return _run(options)
    except LabgenError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return interrupt.Interrupted.exit_code


def _run(options: argparse.Namespace) -> int:
    earlier = results.read(options.against) if options.against else None
    if options.output:
        results.ensure_writable(options.output)
    versions = {"after": Labgen(sys.executable)}
    if options.before:
        versions = {"before": Labgen(options.before), **versions}
    found = _measure(versions, options)
    earlier = found.get("before", earlier)
    if options.output:
        results.write(options.output, found["after"])
    if earlier is None:
        _print(found["after"])
        return 0
    return _compare(earlier, found["after"], options.fail_above)


def _measure(versions: Mapping[str, Labgen], options: argparse.Namespace) -> dict[str, Results]:
    """Measure all scenarios with each version. Versions take turns, so that a busy minute of the
    host meets all of them."""
    console = Console()
    taken = datetime.now(UTC).isoformat(timespec="seconds")
    facts = {version: host.facts(labgen) for version, labgen in versions.items()}
    scenarios: dict[str, dict[str, Mapping[str, results.Figure]]] = {it: {} for it in versions}
    for scenario in options.scenarios:
        runs: dict[str, list[Mapping[str, float]]] = {version: [] for version in versions}
        for turn in range(1, options.runs + 1):
            for version, labgen in versions.items():
                which = f", {version}" if len(versions) > 1 else ""
                console.say(f"{scenario}: run {turn} of {options.runs}{which}")
                runs[version].append(measure(labgen, scenario, options.only))
        for version, figures in runs.items():
            scenarios[version][scenario] = results.collect(figures)
    return {
        version: Results(taken=taken, host=facts[version], scenarios=scenarios[version])
        for version in versions
    }


def _print(found: Results) -> None:
    rows = [
        (scenario, name, f"{figure.median:.3f}", figure.unit, _listed(figure))
        for scenario, figures in found.scenarios.items()
        for name, figure in figures.items()
    ]
    print_table(("SCENARIO", "FIGURE", "MEDIAN", "UNIT", "ALL"), rows, right={2})


def _compare(before: Results, after: Results, fail_above: float | None) -> int:
    """Print both, and return the exit code."""
    for name, one, other in compare.differing_facts(before.host, after.host):
        print(f"{name} differs: {one} (before), {other} (after)")
    rows = list(compare.rows(before, after))
    cells = [
        (
            *(row.scenario, row.figure, f"{row.before.median:.3f}", f"{row.after.median:.3f}"),
            *("-" if row.ratio is None else f"{row.ratio:.2f}", row.after.unit, row.verdict),
            f"{_listed(row.before)} | {_listed(row.after)}",
        )
        for row in rows
    ]
    headings = ("SCENARIO", "FIGURE", "BEFORE", "AFTER", "RATIO", "UNIT", "CHANGE", "ALL")
    print_table(headings, cells, right=range(2, 5))
    worse = [row for row in rows if fail_above is not None and row.worse_by(fail_above)]
    for row in worse:
        sys.stderr.write(
            f"error: {row.scenario}: {row.figure} is worse by more than {fail_above:g} %:"
            f" {row.before.median:.3f} {row.after.unit} before, {row.after.median:.3f} after\n"
        )
    return 1 if worse else 0


def _listed(figure: results.Figure) -> str:
    return " ".join(f"{value:.3f}" for value in figure.values)


def _parser() -> argparse.ArgumentParser:
    parts = "\n".join(f"  {name:<11} {meaning}" for name, meaning in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=DESCRIPTION,
        epilog=f"parts:\n{parts}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("scenarios", nargs="*", metavar="SCENARIO", default=["ha-3x3", "single"])
    add(
        "--runs", type=_runs, default=3, metavar="NUMBER", help="runs of each scenario: %(default)s"
    )
    add("--only", type=_parts, default=list(PARTS), metavar="PART,...", help="measure these parts")
    add("-o", "--output", type=Path, metavar="FILE", help="write all values to FILE, as JSON")
    earlier = parser.add_mutually_exclusive_group()
    earlier.add_argument(
        "--against", type=Path, metavar="FILE", help="compare with a FILE that -o wrote"
    )
    earlier.add_argument(
        "--before",
        metavar="PYTHON",
        help="measure another version in turn and compare with it; PYTHON is the interpreter of its"
        " environment, such as OTHER/.venv/bin/python",
    )
    add(
        "--fail-above",
        type=float,
        metavar="PERCENT",
        help="exit code 1 if a figure is worse by more than that, outside the noise of the runs",
    )
    return parser


def _runs(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word} is not a number of runs; use 1 or more")
    return int(word)


def _parts(word: str) -> list[str]:
    """Return the parts in the order of measurement."""
    wanted = word.split(",")
    if unknown := [part for part in wanted if part not in PARTS]:
        known = ", ".join(PARTS)
        raise argparse.ArgumentTypeError(f"{unknown[0]} is not a part; the parts are {known}")
    return [part for part in PARTS if part in wanted]


if __name__ == "__main__":
    sys.exit(main())
