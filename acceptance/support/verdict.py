"""A pytest plugin: tells a cluster that failed from a suite that could not do its work.

A test that fails has seen something wrong. An error beside no failure says that what a test stands
on was not there, such as a healed lab or a machine that answers: nothing is known of what it
promises.
"""

import pytest

HARNESS = 6  # pytest's own exit codes end at 5
BROKEN = pytest.StashKey[bool]()
LINE = "harness error: no test failed, but some could not be run; that says nothing of the cluster"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Under xdist the controller knows the outcomes of all workers."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus != pytest.ExitCode.TESTS_FAILED or reporter is None:
        return
    if reporter.stats.get("error") and not reporter.stats.get("failed"):
        session.exitstatus = HARNESS
        session.config.stash[BROKEN] = True


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of the run."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and config.stash.get(BROKEN, False):
        reporter.write_line(LINE, red=True)
