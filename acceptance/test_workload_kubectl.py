"""kubectl exec, logs -f, port-forward and cp through the VIP, in quiet times."""

from pathlib import Path

import pytest

from acceptance.framework.clients.api import Api
from acceptance.framework.workloads import kubectl_ops
from acceptance.framework.workloads.kubectl_ops import Pod
from labgen.lab.lab import Lab

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def pod(lab: Lab, api: Api, own_namespace: str) -> Pod:
    return kubectl_ops.make(lab, api, own_namespace, lab.machines[-1])


def test_kubectl_exec_runs_a_command_in_a_pod(pod: Pod) -> None:
    kubectl_ops.execute(pod)


def test_kubectl_logs_follows_a_pod(pod: Pod) -> None:
    kubectl_ops.follow(pod)


def test_kubectl_port_forward_leads_to_the_pod(pod: Pod) -> None:
    kubectl_ops.forward(pod)


def test_kubectl_cp_copies_there_and_back(pod: Pod, tmp_path: Path) -> None:
    kubectl_ops.copy(pod, tmp_path)
