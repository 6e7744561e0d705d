"""The host that all of these tests load scenarios on."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.scenario.host_environment import HostEnvironment, Route

HERE = Path(__file__).parent


@pytest.fixture
def host_environment() -> HostEnvironment:
    """Return a bundle with two versions, on a host with two routes."""
    return HostEnvironment(
        known_versions=("v1.36.4", "v1.37.2"),
        routes=(
            Route(IPv4Network("192.168.7.0/24"), "eth0"),
            Route(IPv4Network("172.16.0.0/12"), "tun0"),
        ),
    )


@pytest.fixture(autouse=True)
def in_this_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the directory, so that relative paths in messages are as the user gave them."""
    monkeypatch.chdir(HERE)
