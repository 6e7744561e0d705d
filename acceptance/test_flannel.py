"""flannel runs on every machine and has laid the ways to all others."""

from typing import Any

from acceptance.support import machines
from acceptance.support.machines import On
from acceptance.support.workload import ready
from labgen.lab.lab import Lab, Machine

VXLAN = "flannel.1"  # flannel's interface for VXLAN network identifier 1, its default


def test_flannel_pod_is_ready(machine: Machine, pods: list[dict[str, Any]]) -> None:
    found = [
        pod
        for pod in pods
        if pod["metadata"]["labels"].get("app") == "flannel"
        and pod["spec"].get("nodeName") == machine.name
    ]
    assert [ready(pod) for pod in found] == [True], [pod["status"] for pod in found]


def test_flannel_interface_is_up_where_the_backend_has_one(
    lab: Lab, on: On, machine: Machine
) -> None:
    interface = on(machine.name).interface(VXLAN)
    assert interface.exists == (lab.scenario.kubernetes.cni.backend == "vxlan")
    if interface.exists:
        link = on(machine.name).check_output("ip -o link show %s", VXLAN)
        assert "UP" in link[link.index("<") : link.index(">")].strip("<").split(",")


def test_routes_lead_to_the_pods_of_every_other_node(
    lab: Lab, on: On, nodes: dict[str, dict[str, Any]], machine: Machine
) -> None:
    found = machines.routes(on(machine.name))
    for other in lab.machines:
        if other == machine:
            continue
        route = found.get(nodes[other.name]["spec"]["podCIDR"])
        assert route, f"{machine.name} has no route to the pods of {other.name}"
        if lab.scenario.kubernetes.cni.backend == "vxlan":
            assert route["dev"] == VXLAN
        else:
            assert route["gateway"] == str(other.address)
