"""Real labs in a namespace with no way out; `tox -e labs` or `python -m tests.e2e` runs them."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labgen.lab import store
from labgen.lab.lab import Lab
from tests.e2e.support import bare_machines, runs
from tests.e2e.support.observations import seen
from tests.e2e.support.program import UP, labgen
from tests.e2e.support.runs import Run
from tests.e2e.support.virtual import NEEDED
from tests.unit.system import processes

# The parts in which `make test` runs them, see tools/test.sh; others has the rest.
PARTS = {
    # nothing runs beside it once it measures
    "measured": ("test_ha_3x3", "test_mutations", "test_down"),
    # on a lab of six machines, too
    "broken": ("test_faults",),
    "plain": ("test_bare_machines", "test_existing_machines"),
    "scenarios": ("test_classic", "test_scenarios"),
    "emulated": ("test_emulated_cluster",),
    "others": (),
}
# In this order at the end: emulated machines take all cores there are, and of the big lab, which is
# brought up once, the last file takes it down.
LATE = (
    *("test_provider_contract", "test_libvirt", "test_remote_hypervisor"),
    *PARTS["emulated"],
    *("test_ha_3x3", "test_faults", "test_mutations", "test_down"),
)

BESIDE = 1800.0  # seconds for the parts that still run beside it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--part", choices=PARTS, help="only these of the tests of real labs")
    says = "measure nothing before that process has ended; may be said more than once"
    parser.addoption("--after", metavar="PID", type=int, action="append", default=[], help=says)


def pytest_configure(config: pytest.Config) -> None:
    if runs.current() is None and not config.option.collectonly:
        raise pytest.UsageError("real labs run in a namespace of theirs: python -m tests.e2e")
    config.addinivalue_line("markers", "slow: left out unless asked for, by -m slow")
    # labs are taken down also when the run is told to end
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    part = config.option.part
    if part:
        left = [item for item in items if _part(item) != part]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _part(item) == part]
    names = [None, *LATE]
    items.sort(key=lambda item: names.index(item.path.stem) if item.path.stem in LATE else 0)


def _part(item: pytest.Item) -> str:
    return next((part for part, files in PARTS.items() if item.path.stem in files), "others")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Why a test failed is told at once: the others may take an hour."""
    if report.failed:
        sys.stdout.write(f"\n{report.longreprtext}\n")
        sys.stdout.flush()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A real lab that was skipped proves nothing: it fails the run. Where a person runs it, virtual
    machines may be missing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if not os.environ.get("CI"):
        skipped = [it for it in skipped if "no virtual machines" not in str(it.longrepr)]
    if exitstatus == pytest.ExitCode.OK and reporter and skipped:
        reporter.write_line("error: a test of real labs was skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def run_() -> Run:
    """This run, with its lab names."""
    found = runs.current()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def results() -> Path:
    """Where reports for people and for .ci/run go."""
    directory = Path(__file__).parents[2] / "results"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def alone(request: pytest.FixtureRequest) -> None:
    """Once the processes of --after have ended: nothing runs any more beside what measures."""
    others = request.config.option.after
    seen(lambda: not any(map(processes.runs, others)), "the end of other parts", within=BESIDE)


@pytest.fixture(scope="session")
def ha_3x3(run_: Run) -> Iterator[Lab]:
    """The lab of six machines, brought up once; test_down is what should take it down."""
    name = run_.lab_name("ha")
    labgen("up", "ha-3x3", "--name", name, "--verbose", timeout=UP)
    yield store.load(name)
    if name in store.names():
        labgen("down", name)


@pytest.fixture(scope="module", autouse=True)
def lab_of_the_teeth(request: pytest.FixtureRequest) -> None:
    """test_mutations finds its lab by LABGEN_TEST_LAB; it has to be up by then."""
    if request.path.stem == "test_mutations":
        request.getfixturevalue("ha_3x3")


@pytest.fixture(scope="session")
def uri(run_: Run) -> Iterator[str]:
    """A libvirt of the tests' own; without virtual machines the test is skipped."""
    for module in ("libvirt", "vagrant"):
        pytest.importorskip(module, reason=NEEDED)
    from tests.e2e.support import hypervisor  # noqa: PLC0415 - needs them

    with hypervisor.running(run_.directory / "libvirt") as address:
        yield address


@pytest.fixture
def plain_network(run_: Run) -> Iterator[bare_machines.PlainNetwork]:
    """Where a test adds plain machines; they go when it ends."""
    with bare_machines.network(run_) as made:
        yield made


@pytest.fixture
def taken_down(run_: Run) -> Iterator[list[str]]:
    """Names of labs that are taken down after the test, however it ended."""
    names: list[str] = []
    yield names
    for name in names:
        if name in store.names():
            labgen("down", name, check=False)
