"""Options, the check of the API before the first test, and the fixtures that all tests share."""

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from typing import Any

import pytest

from acceptance.framework import cluster as cluster_of
from acceptance.framework import preconditions
from acceptance.framework.clients import api as api_access
from acceptance.framework.clients import kubeconfig, machines
from acceptance.framework.clients.api import FAILURES, Api
from acceptance.framework.clients.machines import LocalEndpoint, On
from acceptance.framework.cluster import Cluster
from acceptance.framework.discovery.read_only import read_only
from acceptance.framework.errors import HARNESS
from acceptance.framework.preconditions import CLUSTER, LAB, LOCAL_ENDPOINT, ON, RUN
from acceptance.framework.workloads import namespaces, workload
from acceptance.framework.workloads.workload import Workload
from labgen.bundle.versions import release
from labgen.errors import LabgenError
from labgen.lab import store
from labgen.lab.lab import Lab, Machine
from labgen.system import search_path

pytest_plugins = [
    f"acceptance.framework.plugins.{plugin}"
    for plugin in (
        "exclusive",
        "experiments",
        "harness",
        "inventory",
        "power",
        "run",
        "summary",
        "tiers",
        "verdict",
    )
]

REACHED = pytest.StashKey[Api]()

# Fixture names that stand for one machine of the lab each: a test that takes one runs for all.
EACH: dict[str, Callable[[Cluster], Iterable[Machine]]] = {
    "machine": lambda cluster: cluster.machines,
    "control_plane": lambda cluster: cluster.control_planes,
    "worker": lambda cluster: cluster.workers,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("labgen")
    group.addoption("--lab", metavar="NAME", help="the lab to test, as labgen list shows it")
    words = "run the tests also if the API does not answer, for labs that are broken on purpose"
    group.addoption("--any-state", action="store_true", help=words)


def pytest_configure(config: pytest.Config) -> None:
    if config.option.help or config.option.version or config.option.markers:
        return
    search_path.complete()
    name = config.getoption("lab")
    if config.getoption("inventory"):
        return
    if not name:
        known = ", ".join(store.names()) or "none; labgen up ha-3x3 makes one"
        raise pytest.UsageError(f"--lab NAME is missing; labs: {known}")
    try:
        lab = config.stash[LAB] = store.load(name)
        config.stash[CLUSTER] = cluster_of.of_lab(lab)
        config.stash[ON], config.stash[LOCAL_ENDPOINT] = (
            machines.on(lab),
            preconditions.local_endpoint_of(lab),
        )
    except LabgenError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """End the run with one clear error when the API cannot be reached through the VIP."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly or LAB not in config.stash:
        return
    lab = config.stash[LAB]
    try:
        preconditions.ensure_reachable(lab)
    except (LabgenError, OSError) as error:
        pytest.exit(str(error), returncode=HARNESS)
    if config.getoption("any_state"):
        return
    try:
        config.stash[REACHED] = preconditions.through_vip(lab)
    except LabgenError as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.TESTS_FAILED)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove what the suite created, in the one process that outlives all xdist workers."""
    api = session.config.stash.get(REACHED, None)
    if api is None or _read_only(session.config):
        return
    try:
        namespaces.remove_all(api, session.config.stash[RUN])
    except FAILURES as error:
        session.config.issue_config_time_warning(
            pytest.PytestWarning(f"what the suite made was not removed: {error}"), stacklevel=1
        )


def _read_only(config: pytest.Config) -> bool:
    return bool(config.getoption("tier") == "smoke")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cluster = metafunc.config.stash[CLUSTER]
    for fixture, found in EACH.items():
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(fixture, list(found(cluster)), ids=lambda machine: machine.name)
    if "pair" in metafunc.fixturenames:
        pairs = list(permutations(cluster.machines, 2))
        metafunc.parametrize("pair", pairs, ids=[f"{a.name}-to-{b.name}" for a, b in pairs])


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Lab:
    if LAB not in request.config.stash:
        pytest.skip("this applies only to clusters that labgen built")
    return request.config.stash[LAB]


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """Return the cluster, as its scenario describes it or as it was discovered."""
    return request.config.stash[CLUSTER]


@pytest.fixture(scope="session")
def on(pytestconfig: pytest.Config) -> On:
    """Return on(NAME), the testinfra host of that machine."""
    return pytestconfig.stash[ON]


@pytest.fixture(scope="session")
def local_endpoint(pytestconfig: pytest.Config) -> LocalEndpoint:
    """Return local_endpoint(ADDRESS, PORT), by which that of the cluster is reached from here."""
    return pytestconfig.stash[LOCAL_ENDPOINT]


@pytest.fixture(scope="session")
def api(cluster: Cluster, pytestconfig: pytest.Config) -> Api:
    """Return the API through the VIP, as the administrator."""
    found = kubeconfig.credentials(cluster.kubeconfig)
    if cluster.server:
        found = kubeconfig.at(found, cluster.server)
    made = api_access.connect(found, read_only=_read_only(pytestconfig))
    return made if LAB in pytestconfig.stash else read_only(made)


@pytest.fixture(scope="session")
def nodes(api: Api) -> dict[str, dict[str, Any]]:
    """Return the API's Node objects by name."""
    return {node["metadata"]["name"]: node for node in api.items("/api/v1/nodes")}


@pytest.fixture(scope="session")
def pods(api: Api) -> list[dict[str, Any]]:
    """Return the API's Pod objects of all namespaces, as they were at the first use."""
    return api.items("/api/v1/pods")


@pytest.fixture(scope="session")
def running(lab: Lab, api: Api, pytestconfig: pytest.Config) -> Workload:
    """Return the suite's own pods, one on each machine, ready."""
    image = release(lab.scenario.kubernetes.version).workload_image
    nodes = {machine.name for machine in lab.machines}
    return workload.make(api, pytestconfig.stash[RUN], image, nodes)


@pytest.fixture(scope="module")
def own_namespace(request: pytest.FixtureRequest, api: Api) -> Iterator[str]:
    """Yield a namespace for the tests of one file. It is removed after them."""
    subject = request.path.stem.removeprefix("test_").replace("_", "-")
    with namespaces.namespace(api, request.config.stash[RUN], subject) as name:
        yield name
