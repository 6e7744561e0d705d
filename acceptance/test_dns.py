"""The cluster's names are resolved: for machines by the DNS Service, for pods from everywhere."""

from typing import Any

import pytest

from acceptance.framework.clients import dns, kube_proxy
from acceptance.framework.clients.api import Api
from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster
from acceptance.framework.workloads import connectivity
from acceptance.framework.workloads.connectivity import Answers
from acceptance.framework.workloads.workload import NAME, SERVICE_PORT, Workload, ready
from labgen.lab.lab import Machine

Pods = list[dict[str, Any]]
API_NAME = "kubernetes.default.svc"


@pytest.fixture(scope="module")
def servers(pods: Pods) -> list[Any]:
    """Return the pods of CoreDNS that are ready."""
    found = [p for p in pods if p["metadata"].get("labels", {}).get("k8s-app") == "kube-dns"]
    return [pod for pod in found if ready(pod)]


@pytest.fixture(scope="module")
def api_address(api: Api) -> str:
    return str(api.get("/api/v1/namespaces/default/services/kubernetes")["spec"]["clusterIP"])


@pytest.fixture(scope="module")
def api_name(cluster: Cluster) -> str:
    return f"{API_NAME}.{cluster.domain}"


@pytest.fixture(scope="module")
def service(running: Workload) -> str:
    """Return the Service's short name, which the search list of the pod's resolv.conf completes."""
    return f"{NAME}.{running.namespace}.svc:{SERVICE_PORT}"


@pytest.fixture(scope="module")
def answers(on: On, running: Workload, service: str) -> Answers:
    return connectivity.dial(on, running, [service], patience=kube_proxy.NEW_SERVICE)


@pytest.mark.smoke
def test_dns_servers_sit_on_two_machines(cluster: Cluster, servers: Pods) -> None:
    """Assert that the loss of one machine does not stop all DNS servers."""
    if len(cluster.machines) == 1:
        pytest.skip("there is only one machine")
    assert len({pod["spec"]["nodeName"] for pod in servers}) >= 2


@pytest.mark.smoke
def test_dns_service_answers_the_machine(
    on: On, api: Api, machine: Machine, api_name: str, api_address: str
) -> None:
    service = api.get("/api/v1/namespaces/kube-system/services/kube-dns")["spec"]["clusterIP"]
    assert dns.ask(on(machine.name), service, api_name).addresses == {api_address}


@pytest.mark.smoke
def test_every_dns_server_answers_the_machine(
    on: On, machine: Machine, servers: Pods, api_name: str, api_address: str
) -> None:
    """Query the pods' own addresses, because the Service would hide a dead server behind a living
    one."""
    assert servers
    for pod in servers:
        found = dns.ask(on(machine.name), pod["status"]["podIP"], api_name)
        assert found.addresses == {api_address}, pod["metadata"]["name"]


@pytest.mark.full
def test_pod_finds_the_service_by_its_name(
    on: On, machine: Machine, running: Workload, service: str, answers: Answers
) -> None:
    answer = answers[machine.name, service]
    if answer.pod is None:
        pytest.fail(f"{answer.reason}; {kube_proxy.explain(on(machine.name))}")
    assert answer.pod in {pod.name for pod in running.pods.values()}
