"""A pytest plugin: disruptive tests run alone and last, also under xdist.

Tests marked `disturbs` are sorted to the end. Under xdist that is not enough, since workers run
concurrently. There
- all disruptive tests form one group, the last to be distributed, so that one worker gets all of
  them (scheduling.py, whatever --dist says);
- every worker holds a shared lock on one file until its session ends, which is when no test is
  left to distribute. When a worker dies, the kernel releases its lock;
- before its first disruptive test, a worker replaces its shared lock by the exclusive lock, which
  it gets when all other workers have ended;
- every finished test is counted. When the other workers have ended before all other tests have
  finished, the run was aborted (-x, a crash), and the disruptive tests are skipped.
"""

import fcntl
import os
from collections.abc import Generator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from labgen.system.wait import NotYet, until

MARK = "disturbs"
DEADLINE = 900.0  # seconds; all other tests take about one minute
DIRECTORY = pytest.StashKey[TemporaryDirectory[str]]()
INPUT = "labgen_turns"
NAMES = "disturbing"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: is disruptive; runs alone and last")
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Turns(Path(config.workerinput[INPUT])))
        return
    distribution = getattr(config.option, "dist", "no")
    if distribution == "each":
        raise pytest.UsageError("--dist each would run disruptive tests on every worker")
    if distribution != "no":
        config.stash[DIRECTORY] = TemporaryDirectory(prefix="labgen-acceptance-")


def pytest_unconfigure(config: pytest.Config) -> None:
    directory = config.stash.get(DIRECTORY, None)
    if directory is not None:
        directory.cleanup()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Pass the shared directory to an xdist worker before it starts."""
    config, workerinput = node.config, node.workerinput  # type: ignore[attr-defined]
    workerinput[INPUT] = config.stash[DIRECTORY].name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    from acceptance.framework.plugins.scheduling import DisturbingLast  # noqa: PLC0415 - needs xdist

    return DisturbingLast(config, log, Path(config.stash[DIRECTORY].name) / NAMES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=disturbs)


def disturbs(item: pytest.Item) -> bool:
    """Return whether the test is disruptive."""
    return item.get_closest_marker(MARK) is not None


class Turns:
    """The locks of one worker, and the count of tests that all workers have finished."""

    def __init__(self, directory: Path) -> None:
        self.names = directory / NAMES
        self.finished = directory / "finished"
        self.lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.alone = False

    def pytest_sessionstart(self) -> None:
        try:
            fcntl.flock(self.lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            pytest.exit("this worker was restarted while a disruptive test runs")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Write the disruptive tests, before the controller distributes tests to this worker."""
        names = [item.nodeid for item in session.items if disturbs(item)]
        self.names.write_text("\n".join(names))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if not disturbs(item):
            return
        if not self.alone:
            until(self._take, what="the end of all other tests", timeout=DEADLINE)
            self.alone = True
        quiet = sum(not disturbs(other) for other in item.session.items)
        finished = self.finished.stat().st_size if self.finished.exists() else 0
        if finished < quiet:
            pytest.skip(f"the run was aborted: {finished} of {quiet} other tests have finished")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        result = yield
        if not disturbs(item):
            with self.finished.open("ab") as file:
                file.write(b".")  # O_APPEND: no other worker's dot is lost
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        os.close(self.lock)

    def _take(self) -> None:
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotYet("other workers still run tests") from None
