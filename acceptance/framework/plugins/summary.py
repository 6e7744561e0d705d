"""A pytest plugin: the figures that tests recorded, at the end of the run.

A test records one with record_property(NAME, VALUE); JUnit XML holds the same. Those of a measured
fault are called `FAULT: FIGURE` or `FAULT: FIGURE, CLIENT`: they stand together, those of all
clients in one line, without their budgets.
"""

from collections.abc import Iterable, Mapping

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found: dict[str, object] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            if isinstance(report, pytest.TestReport) and report.when == "call":
                found.update(report.user_properties)
    if found:
        terminalreporter.write_sep("=", "figures")
    for line in lines(found):
        terminalreporter.write_line(line)


def lines(figures: Mapping[str, object]) -> Iterable[str]:
    """The figures, those of a fault below its name."""
    faults: dict[str, dict[str, list[str]]] = {}
    for name, value in figures.items():
        fault, _, figure = name.rpartition(": ")
        what, _, client = figure.partition(", ")
        text = f"{client} {str(value).partition(' (')[0]}" if client else str(value)
        faults.setdefault(fault, {}).setdefault(what, []).append(text)
    width = max((len(what) for found in faults.values() for what in found), default=0)
    for fault, found in faults.items():
        if fault:
            yield fault
        for what, values in found.items():
            indent = "  " if fault else ""
            yield f"{indent}{what:<{width}}  {', '.join(values)}"
