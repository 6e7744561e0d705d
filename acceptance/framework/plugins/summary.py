"""A pytest plugin: print the figures that tests recorded, at the end of the run.

A test records a number with record_property(NAME, VALUE), and the figures of an experiment with
record_figures(NAME, RESULT). JUnit XML has both as properties of the test.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping

import pytest

from acceptance.framework.experiment.stash import FIGURES
from labgen.recordings.recording import Figure
from labgen.report import figures_text

ATTRIBUTE = "labgen_figures"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the figures to the report, so that they reach the terminal from xdist's workers, too."""
    report = yield
    if report.when == "call":
        setattr(report, ATTRIBUTE, item.stash.get(FIGURES, {}))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    properties: dict[str, object] = {}
    experiments: dict[str, list[Figure]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            if not isinstance(report, pytest.TestReport) or report.when != "call":
                continue
            for name, listed in getattr(report, ATTRIBUTE, {}).items():
                experiments[name] = [Figure(**figure) for figure in listed]
            properties.update(report.user_properties)
    for name, figures in experiments.items():
        for figure in figures:
            properties.pop(f"{name}: {figure.name}", None)
    if properties or experiments:
        terminalreporter.write_sep("=", "figures")
    for line in lines(properties, experiments):
        terminalreporter.write_line(line)


def lines(
    properties: Mapping[str, object], experiments: Mapping[str, Iterable[Figure]]
) -> Iterator[str]:
    """Return the properties, and each experiment's figures below its name."""
    width = max((len(name) for name in properties), default=0)
    for name, value in properties.items():
        yield f"{name:<{width}}  {value}"
    for name, figures in experiments.items():
        yield name
        yield from (f"  {line}" for line in figures_text.table(figures))
