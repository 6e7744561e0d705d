"""A Service is reached from every machine, by kube-proxy's rules there."""

from ipaddress import IPv4Address

from acceptance.support.machines import On
from acceptance.support.workload import SERVICE_PORT, Workload
from labgen.lab.lab import Lab, Machine


def test_service_has_an_address_of_the_service_subnet(lab: Lab, running: Workload) -> None:
    assert IPv4Address(running.service) in lab.scenario.kubernetes.service_subnet


def test_service_is_reached_from_the_node(on: On, machine: Machine, running: Workload) -> None:
    url = f"http://{running.service}:{SERVICE_PORT}/hostname"
    answer = on(machine.name).run("curl -sS --max-time 5 %s", url)
    assert answer.rc == 0, answer.stderr
    assert answer.stdout in {pod.name for pod in running.pods.values()}
