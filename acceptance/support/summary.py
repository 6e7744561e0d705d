"""A pytest plugin: the figures that tests recorded, at the end of the run.

A test records one with record_property(NAME, VALUE); JUnit XML holds the same.
"""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found: dict[str, object] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            if isinstance(report, pytest.TestReport) and report.when == "call":
                found.update(report.user_properties)
    if not found:
        return
    terminalreporter.write_sep("=", "figures")
    width = max(len(name) for name in found)
    for name, value in found.items():
        terminalreporter.write_line(f"{name:<{width}}  {value}")
