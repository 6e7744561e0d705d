"""The nodes are the lab's machines: ready, with the right version and the right addresses."""

from ipaddress import IPv4Address
from typing import Any

import pytest

from acceptance.framework import version_skew
from acceptance.framework.clients.api import Api
from acceptance.framework.cluster import Cluster, known, of_machine
from acceptance.framework.workloads.workload import ready
from labgen.lab.lab import Machine
from labgen.scenario.model import Role

pytestmark = pytest.mark.smoke

Nodes = dict[str, dict[str, Any]]
CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane"


def test_nodes_are_the_machines_of_the_lab(cluster: Cluster, nodes: Nodes) -> None:
    """Check, for a discovered cluster, that every machine in the inventory is a node."""
    assert set(nodes) == cluster.nodes


def test_node_is_ready(nodes: Nodes, machine: Machine) -> None:
    assert ready(nodes[machine.name]), nodes[machine.name]["status"]["conditions"]


def test_node_runs_the_kubernetes_version_of_the_scenario(
    cluster: Cluster, api: Api, nodes: Nodes, machine: Machine
) -> None:
    """Check, for a discovered cluster, that the version is compatible with the control plane."""
    version = nodes[machine.name]["status"]["nodeInfo"]["kubeletVersion"]
    if cluster.skew:
        assert version_skew.misfit(version, api.get("/version")["gitVersion"]) is None
    else:
        assert version == known(cluster.version)


def test_node_has_the_address_of_its_machine(
    cluster: Cluster, nodes: Nodes, machine: Machine
) -> None:
    own = of_machine(cluster, cluster.own, machine)
    addresses = nodes[machine.name]["status"]["addresses"]
    internal = [entry["address"] for entry in addresses if entry["type"] == "InternalIP"]
    found = [IPv4Address(address) for address in internal if ":" not in address]
    assert found
    assert set(found) <= own


def test_node_has_the_role_of_its_machine(cluster: Cluster, nodes: Nodes, machine: Machine) -> None:
    role = of_machine(cluster, cluster.roles, machine)
    labels = nodes[machine.name]["metadata"]["labels"]
    assert (CONTROL_PLANE_LABEL in labels) == (role is Role.CONTROL_PLANE)
