"""A pytest plugin: distinguishes a cluster that failed from a suite that could not run.

A failed test has observed a defect. Errors without a failure mean that the preconditions of tests
were missing, such as a healthy lab or a reachable machine, so nothing is known about the cluster.
When all tests were skipped, nothing is known either.
"""

from collections.abc import Mapping

import pytest

from acceptance.framework.errors import HARNESS, NOTHING

LAST_WORDS = pytest.StashKey[str]()
SKIPPED = "every test was skipped, so nothing is known about the cluster"
LINE = "harness error: no test failed, but some could not run; nothing is known about the cluster"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Set the exit code; under xdist the controller knows the outcomes of all workers."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    if exitstatus == pytest.ExitCode.OK and _only_skipped(reporter.stats):
        session.exitstatus = NOTHING
        session.config.stash[LAST_WORDS] = SKIPPED
    if exitstatus != pytest.ExitCode.TESTS_FAILED:
        return
    if reporter.stats.get("error") and not reporter.stats.get("failed"):
        session.exitstatus = HARNESS
        session.config.stash[LAST_WORDS] = LINE


def _only_skipped(stats: Mapping[str, list[object]]) -> bool:
    return bool(stats.get("skipped")) and not any(stats.get(it) for it in ("passed", "xfailed"))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Print the last line of the run."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    words = config.stash.get(LAST_WORDS, "")
    if reporter and words:
        reporter.write_line(words, red=True)
