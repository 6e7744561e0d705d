"""A pytest plugin: what disturbs the cluster runs alone and last, also under xdist.

Tests marked `disturbs` are sorted to the end. Under xdist that is not enough, since workers run
side by side; there
- all disturbing tests form one group, the last that is handed out, so that one worker gets
  them all (scheduling.py, whatever --dist says);
- every worker holds a shared lock on one file until its session ends: once there is nothing
  left to hand out. When it dies, the kernel lets go of its lock;
- before its first disturbing test a worker trades its shared lock for the exclusive one, which
  it gets when all other workers have ended;
- every finished test is counted. When the others have ended and not all quiet tests are
  finished, the run was cut short (-x, a crash): then nothing is disturbed any more.
"""

import fcntl
import os
from collections.abc import Generator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from labgen.system.wait import NotYet, until

MARK = "disturbs"
DEADLINE = 900.0  # seconds for all other tests; they take about one minute
DIRECTORY = pytest.StashKey[TemporaryDirectory[str]]()
INPUT = "labgen_turns"
NAMES = "disturbing"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: disturbs the cluster; runs alone and last")
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Turns(Path(config.workerinput[INPUT])))
        return
    distribution = getattr(config.option, "dist", "no")
    if distribution == "each":
        raise pytest.UsageError("--dist each would disturb the cluster from every worker at once")
    if distribution != "no":
        config.stash[DIRECTORY] = TemporaryDirectory(prefix="labgen-acceptance-")


def pytest_unconfigure(config: pytest.Config) -> None:
    directory = config.stash.get(DIRECTORY, None)
    if directory is not None:
        directory.cleanup()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell an xdist worker, before it starts, where all of them meet."""
    config, workerinput = node.config, node.workerinput  # type: ignore[attr-defined]
    workerinput[INPUT] = config.stash[DIRECTORY].name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    from acceptance.framework.plugins.scheduling import DisturbingLast  # noqa: PLC0415 - needs xdist

    return DisturbingLast(config, log, Path(config.stash[DIRECTORY].name) / NAMES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=disturbs)


def disturbs(item: pytest.Item) -> bool:
    return item.get_closest_marker(MARK) is not None


class Turns:
    """One worker's part: its lock, and the count of what is finished everywhere."""

    def __init__(self, directory: Path) -> None:
        self.names = directory / NAMES
        self.finished = directory / "finished"
        self.lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.alone = False

    def pytest_sessionstart(self) -> None:
        try:
            fcntl.flock(self.lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            pytest.exit("this worker was started anew while the cluster is being disturbed")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Before xdist tells the controller that this worker is ready to be given tests."""
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
            pytest.skip(f"the run was cut short: {finished} of {quiet} other tests have finished")

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
            raise NotYet("other workers have tests under way") from None
