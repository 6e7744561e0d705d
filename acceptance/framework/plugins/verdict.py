"""A pytest plugin: distinguishes a cluster that failed from a suite that could not run.

A failed test has observed a defect. Errors without a failure mean that the preconditions of tests
were missing, such as a healthy lab or a reachable machine, so nothing is known about the cluster.
When no test ran, or all were skipped, nothing is known either. A run of some tests of its tier
is a part: the last line, the JUnit report and the file of --verdict say so.
"""

from pathlib import Path
from typing import Any

import pytest

from acceptance.framework.errors import HARNESS, NOTHING, SENTENCE
from acceptance.framework.tier_size import KEY, TierSize
from labgen.operations import verdict as verdicts
from labgen.operations.verdict import Outcome, Verdict

NAME = "labgen-verdict"
INPUT = "labgen_tier"
UNKNOWN = "nothing is known about the cluster"
SKIPPED = f"every test was skipped, so {UNKNOWN}"
LINE = f"harness error: no test failed, but some could not run; {UNKNOWN}"
ORDER = ("skipped", "passed", "error", "failed")  # of two outcomes of a test, the later one counts


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "write the result of the run to FILE, for labgen verify"
    parser.getgroup("labgen").addoption("--verdict", metavar="FILE", help=words)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Count(config), NAME)


class Count:
    """The outcomes of all tests."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.outcomes: dict[str, str] = {}  # by node id
        self.sentences: dict[str, None] = {}  # of the harness, each once
        self.ended = ""  # why the run ended before its last test
        self.failed_early = False  # the cluster failed before the first test

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Read the counts of an xdist worker; the controller itself collects nothing."""
        if told := getattr(node, "workeroutput", {}).get(INPUT):
            self.config.stash[KEY] = TierSize(told[0], tuple(told[1]))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._note(str(report.nodeid), "error")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if sentence := getattr(report, SENTENCE, ""):
            self.sentences[sentence.splitlines()[0]] = None
        if report.failed:
            self._note(str(report.nodeid), "failed" if report.when == "call" else "error")
        elif report.skipped and not hasattr(report, "wasxfail"):
            self._note(str(report.nodeid), "skipped")
        elif report.when == "call":
            self._note(str(report.nodeid), "passed")

    def _note(self, name: str, outcome: str) -> None:
        self.outcomes[name] = max(self.outcomes.get(name, ORDER[0]), outcome, key=ORDER.index)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        ended = excinfo.value
        self.ended = str(ended) or "it was interrupted"
        self.failed_early = getattr(ended, "returncode", None) == pytest.ExitCode.TESTS_FAILED
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if isinstance(ended, pytest.exit.Exception) and reporter and not self.outcomes:
            # pytest prints the reason on standard error, and the reporter would print it again
            self.config.pluginmanager.unregister(reporter)

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.ended = excinfo.exconly()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Pass the worker's counts on, or write them to the JUnit report before it is saved."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[INPUT] = (self.size.tests, self.size.left_out)
            return
        tier = self.config.getoption("tier", None)
        for plugin in self.config.pluginmanager.get_plugins():
            if hasattr(plugin, "add_global_property"):  # the JUnit report
                plugin.add_global_property("tier", tier or "")
                plugin.add_global_property("part", self.verdict.part or "no")

    @property
    def size(self) -> TierSize:
        return self.config.stash.get(KEY, TierSize())

    @property
    def verdict(self) -> Verdict:
        outcome, reason = self._outcome()
        named = {kind: tuple(self._ended(kind)) for kind in ORDER}
        return Verdict(
            outcome,
            reason,
            printed=bool(self.ended),
            tests=self.size.tests,
            passed=len(named["passed"]),
            skipped=len(named["skipped"]),
            failed=named["failed"],
            errors=named["error"],
            left_out=self.size.left_out,
            outcomes=self.outcomes,
        )

    def _ended(self, kind: str) -> list[str]:
        return [name for name, outcome in self.outcomes.items() if outcome == kind]

    def _outcome(self) -> tuple[Outcome, str]:
        if self._ended("failed") or self.failed_early:
            return Outcome.FAILED, self.ended
        if self._ended("error"):
            return Outcome.UNKNOWN, "; ".join(self.sentences) or "some tests could not run"
        if self.ended:
            return Outcome.UNKNOWN, self.ended
        if self._ended("passed"):
            return Outcome.PASSED, ""
        reason = "every test was skipped" if self._ended("skipped") else "no test ran"
        return Outcome.UNKNOWN, reason


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Set the exit code; under xdist the controller knows the outcomes of all workers."""
    count = session.config.pluginmanager.get_plugin(NAME)
    if count is None or hasattr(session.config, "workerinput") or not count.outcomes:
        return
    known = set(count.outcomes.values())
    if exitstatus == pytest.ExitCode.OK and known == {"skipped"}:
        session.exitstatus = NOTHING
    if exitstatus == pytest.ExitCode.TESTS_FAILED and "failed" not in known:
        session.exitstatus = HARNESS


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Write the verdict, or print it as the last line of the run."""
    count = config.pluginmanager.get_plugin(NAME)
    if count is None or hasattr(config, "workerinput"):
        return
    verdict: Verdict = count.verdict
    if path := config.getoption("verdict", None):
        verdicts.write(verdict, Path(path))
        return
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    if verdict.outcome is Outcome.UNKNOWN and verdict.ran:
        reporter.write_line(LINE if verdict.errors else SKIPPED, red=True)
    elif verdict.part:
        reporter.write_line(f"a part of tier {config.getoption('tier', None)}: {verdict.part}")
