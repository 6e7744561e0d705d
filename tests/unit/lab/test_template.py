"""A lab made from another one's checkpoint has that one's numbers in a subnet of its own."""

from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.lab import allocation, store, subnets
from labgen.lab.allocation import Template
from labgen.lab.lab import Lab, Origin
from labgen.scenario.host_environment import Route
from tests.unit.lab.samples import made, scenario

ORIGIN = Origin(Path("/cache/disks/first-1a2b/.checkpoints/good"), "first/good")
WARM = Origin(Path("/cache/warm/1a2b"))


def _clone(like: Lab, name: str = "clone", origin: Origin = ORIGIN) -> Lab:
    return store.make(like.scenario, name, "container", Template(like, origin))


def _offsets(lab: Lab) -> list[int]:
    addresses = [lab.vip, *(machine.address for machine in lab.machines)]
    return [int(address) - int(lab.subnet.network_address) for address in addresses]


@pytest.mark.parametrize("origin", [ORIGIN, WARM])
def test_a_copy_has_the_numbers_of_the_first_in_another_subnet(origin: Origin) -> None:
    first = made("ha-3x3", name="first")
    copy = _clone(first, origin=origin)
    assert not copy.subnet.overlaps(first.subnet)
    assert (_offsets(copy), copy.router_id) == (_offsets(first), first.router_id)
    assert copy.id != first.id
    assert store.load("clone") == copy
    assert copy.origin == origin


@pytest.mark.parametrize(
    ("subnet", "vip", "next_one"),
    [
        ("10.90.4.0/24", "10.90.4.99", "10.89.0.0/24"),
        ("10.90.4.0/26", "10.90.4.60", "10.89.0.0/26"),
        ("10.90.0.0/20", "10.90.9.9", "10.128.0.0/20"),
    ],
)
def test_a_subnet_that_the_scenario_names_is_used_once(
    subnet: str, vip: str, next_one: str
) -> None:
    named = (f"network.subnet={subnet}", f"network.vip={vip}")
    first = made("ha-3x3", name="first", overrides=named)
    copy = _clone(first)
    assert copy.subnet == IPv4Network(next_one)
    assert _offsets(copy) == _offsets(first)
    store.remove(first)
    assert _clone(first, "other").subnet == first.subnet
    with pytest.raises(UsageError, match=rf"network.subnet {subnet} overlaps"):
        _clone(first, "warm", WARM)


def test_a_subnet_that_the_host_routes_elsewhere_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = made("single", name="first", overrides=("network.subnet=10.90.4.0/24",))
    store.remove(first)
    route = Route(IPv4Network("10.90.0.0/16"), "tun0")
    monkeypatch.setattr(allocation, "host_routes", lambda: (route,))
    assert _clone(first).subnet == IPv4Network("10.89.0.0/24")


def test_a_copy_is_pending_until_all_its_machines_were_made() -> None:
    first = made(name="first")
    copy = _clone(first)
    assert (store.is_pending(first), store.is_pending(copy)) == (False, True)
    assert store.is_pending(_clone(first))  # the same again
    store.finish_making(copy)
    assert not store.is_pending(_clone(first))


def test_a_copy_that_cannot_be_made_becomes_a_lab_that_is_built_from_scratch() -> None:
    copy = _clone(made(name="first"), origin=WARM)
    cold = store.without_origin(copy)
    assert cold == replace(copy, origin=None)
    assert (store.load("clone"), store.is_pending(cold)) == (cold, False)


def test_a_copy_whose_scenario_is_not_here_comes_up_again_by_its_checkpoint() -> None:
    first = made(name="first")
    assert _clone(first).up_command == "labgen up single --name clone"
    foreign = replace(scenario("single"), source=Path("/of/another/host.yaml"))
    copy = replace(_clone(first), scenario=foreign)
    assert copy.up_command == "labgen up --from first/good --name clone"
    same = replace(copy, origin=replace(ORIGIN, same_certificates=True))
    assert same.up_command == f"{copy.up_command} --same-certificates"


def test_a_copy_is_created_again_from_its_checkpoint_and_not_from_scratch() -> None:
    first = made(name="first", overrides=("network.subnet=10.90.4.0/24",))
    again = "labgen up --from first/good --name clone"
    assert _clone(first).create_command == again
    assert subnets.remedy(_clone(first)).endswith(f": labgen down clone && {again}")
    assert first.create_command == first.up_command
