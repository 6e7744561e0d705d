"""A pytest plugin: the bench on which faults are measured, and what becomes of a measurement.

--record DIR keeps each as DIR/NAME.json, and all in DIR/report.html. A test that took one and
failed shows what happened, as lines in the order of time.
"""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from acceptance.framework.clients.api import Api
from acceptance.framework.clients.machines import On
from acceptance.framework.experiment.measured import Measured
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.observers.leader import PORT
from acceptance.framework.experiment.probes import contexts
from acceptance.framework.experiment.probes.task import Task
from acceptance.framework.workloads import namespaces, stream
from labgen.bundle.versions import release
from labgen.cluster.etcd import ETCD_PKI
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.recordings import recording
from labgen.report import page

# what kubeadm's own probes use against etcd, by the names that contexts.etcd reads
ETCD_FILES = {
    contexts.AUTHORITY: f"{ETCD_PKI}/ca.crt",
    contexts.CERTIFICATE: f"{ETCD_PKI}/healthcheck-client.crt",
    contexts.KEY: f"{ETCD_PKI}/healthcheck-client.key",
}
Keep = Callable[[str, Measured], Measured]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("labgen")
    group.addoption(
        "--record",
        metavar="DIR",
        help="keep each measured fault as DIR/NAME.json, and all in DIR/report.html",
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the page, in the one process that outlives all xdist workers."""
    directory = session.config.getoption("record")
    if hasattr(session.config, "workerinput") or not directory:
        return
    if any(Path(directory).glob("*.json")):
        page.write(Path(directory))


@pytest.fixture(scope="session")
def bench(lab: Lab, api: Api, on: On) -> Iterator[Bench]:
    """The lab with all that watches it, and pods that ask a Service on its workers."""
    if len(lab.control_planes) == 1:
        pytest.skip("one control plane: nothing can take over")
    image = release(lab.scenario.kubernetes.version).workload_image
    with (
        namespaces.namespace(api, "stream") as namespace,
        TemporaryDirectory(prefix="labgen-etcd-") as directory,
    ):
        _fetch(on(lab.control_planes[0].name), Path(directory))
        asking = stream.make(lab, api, namespace, image)
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
            pods=asking.pods,
            service=asking.service,
            service_port=asking.port,
        )
        yield Bench(lab, api, on, task, partial(stream.pods, lab, api, namespace))


@pytest.fixture(scope="session")
def keep(pytestconfig: pytest.Config) -> Keep:
    """keep(NAME, MEASURED) writes the recording where --record says, and returns it."""
    directory = pytestconfig.getoption("record")

    def kept(name: str, found: Measured) -> Measured:
        if directory:
            recording.write(found.recording, Path(directory) / f"{name}.json")
        return found

    return kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the timeline below a failure."""
    report = yield
    if report.failed and call.when == "call":
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Measured):
                report.sections.append(("what happened", value.timeline))
    return report


def _fetch(host: Any, directory: Path) -> None:
    """The files of etcd's client; the directory is for its owner's eyes only (0700)."""
    for name, path in ETCD_FILES.items():
        (directory / name).write_text(host.check_output("cat %s", path))
