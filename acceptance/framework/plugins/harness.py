"""A pytest plugin: what the suite could not do is one sentence, printed once.

An error of the harness names its cause itself, so a traceback of the suite's code adds nothing;
with -vv it is shown. Tests that share a fixture share its error.
"""

import http.client
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from acceptance.framework.clients.api import ApiError
from acceptance.framework.errors import SENTENCE, HarnessError
from labgen.errors import HostUnfit, LabgenError, reason
from labgen.system import pressure

NAMED = 4  # tests that are named for one sentence
# In a fixture, these mean that a precondition is missing; in a test, only the first two do.
IN_TESTS = (HarnessError, HostUnfit)
IN_FIXTURES = (*IN_TESTS, LabgenError, ApiError, OSError, http.client.HTTPException)
TRACE = 2  # -vv


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Print files and tests by their node ids, wherever the caller stands."""
    config = session.config
    config.cwd_relative_nodeid = lambda nodeid: nodeid  # type: ignore[method-assign]
    if reporter := config.pluginmanager.get_plugin("terminalreporter"):
        reporter.startpath = config.rootpath


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Replace the traceback by the sentence, and count it as an error and not as a failure."""
    report = yield
    error = call.excinfo.value if call.excinfo else None
    kinds = IN_TESTS if call.when == "call" else IN_FIXTURES
    if not report.failed or not isinstance(error, kinds):
        return report
    sentence = reason(error)
    if isinstance(error, LabgenError) and error.hint:
        sentence += f"\n  {error.hint}"
    setattr(report, SENTENCE, sentence)
    if call.when == "call":
        report.when = "setup"  # its preconditions ended during the test
    if item.config.option.verbose < TRACE:
        report.longrepr = sentence
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Print each sentence once, in place of pytest's section and line for each test.

    After errors and failures, an overloaded host is named, because it may be the cause.
    """
    stats = terminalreporter.stats
    errors = stats.get("error", [])
    ours = [report for report in errors if hasattr(report, SENTENCE)]
    if ours and terminalreporter.config.option.verbose < TRACE:
        terminalreporter.write_sep("=", "what could not run")
        for line in lines(ours):
            terminalreporter.write_line(line)
        stats["error"] = [report for report in errors if report not in ours]
    try:
        yield
    finally:
        if errors:
            stats["error"] = errors  # pytest counts them in its last line
    if (errors or stats.get("failed")) and (overloaded := pressure.overload()):
        terminalreporter.write_line(overloaded)


def lines(reports: list[Any]) -> Iterator[str]:
    """Return each sentence with the tests that it stopped."""
    stopped: dict[str, list[str]] = {}
    for report in reports:
        stopped.setdefault(getattr(report, SENTENCE), []).append(str(report.nodeid))
    for sentence, tests in stopped.items():
        yield sentence
        yield from (f"    {test}" for test in tests[:NAMED])
        if len(tests) > NAMED:
            yield f"    and {len(tests) - NAMED} more tests"
