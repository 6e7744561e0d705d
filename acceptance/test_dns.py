"""Pods find Services by name, from every machine."""

from typing import Any

import pytest

from acceptance.support import conversation
from acceptance.support.conversation import Answer
from acceptance.support.machines import On
from acceptance.support.workload import NAME, NAMESPACE, SERVICE_PORT, Workload, ready
from labgen.lab.lab import Lab, Machine

# completed by the search list in the pod's resolv.conf, so it also tests that
SERVICE = f"{NAME}.{NAMESPACE}.svc:{SERVICE_PORT}"


@pytest.fixture(scope="module")
def answers(on: On, running: Workload) -> dict[tuple[str, str], Answer]:
    return conversation.dial(on, running, [SERVICE])


def test_pod_finds_the_service_by_its_name(
    machine: Machine, running: Workload, answers: dict[tuple[str, str], Answer]
) -> None:
    answer = answers[machine.name, SERVICE]
    assert answer.pod in {pod.name for pod in running.pods.values()}, answer.reason


def test_dns_servers_sit_on_two_machines(lab: Lab, pods: list[dict[str, Any]]) -> None:
    """One machine without power must not take all names with it."""
    if len(lab.machines) == 1:
        pytest.skip("the lab has one machine only")
    servers = [p for p in pods if p["metadata"]["labels"].get("k8s-app") == "kube-dns"]
    assert len({pod["spec"]["nodeName"] for pod in servers if ready(pod)}) >= 2
