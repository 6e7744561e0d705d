"""Machines, the VIP and labs get the expected addresses."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from labgen.errors import HostUnfit, LabgenError
from labgen.scenario import catalog
from labgen.scenario.addresses import (
    free_router_id,
    free_subnet,
    machine_addresses,
    vip_address,
)
from labgen.scenario.host_environment import HostEnvironment, Route
from labgen.scenario.load import load
from labgen.scenario.model import Scenario
from labgen.scenario.routes import host_routes, parse_routes


def scenario(*overrides: str, path: str = "ha-3x3") -> Scenario:
    return load(catalog.find(path), overrides=overrides, host_environment=HostEnvironment())


def test_machines_follow_each_other_and_the_vip_has_244() -> None:
    subnet = IPv4Network("10.89.50.0/24")
    addresses = machine_addresses(scenario(), subnet)
    assert list(addresses) == ["master1", "master2", "master3", "node1", "node2", "node3"]
    assert addresses["master1"] == IPv4Address("10.89.50.3")
    assert addresses["node3"] == IPv4Address("10.89.50.8")
    assert vip_address(scenario(), subnet) == IPv4Address("10.89.50.244")


@pytest.mark.parametrize(
    ("subnet", "machines", "vip"),
    [
        ("10.0.0.0/16", 6, "10.0.0.244"),
        ("10.0.0.0/25", 6, "10.0.0.126"),
        ("10.0.0.0/28", 6, "10.0.0.14"),
        ("10.0.0.0/28", 12, "10.0.0.2"),
        ("10.0.0.0/24", 245, "10.0.0.254"),
        ("10.0.0.0/24", 252, "10.0.0.2"),
    ],
)
def test_vip_takes_the_last_free_address_where_244_is_none(
    subnet: str, machines: int, vip: str
) -> None:
    workers = machines - 3
    lab = scenario(f"machines[1].count={workers}", f"network.subnet={subnet}")
    assert vip_address(lab, IPv4Network(subnet)) == IPv4Address(vip)
    assert IPv4Address(vip) not in machine_addresses(lab, IPv4Network(subnet)).values()


def test_the_scenarios_own_vip_is_kept() -> None:
    lab = scenario("network.subnet=10.0.0.0/24", "network.vip=10.0.0.99")
    assert vip_address(lab, IPv4Network("10.0.0.0/24")) == IPv4Address("10.0.0.99")


def test_subnet_without_room_is_an_error_and_no_wrong_address() -> None:
    with pytest.raises(LabgenError, match="has no host number 7"):
        machine_addresses(scenario(), IPv4Network("10.0.0.0/29"))
    with pytest.raises(LabgenError, match="no address left for the VIP"):
        vip_address(scenario("network.firstHost=2"), IPv4Network("10.0.0.0/29"))


def test_free_subnet_is_the_first_that_touches_nothing() -> None:
    assert free_subnet([]) == IPv4Network("10.89.0.0/24")
    taken = [IPv4Network("10.89.0.0/24"), IPv4Network("10.89.1.128/25"), IPv4Network("0.0.0.0/8")]
    assert free_subnet(taken) == IPv4Network("10.89.2.0/24")
    assert free_subnet([IPv4Network("10.88.0.0/15")]) == IPv4Network("10.90.0.0/24")


def test_free_subnet_says_so_when_there_is_none() -> None:
    with pytest.raises(LabgenError, match=r"no /24 between .* is free") as caught:
        free_subnet([IPv4Network("10.0.0.0/8")])
    assert "network.subnet=" in str(caught.value.hint)


def test_router_ids_go_from_1_to_255() -> None:
    assert free_router_id([]) == 1
    assert free_router_id({1, 2, 4}) == 3
    assert free_router_id(range(1, 255)) == 255
    with pytest.raises(LabgenError, match="all 255"):
        free_router_id(range(1, 256))


def test_routes_of_the_host_leave_out_what_is_no_obstacle() -> None:
    assert parse_routes(Path("routes.json").read_text()) == (
        Route(IPv4Network("192.0.2.0/24"), "eth0"),
        Route(IPv4Network("198.51.100.7/32"), "tun0"),
        Route(IPv4Network("203.0.113.0/24"), "several devices"),
    )
    assert parse_routes("") == ()


def test_a_host_without_iproute2_is_unfit_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HostUnfit) as unfit:
        host_routes()
    assert unfit.value.hint == "apt-get install iproute2"
