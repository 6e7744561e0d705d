"""The nodes are the lab's machines: ready, of the right version, at their addresses."""

from typing import Any

import pytest

from acceptance.support.workload import ready
from labgen.lab.lab import Lab, Machine
from labgen.scenario.model import Role

pytestmark = pytest.mark.smoke

Nodes = dict[str, dict[str, Any]]
CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane"


def test_nodes_are_the_machines_of_the_lab(lab: Lab, nodes: Nodes) -> None:
    assert set(nodes) == {machine.name for machine in lab.machines}


def test_node_is_ready(nodes: Nodes, machine: Machine) -> None:
    assert ready(nodes[machine.name]), nodes[machine.name]["status"]["conditions"]


def test_node_runs_the_kubernetes_version_of_the_scenario(
    lab: Lab, nodes: Nodes, machine: Machine
) -> None:
    info = nodes[machine.name]["status"]["nodeInfo"]
    assert info["kubeletVersion"] == lab.scenario.kubernetes.version


def test_node_has_the_address_of_its_machine(nodes: Nodes, machine: Machine) -> None:
    addresses = nodes[machine.name]["status"]["addresses"]
    internal = [entry["address"] for entry in addresses if entry["type"] == "InternalIP"]
    assert internal == [str(machine.address)]


def test_node_has_the_role_of_its_machine(nodes: Nodes, machine: Machine) -> None:
    labels = nodes[machine.name]["metadata"]["labels"]
    assert (CONTROL_PLANE_LABEL in labels) == (machine.role is Role.CONTROL_PLANE)
