"""Pods reach each other, whichever machines they run on."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from acceptance.framework.clients.machines import On
from acceptance.framework.workloads import connectivity
from acceptance.framework.workloads.connectivity import Answers
from acceptance.framework.workloads.workload import PORT, Workload
from labgen.lab.lab import Machine

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def answers(on: On, running: Workload) -> Answers:
    """Return every pod's answer to every pod, queried once for all pairs."""
    targets = [f"{pod.address}:{PORT}" for pod in running.pods.values()]
    return connectivity.dial(on, running, targets)


def test_pod_reaches_pod(
    pair: tuple[Machine, Machine], running: Workload, answers: Answers
) -> None:
    asking, asked = pair
    target = running.pods[asked.name]
    answer = answers[asking.name, f"{target.address}:{PORT}"]
    assert answer.pod == target.name, answer.reason


def test_pod_has_an_address_of_its_nodes_range(
    machine: Machine, running: Workload, nodes: dict[str, dict[str, Any]]
) -> None:
    address = IPv4Address(running.pods[machine.name].address)
    assert address in IPv4Network(nodes[machine.name]["spec"]["podCIDR"])
