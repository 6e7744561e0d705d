"""Packets go to what the user named, and to addresses with the same route."""

from ipaddress import IPv4Address

import pytest

from acceptance.framework.discovery import routing
from labgen.errors import LabgenError
from labgen.lab.lab import bridge
from labgen.system import route
from tests.unit.lab.samples import made

MASTER, NODE, TUNNEL = (IPv4Address(it) for it in ("10.1.0.3", "10.2.0.9", "127.0.0.1"))


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> dict[IPv4Address, str | None]:
    """Return the interface by which packets to each address leave."""
    found: dict[IPv4Address, str | None] = {MASTER: "eth0", NODE: "eth0", TUNNEL: "lo"}
    monkeypatch.setattr(route, "device", found.get)
    return found


def test_address_on_the_way_of_a_named_one_may_be_asked(
    ways: dict[IPv4Address, str | None],
) -> None:
    assert routing.alike([NODE], [MASTER]) == {str(NODE)}
    ways[NODE] = "wlan0"
    assert routing.alike([NODE, MASTER], [MASTER]) == {str(MASTER)}


def test_end_of_a_tunnel_here_says_nothing_of_other_ways(
    ways: dict[IPv4Address, str | None],
) -> None:
    ways[NODE] = "lo"
    assert routing.alike([NODE], [TUNNEL]) == frozenset()


def test_address_without_a_route_is_not_asked(ways: dict[IPv4Address, str | None]) -> None:
    ways[MASTER] = None
    with pytest.raises(LabgenError, match=r"there is no route to 10\.1\.0\.3; nothing was sent"):
        routing.ensure([MASTER])


def test_bridge_of_a_lab_of_ours_is_never_the_way(ways: dict[IPv4Address, str | None]) -> None:
    made("single", "demo")
    ways[MASTER] = bridge("demo")
    with pytest.raises(LabgenError, match="would reach lab demo") as caught:
        routing.ensure([NODE, MASTER])
    assert caught.value.hint == "to verify that lab: labgen verify demo"
