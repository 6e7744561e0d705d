"""A pytest plugin: the testbed for experiments, and the output of their results.

--record DIR writes each recording to DIR/NAME.json, and a page with all of them to DIR/report.html.
A failed test shows the events of its experiment, in the order of time.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from acceptance.framework.clients.api import Api
from acceptance.framework.clients.machines import On
from acceptance.framework.experiment.observers.leader import PORT
from acceptance.framework.experiment.probes import contexts
from acceptance.framework.experiment.probes.protocol import Task
from acceptance.framework.experiment.result import Result
from acceptance.framework.experiment.stash import FIGURES
from acceptance.framework.experiment.testbed import Testbed
from acceptance.framework.preconditions import RUN
from acceptance.framework.workloads import namespaces, stream
from labgen.bundle.versions import release
from labgen.cluster.etcd import ETCD_PKI
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.recordings import recording
from labgen.report import figures_text, page

# kubeadm's own client of etcd, by the names that contexts.etcd reads
ETCD_FILES = {
    contexts.AUTHORITY: f"{ETCD_PKI}/ca.crt",
    contexts.CERTIFICATE: f"{ETCD_PKI}/healthcheck-client.crt",
    contexts.KEY: f"{ETCD_PKI}/healthcheck-client.key",
}
Save = Callable[[str, Result], Result]
RecordFigures = Callable[[str, Result], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("labgen")
    group.addoption(
        "--record",
        metavar="DIR",
        help="write each recording to DIR/NAME.json, and a page with all of them to "
        "DIR/report.html",
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the page, in the one process that outlives all xdist workers."""
    directory = session.config.getoption("record")
    if hasattr(session.config, "workerinput") or not directory:
        return
    if any(Path(directory).glob("*.json")):
        page.write(Path(directory))


@pytest.fixture(scope="session")
def testbed(lab: Lab, api: Api, on: On, pytestconfig: pytest.Config) -> Iterator[Testbed]:
    """Yield the lab with all its observers, and with pods that query a Service."""
    if len(lab.control_planes) == 1:
        pytest.skip("one control plane: nothing can take over")
    image = release(lab.scenario.kubernetes.version).workload_image
    with (
        namespaces.namespace(api, pytestconfig.stash[RUN], "stream") as namespace,
        TemporaryDirectory(prefix="labgen-etcd-") as directory,
    ):
        _fetch(on(lab.control_planes[0].name), Path(directory))
        clients = stream.make(lab, api, namespace, image)
        local_endpoint = {
            str(m.address): access.local_endpoint(lab, m.address, PORT) for m in lab.control_planes
        }
        task = Task(
            kubeconfig=str(lab.kubeconfig),
            ssh_config=str(lab.ssh_config),
            vip=str(lab.vip),
            masters={machine.name: str(machine.address) for machine in lab.control_planes},
            etcd=directory,
            local_endpoint=local_endpoint,
            pods=clients.pods,
            service=clients.service,
            service_port=clients.port,
        )
        yield Testbed(lab, api, on, task, partial(stream.pods, lab, api, namespace))


@pytest.fixture(scope="session")
def save(pytestconfig: pytest.Config) -> Save:
    """Return save(NAME, RESULT), which writes the recording to the directory of --record."""
    directory = pytestconfig.getoption("record")

    def saved(name: str, result: Result) -> Result:
        if directory:
            recording.write(result.recording, Path(directory) / f"{name}.json")
        return result

    return saved


@pytest.fixture
def record_figures(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> RecordFigures:
    """Return record_figures(NAME, RESULT): figures for the summary and for the JUnit report."""

    def recorded(name: str, result: Result) -> None:
        figures = result.recording.figures
        request.node.stash[FIGURES] = {name: [asdict(figure) for figure in figures]}
        for figure in figures:
            record_property(f"{name}: {figure.name}", figures_text.judged(figure))

    return recorded


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the timeline below a failure."""
    report = yield
    if report.failed and call.when == "call":
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Result):
                report.sections.append(("what happened", value.timeline))
    return report


def _fetch(host: Any, directory: Path) -> None:
    """Copy the files of etcd's client to a directory that only its owner can read (0700)."""
    for name, path in ETCD_FILES.items():
        (directory / name).write_text(host.check_output("cat %s", path))
