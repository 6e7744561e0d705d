"""Every machine reaches Services, by the rules of its kube-proxy."""

from ipaddress import IPv4Address
from typing import Any

import pytest

from acceptance.framework.clients import https_from_machine, kube_proxy
from acceptance.framework.clients.api import Api
from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster, known
from acceptance.framework.workloads.workload import SERVICE_PORT, Workload
from labgen.lab.lab import Lab, Machine

API_SERVICE = "/api/v1/namespaces/default/services/kubernetes"
API_SLICE = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"


@pytest.fixture(scope="module")
def api_service(api: Api) -> dict[str, Any]:
    """Return the Service through which pods reach the API."""
    spec: dict[str, Any] = api.get(API_SERVICE)["spec"]
    return spec


@pytest.mark.smoke
def test_service_of_the_api_has_an_address_of_the_service_subnet(
    cluster: Cluster, api_service: dict[str, Any]
) -> None:
    assert IPv4Address(api_service["clusterIP"]) in known(cluster.service_subnet)


@pytest.mark.smoke
def test_service_of_the_api_leads_to_every_api_server(cluster: Cluster, api: Api) -> None:
    serving = [it for it in api.get(API_SLICE)["endpoints"] if it["conditions"]["ready"]]
    found = [address for endpoint in serving for address in endpoint["addresses"]]
    assert sorted(found) == sorted(it.rpartition(":")[0] for it in cluster.places.values())


@pytest.mark.smoke
def test_service_of_the_api_is_reached_from_the_node(
    on: On, machine: Machine, api_service: dict[str, Any]
) -> None:
    place = f"{api_service['clusterIP']}:{api_service['ports'][0]['port']}"
    assert https_from_machine.of_api(on(machine.name), place) == "ok"


@pytest.mark.full
def test_service_has_an_address_of_the_service_subnet(lab: Lab, running: Workload) -> None:
    assert IPv4Address(running.service) in lab.scenario.kubernetes.service_subnet


@pytest.mark.full
def test_service_is_reached_from_the_node(on: On, machine: Machine, running: Workload) -> None:
    url = f"http://{running.service}:{SERVICE_PORT}/hostname"
    # until kube-proxy has its rules, a new Service is refused or does not answer
    patient = f"--retry 100 --retry-delay 1 --retry-max-time {kube_proxy.NEW_SERVICE:.0f}"
    answer = on(machine.name).run(
        f"curl -sS --noproxy '*' --max-time 5 {patient} --retry-all-errors %s", url
    )
    if answer.rc != 0:
        last = answer.stderr.strip().splitlines()[-1]
        pytest.fail(f"{last}; {kube_proxy.explain(on(machine.name))}")
    assert answer.stdout in {pod.name for pod in running.pods.values()}
