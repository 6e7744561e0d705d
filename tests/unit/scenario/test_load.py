"""Good scenarios are loaded with the values of the file and with every default."""

import time
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from labgen.scenario import catalog
from labgen.scenario.document import read
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from labgen.scenario.model import (
    BoxSpec,
    Cni,
    Haproxy,
    Keepalived,
    LoadBalancer,
    MachineSpec,
    NetworkSpec,
    ProviderSpec,
    Role,
    Timings,
)
from labgen.scenario.profiles import FAST, STANDARD


@pytest.mark.parametrize(
    ("name", "control_planes", "workers"),
    [
        ("ha-3x3", 3, 3),
        ("ha-3x0", 3, 0),
        ("ha-5x2", 5, 2),
        ("single", 1, 0),
        ("onprem-classic", 3, 3),
    ],
)
def test_scenarios_that_come_with_labgen_load(
    name: str, control_planes: int, workers: int, host_environment: HostEnvironment
) -> None:
    scenario = load(catalog.find(name), host_environment=host_environment)
    roles = [machine.role for machine in scenario.machines]
    assert scenario.name == name
    assert scenario.description
    assert roles == [Role.CONTROL_PLANE] * control_planes + [Role.WORKER] * workers


def test_machines_are_numbered_from_first_host_in_file_order(
    host_environment: HostEnvironment,
) -> None:
    scenario = load(catalog.find("ha-3x3"), host_environment=host_environment)
    assert [(machine.name, machine.host_number) for machine in scenario.machines] == [
        ("master1", 3),
        ("master2", 4),
        ("master3", 5),
        ("node1", 6),
        ("node2", 7),
        ("node3", 8),
    ]


def test_name_and_machines_are_enough(host_environment: HostEnvironment) -> None:
    scenario = load(Path("good/minimal.yaml"), host_environment=host_environment)
    assert scenario.kubernetes.version == "v1.37.2"
    assert scenario.kubernetes.pod_subnet == IPv4Network("10.244.0.0/16")
    assert scenario.kubernetes.service_subnet == IPv4Network("10.96.0.0/12")
    assert scenario.kubernetes.cni == Cni("flannel", "vxlan")
    assert scenario.network == NetworkSpec(None, None, first_host=3, api_port=8443)
    assert scenario.load_balancer.profile == "fast"
    assert scenario.load_balancer == LoadBalancer("fast", FAST, control_planes=1)
    assert scenario.machines == (
        MachineSpec("master1", Role.CONTROL_PLANE, host_number=3, cpus=2, memory=2048, disk=20),
    )
    assert scenario.provider.name == "auto"


def test_every_value_can_be_set(host_environment: HostEnvironment) -> None:
    scenario = load(Path("good/everything-set.yaml"), host_environment=host_environment)
    assert scenario.kubernetes.version == "v1.36.4"
    assert scenario.kubernetes.pod_subnet == IPv4Network("100.70.0.0/16")
    assert scenario.kubernetes.service_subnet == IPv4Network("100.80.0.0/20")
    assert scenario.kubernetes.cni.backend == "host-gw"
    assert scenario.network == NetworkSpec(
        IPv4Network("192.168.50.0/24"), IPv4Address("192.168.50.200"), first_host=10, api_port=9443
    )
    assert scenario.load_balancer.timings == Timings(
        advert_interval=2000,
        script_interval=2000,
        script_timeout=5000,
        script_fall=3,
        script_rise=4,
        connect_timeout=1500,
        check_timeout=1,
        check_interval=3000,
        fast_interval=4000,
        down_interval=5000,
        rise=6,
        fall=7,
        retries=0,
        slowdown=2,
        gap_limit=60_000,
    )
    assert scenario.kubernetes.certificates == "copy"
    assert scenario.load_balancer.direct
    assert scenario.load_balancer.keepalived == Keepalived(
        vrrp_version=2,
        peers="multicast",
        authentication="PASS",
        priorities=(254, 100, 99, 2, 1),
        track_script="none",
        safeguards=False,
    )
    assert scenario.load_balancer.haproxy == Haproxy(
        bind=("machine", "*", "127.0.0.1"),
        check="tcp",
        slow_start=1500,
        maxconn=250,
        maxqueue=256,
        weight=100,
        log="tcplog",
        safeguards=False,
    )
    assert scenario.provider == ProviderSpec(
        "libvirt",
        "qemu+ssh://root@hv/system?keyfile=k",
        BoxSpec("example/site", "3.1", "file:///srv/boxes/site.box", "admin"),
    )
    assert scenario.machines[2] == MachineSpec("cp-3", Role.CONTROL_PLANE, 12, 4, 1700, 512)
    assert scenario.machines[14] == MachineSpec("112", Role.WORKER, 24, 1, 512, 1)
    assert scenario.machines[16].name == "cp2"


def test_merge_keys_add_what_a_mapping_does_not_have(host_environment: HostEnvironment) -> None:
    scenario = load(Path("good/merge-keys.yaml"), host_environment=host_environment)
    assert [machine.name for machine in scenario.machines][3:] == ["node1", "node2", "storage1"]
    worker, storage = scenario.machines[3], scenario.machines[5]
    assert (worker.role, worker.cpus, worker.memory, worker.disk) == (Role.WORKER, 4, 4096, 20)
    assert (storage.role, storage.cpus, storage.memory, storage.disk) == (Role.WORKER, 4, 4096, 40)


def test_merge_keys_of_merge_keys_are_read_in_no_time() -> None:
    """Nine times nine times ... ten times over, as in a "billion laughs"."""
    lines = ["a0: &a0 {k: 1, l: 2}"]
    for level in range(1, 9):
        sources = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} {{<<: [{sources}], l: {level}}}")
    begin = time.monotonic()
    document = read("\n".join(lines))
    assert time.monotonic() - begin < 5
    assert isinstance(document.data, dict)
    assert (document.data["a8"], document.diagnostics) == ({"l": 8, "k": 1}, ())


def test_one_timing_replaces_one_value_of_the_profile(host_environment: HostEnvironment) -> None:
    scenario = load(
        Path("good/minimal.yaml"),
        overrides=("loadBalancer.profile=standard", "loadBalancer.timings.fall=9"),
        host_environment=host_environment,
    )
    timings = scenario.load_balancer.timings
    assert timings.fall == 9
    assert timings.gap_limit == STANDARD.gap_limit == 10_000


def test_a_lab_on_another_host_may_have_what_this_one_reaches_otherwise(
    host_environment: HostEnvironment,
) -> None:
    elsewhere = ("provider.name=libvirt", "provider.uri=qemu+ssh://root@bighost/system")
    overrides = ("network.subnet=192.168.7.0/24", *elsewhere)
    scenario = load(catalog.find("single"), overrides=overrides, host_environment=host_environment)
    assert scenario.network.subnet == IPv4Network("192.168.7.0/24")
