"""Real labs in a namespace without a route to the outside; `tox -e e2e` or `python -m tests.e2e`
runs them."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labgen.lab import store
from labgen.lab.lab import Lab
from tests.e2e.support import bare_machines, runs
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.observations import seen
from tests.e2e.support.program import UP, labgen
from tests.e2e.support.runs import Run
from tests.e2e.support.virtual import NEEDED
from tests.unit.system import processes

# The tests of `make test` are marked quick. On the lab of six machines they are the part "ha".
HA = ("test_ha_3x3", "test_mutations", "test_experiments", "test_down")
QUICK = ("ha", "bare")
# The parts in which tools/test.sh runs all others, with their files; others has the rest.
REST = {
    # on a lab of six machines; nothing runs next to it while it measures
    "experiments": HA,
    # on a lab of six machines, too
    "faults": (
        *("test_faults", "test_checkpoints", "test_clones", "test_power_cut"),
        "test_former_holder",
    ),
    "existing": ("test_bare_machines", "test_existing_machines"),
    "scenarios": ("test_classic", "test_scenarios", "test_container_runtimes"),
    "exercises": ("test_exercises", "test_class"),
    "emulated": ("test_emulated_cluster",),
    "others": (),
}
PARTS = (*QUICK, *REST)
# In this order at the end: emulated machines take all cores there are. The big lab is brought up
# once, and the last file takes it down.
LATE = (
    *("test_provider_contract", "test_libvirt", "test_remote_hypervisor"),
    *REST["emulated"],
    *("test_ha_3x3", *REST["faults"]),
    *("test_mutations", "test_experiments", "test_down"),
)

OTHERS_END = 1800.0  # seconds for the parts that still run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--part", choices=PARTS, help="run only this part of the tests")
    words = "measure nothing before that process has ended; may be given more than once"
    parser.addoption("--after", metavar="PID", type=int, action="append", default=[], help=words)


def pytest_configure(config: pytest.Config) -> None:
    if runs.current() is None and not config.option.collectonly:
        raise pytest.UsageError("real labs run in a namespace of their own: python -m tests.e2e")
    config.addinivalue_line("markers", "quick: part of `make test`")
    config.addinivalue_line("markers", "slow: runs only with -m slow")
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
    if item.get_closest_marker("quick"):
        return "ha" if item.path.stem in (*HA, *REST["faults"]) else "bare"
    return next((part for part, files in REST.items() if item.path.stem in files), "others")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Print why a test failed immediately: the others may take half an hour."""
    if report.failed:
        sys.stdout.write(f"\n{report.longreprtext}\n")
        sys.stdout.flush()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the run if a test was skipped, because it proved nothing.

    Outside CI, tests of virtual machines may be skipped.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if not os.environ.get("CI"):
        skipped = [it for it in skipped if "no virtual machines" not in str(it.longrepr)]
    if exitstatus == pytest.ExitCode.OK and reporter and skipped:
        reporter.write_line("error: a test of real labs was skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def run_() -> Run:
    """Return this run, which creates the names of its labs."""
    found = runs.current()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def results() -> Path:
    """Return the directory for reports that people and .ci/run read."""
    directory = Path(__file__).parents[2] / "results"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def alone(request: pytest.FixtureRequest) -> None:
    """Wait for the processes of --after to end, because nothing may run next to a measurement."""
    others = request.config.option.after
    seen(lambda: not any(map(processes.runs, others)), "the end of other parts", within=OTHERS_END)


@pytest.fixture(scope="session")
def ha_3x3(run_: Run) -> Iterator[Lab]:
    """Bring up the lab of six machines once. test_down removes it; without that test, this fixture
    does."""
    name = run_.lab_name("ha")
    labgen("up", "ha-3x3", "--name", name, "--verbose", timeout=UP)
    lab = store.load(name)
    yield lab
    if name in store.names():
        labgen("down", name)
        assert leaks(lab) == []


@pytest.fixture(scope="module", autouse=True)
def lab_for_mutations(request: pytest.FixtureRequest) -> None:
    """Bring the lab up for test_mutations, which only knows its name, from LABGEN_TEST_LAB."""
    if request.path.stem == "test_mutations":
        request.getfixturevalue("ha_3x3")


@pytest.fixture(scope="session")
def uri(run_: Run) -> Iterator[str]:
    """Return the URI of a libvirt that only the tests use. Skip if it cannot run."""
    for module in ("libvirt", "vagrant"):
        pytest.importorskip(module, reason=NEEDED)
    from tests.e2e.support import hypervisor  # noqa: PLC0415 - needs them

    with hypervisor.running(run_.directory / "libvirt") as address:
        yield address


@pytest.fixture
def bare_network(run_: Run) -> Iterator[bare_machines.BareNetwork]:
    """Return a network to which a test adds bare machines. They are removed when it ends."""
    with bare_machines.network(run_) as made:
        yield made


@pytest.fixture
def labs_to_remove(run_: Run) -> Iterator[list[str]]:
    """Return a list for names of labs. They are removed after the test, whatever its result."""
    names: list[str] = []
    yield names
    for name in names:
        if name in store.names():
            labgen("down", name, check=False)
