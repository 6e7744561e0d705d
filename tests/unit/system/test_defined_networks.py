"""Networks that podman, Docker and libvirt have defined, as their own programs print them."""

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.system import defined_networks as defined
from labgen.system.defined_networks import DefinedNetwork, defined_networks
from labgen.system.process import CommandTimedOut, Completed
from tests.unit.system.stubs import stub

NETAVARK = [
    {
        "name": "ci",
        "network_interface": "podman1",
        "subnets": [
            {"subnet": "10.89.0.0/24", "gateway": "10.89.0.1"},
            {"subnet": "fd00:89::/64", "gateway": "fd00:89::1"},
        ],
    }
]
CNI = [
    {
        "name": "old",
        "plugins": [
            {
                "type": "bridge",
                "ipam": {"ranges": [[{"subnet": "10.89.4.0/24", "gateway": "10.89.4.1"}]]},
            }
        ],
    }
]
DOCKER = [
    {"Name": "host", "Id": "77", "IPAM": {"Config": []}, "Options": {}},
    {
        "Name": "shop",
        "Id": "0123456789abcdef",
        "IPAM": {"Config": [{"Subnet": "10.90.0.0/16"}]},
        "Options": None,
    },
    {
        "Name": "bridge",
        "Id": "99",
        "IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}]},
        "Options": {"com.docker.network.bridge.name": "docker0"},
    },
]
LIBVIRT = """\
<!-- a warning -->
<network>
  <name>default</name>
  <bridge name='virbr0' stp='on' delay='0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp>
  </ip>
  <ip family='ipv6' address='fd00::1' prefix='64'/>
</network>
<network>
  <name>lan</name>
  <ip address='10.91.0.1' prefix='20'/>
</network>
"""


def test_each_owner_is_named_with_its_ranges_and_bridge(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    networks = tmp_path / "networks"
    networks.mkdir()
    (networks / "default.xml").write_text(LIBVIRT)
    monkeypatch.setattr(defined, "READ", ("cat", str(networks / "default.xml")))
    stub(monkeypatch, tmp_path, "podman", f"echo '{json.dumps(NETAVARK + CNI)}'")
    body = f"case $* in *ls*) echo 1; echo 2 ;; *'inspect 1 2') echo '{json.dumps(DOCKER)}' ;; esac"
    docker = stub(monkeypatch, tmp_path, "docker", body)
    assert defined_networks() == (
        DefinedNetwork(IPv4Network("10.89.0.0/24"), "podman1", "podman's network ci"),
        DefinedNetwork(IPv4Network("10.89.4.0/24"), "", "podman's network old"),
        DefinedNetwork(IPv4Network("10.90.0.0/16"), "br-0123456789ab", "Docker's network shop"),
        DefinedNetwork(IPv4Network("172.17.0.0/16"), "docker0", "Docker's network bridge"),
        DefinedNetwork(IPv4Network("192.168.122.0/24"), "virbr0", "libvirt's network default"),
        DefinedNetwork(IPv4Network("10.91.0.0/20"), "", "libvirt's network lan"),
    )
    # another host's Docker, in DOCKER_HOST or in a context, is not asked
    assert {tuple(call[:2]) for call in docker.calls} == {("--host", "unix:///var/run/docker.sock")}


def test_networks_of_rootless_podman_are_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(defined, "READ", ("false",))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    podman = stub(monkeypatch, tmp_path, "podman", f"echo '{json.dumps(NETAVARK)}'")
    stub(monkeypatch, tmp_path, "docker", "exit 1")
    assert defined_networks() == ()
    assert podman.calls == []


@pytest.mark.parametrize("printed", ["", "null", "{}", "[3]", "Cannot connect to the daemon"])
def test_a_program_that_prints_something_else_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, printed: str
) -> None:
    monkeypatch.setattr(defined, "READ", ("false",))
    for name in ("podman", "docker"):
        stub(monkeypatch, tmp_path, name, f"echo '{printed}'; exit 1")
    assert defined_networks() == ()


def test_programs_that_are_missing_or_hang_have_none() -> None:
    def hangs(argv: tuple[str, ...], **_: object) -> Completed:
        if argv[0] == "docker":
            raise CommandTimedOut(argv, defined.TIMEOUT, "", "")
        return Completed(argv, 127, "", "No such file or directory")

    assert defined_networks(hangs) == ()
