"""route: the route of packets is looked up before any is sent."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from labgen.errors import HostUnfit, LabgenError
from labgen.system import route
from tests.unit.system.stubs import Stub, stub

MACHINE = IPv4Address("10.89.0.3")
ON_THE_BRIDGE = "10.89.0.3 dev lab01234567 src 10.89.0.1 uid 0 \\    cache"
BY_DEFAULT_ROUTE = "10.89.0.3 via 192.0.2.1 dev eth0 src 192.0.2.7 uid 0 \\    cache"


@pytest.fixture
def ip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Stub:
    """Return an ip that prints the test's parameter; empty stands for no route."""
    body = f"printf '%s\\n' '{request.param}'" if request.param else "exit 2"
    return stub(monkeypatch, tmp_path, "ip", body)


@pytest.mark.parametrize(
    ("ip", "device"),
    [(ON_THE_BRIDGE, "lab01234567"), (BY_DEFAULT_ROUTE, "eth0"), ("", None)],
    indirect=["ip"],
)
def test_the_device_is_the_one_the_kernel_would_use(ip: Stub, device: str | None) -> None:
    assert route.device(MACHINE) == device
    assert ip.calls == [["-o", "route", "get", "10.89.0.3"]]


@pytest.mark.parametrize("ip", [ON_THE_BRIDGE], indirect=True)
def test_the_labs_own_bridge_is_good(ip: Stub) -> None:
    route.ensure_through("lab01234567", MACHINE, hint="")


@pytest.mark.parametrize(
    ("ip", "seen"),
    [(BY_DEFAULT_ROUTE, "they would leave by eth0"), ("", "there is no route")],
    indirect=["ip"],
)
def test_any_other_way_is_refused_before_a_packet_is_sent(ip: Stub, seen: str) -> None:
    with pytest.raises(LabgenError) as refused:
        route.ensure_through("lab01234567", MACHINE, hint="labgen start x")
    assert refused.value.hint == "labgen start x"
    assert refused.value.message == (
        f"packets to 10.89.0.3 do not go through the lab's own bridge lab01234567: {seen}; "
        "nothing was sent"
    )


def test_a_route_that_cannot_be_read_in_time_is_a_matter_of_this_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ip", "sleep 30")
    monkeypatch.setattr(route, "TIMEOUT", 0.2)
    with pytest.raises(HostUnfit, match=r"could not be read: ip route get gave no answer within"):
        route.device(MACHINE)


def test_a_missing_ip_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HostUnfit, match="there is no program ip on PATH"):
        route.device(MACHINE)
