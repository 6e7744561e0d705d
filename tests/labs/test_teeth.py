"""The acceptance suite bites: what it promises to notice makes it fail, and only until undone.

Runs on the lab that LABGEN_TEST_LAB names, in that lab's network namespace.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from acceptance.support import api as api_access
from acceptance.support import kubeconfig
from acceptance.support.api import FAILURES, MERGE, Api
from labgen.lab import access, store
from labgen.lab.lab import Lab, Machine
from labgen.system.parallel import gather
from labgen.system.run import Completed, run
from labgen.system.wait import NotYet, until

ROOT = Path(__file__).parents[2]
FLANNEL = "/apis/apps/v1/namespaces/kube-flannel/daemonsets/kube-flannel-ds"
FLANNEL_PODS = "/api/v1/namespaces/kube-flannel/pods"
HAPROXY = "/etc/haproxy/haproxy.cfg"


@pytest.fixture(scope="module")
def lab() -> Lab:
    name = os.environ.get("LABGEN_TEST_LAB")
    if not name:
        pytest.skip("LABGEN_TEST_LAB names no running lab")
    return store.load(name)


@pytest.fixture(scope="module")
def api(lab: Lab) -> Api:
    return api_access.connect(kubeconfig.credentials(lab.kubeconfig))


def suite(lab: Lab, report: Path, *files: str) -> Completed:
    """Run these files of the suite; nothing that disturbs is among them."""
    words = ["-p", "no:cacheprovider", "-q", "--tb=short", f"--junitxml={report}"]
    paths = [f"acceptance/{file}" for file in files]
    argv = [sys.executable, "-m", "pytest", *words, "--lab", lab.name, *paths]
    return run(argv, timeout=180, check=False, cwd=ROOT)


def failed(report: Path) -> set[str]:
    """The names of the failed tests, without their parameters."""
    cases = ET.parse(report).iter("testcase")  # noqa: S314 - pytest wrote it
    bad = [case for case in cases if case.find("failure") is not None]
    return {case.attrib["name"].partition("[")[0] for case in bad}


def passes_again(lab: Lab, report: Path, *files: str) -> None:
    """Wait until these files of the suite pass; what was undone needs some seconds to heal."""

    def look() -> None:
        completed = suite(lab, report, *files)
        if not completed.ok:
            raise NotYet(completed.stdout[-2000:])

    until(look, what="the suite passing after the undoing", timeout=120, interval=1)


def on_each(lab: Lab, machines: tuple[Machine, ...], *script: str) -> None:
    ssh = access.ssh(lab)
    words = ["sh", "-ec", "\n".join(script)]
    gather({m.name: partial(ssh.run, m.name, words, timeout=60) for m in machines})


@contextmanager
def flannel_off(lab: Lab, api: Api) -> Iterator[None]:
    """No flannel pod anywhere, and one machine without the interface."""
    try:
        _select_nodes(api, {"labgen.test/none": ""})
        until(lambda: _no_flannel_pods(api), what="the end of the flannel pods", timeout=60)
        on_each(lab, lab.machines[-1:], "ip link delete flannel.1")
        yield
    finally:
        _select_nodes(api, None)


def _select_nodes(api: Api, selector: dict[str, str] | None) -> None:
    patch = {"spec": {"template": {"spec": {"nodeSelector": selector}}}}
    api.send("PATCH", FLANNEL, patch, MERGE)


def _no_flannel_pods(api: Api) -> None:
    try:
        left = len(api.items(FLANNEL_PODS))
    except FAILURES as error:
        raise NotYet(str(error)) from error
    if left:
        raise NotYet(f"{left} are left")


@contextmanager
def haproxy_misconfigured(lab: Lab) -> Iterator[None]:
    """The last API server at a wrong port, in every master's HAProxy."""
    address = lab.control_planes[-1].address
    wrong = f"sed -i 's/{address}:6443/{address}:6444/'"
    try:
        on_each(lab, lab.control_planes, f"cp -p {HAPROXY} {HAPROXY}.good", f"{wrong} {HAPROXY}")
        on_each(lab, lab.control_planes, "systemctl reload haproxy")
        yield
    finally:
        restore = f"if [ -e {HAPROXY}.good ]; then mv {HAPROXY}.good {HAPROXY}; fi"
        on_each(lab, lab.control_planes, restore, "systemctl reload haproxy")


@contextmanager
def keepalived_stopped(lab: Lab) -> Iterator[None]:
    try:
        on_each(lab, lab.control_planes, "systemctl stop keepalived")
        yield
    finally:
        on_each(lab, lab.control_planes, "systemctl start keepalived")


def test_suite_fails_without_flannel(lab: Lab, api: Api, tmp_path: Path) -> None:
    report, files = tmp_path / "report.xml", ("test_flannel.py", "test_pod_network.py")
    with flannel_off(lab, api):
        completed = suite(lab, report, *files)
    assert completed.exit_code == pytest.ExitCode.TESTS_FAILED, completed.stdout
    expected = {
        "test_flannel_pod_is_ready",
        "test_flannel_interface_is_up_where_the_backend_has_one",
        "test_routes_lead_to_the_pods_of_every_other_node",
        "test_machine_reaches_the_pod_networks_of_all_others",
        "test_pod_reaches_pod",
    }
    assert failed(report) == expected
    passes_again(lab, report, *files)


def test_suite_fails_when_haproxy_is_misconfigured(lab: Lab, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    with haproxy_misconfigured(lab):
        completed = suite(lab, report, "test_load_balancer.py")
    assert completed.exit_code == pytest.ExitCode.TESTS_FAILED, completed.stdout
    assert failed(report) == {"test_haproxy_sees_all_api_servers_up"}
    passes_again(lab, report, "test_load_balancer.py")


def test_suite_fails_with_one_clear_error_when_keepalived_is_stopped(
    lab: Lab, tmp_path: Path
) -> None:
    report = tmp_path / "report.xml"
    with keepalived_stopped(lab):
        completed = suite(lab, report, "test_virtual_ip.py")
    assert completed.exit_code == pytest.ExitCode.TESTS_FAILED, completed.stdout
    said = completed.stdout + completed.stderr
    assert f"the API of lab {lab.name} does not answer at https://{lab.endpoint}" in said
    assert "the VIP is held by no machine" in said
    passes_again(lab, report, "test_virtual_ip.py")
