"""What a relocation makes of one lab's files is what `up` renders for the other lab."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.lab import allocation
from labgen.lab.allocation import Template
from labgen.lab.keys import JoinSecrets
from labgen.lab.lab import Lab, Machine, Origin
from labgen.relocation import relocate
from labgen.relocation.addresses import Addresses
from labgen.render.files import File, Images, payload
from labgen.system import host
from tests.unit.lab.samples import scenario

FIRST = JoinSecrets("aaaaaa.aaaaaaaaaaaaaaaa", "1a" * 32)
SECOND = JoinSecrets("bbbbbb.bbbbbbbbbbbbbbbb", "2b" * 32)


def _payload(lab: Lab, machine: Machine, secrets: JoinSecrets) -> dict[str, File]:
    images = Images(sandbox="pause", flannel="flannel")
    return payload(lab, machine, host.adapt(host.probe()), images, secrets)


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("single", []),
        ("ha-3x3", []),
        ("onprem-classic", []),  # its keepalived has a password
        ("ha-3x3", ["network.subnet=10.90.4.0/25"]),
        ("ha-3x3", ["network.subnet=10.90.4.0/24", "network.vip=10.90.4.99"]),
        ("onprem-classic", ["network.subnet=192.168.0.0/20", "network.vip=192.168.9.9"]),
    ],
)
def test_relocated_files_are_what_up_would_send(name: str, overrides: list[str]) -> None:
    wanted = scenario(name, *overrides)
    subnet = wanted.network.subnet or IPv4Network("10.89.0.0/24")
    first = allocation.settle(wanted, "first", "container", subnet=subnet, router_id=7)
    template = Template(first, Origin(Path("/saved"), "first/good"))
    second = allocation.allocate(wanted, "second", "container", [first], template)
    addresses = Addresses(first.subnet, second.subnet)
    for old, new in zip(first.machines, second.machines, strict=True):
        relocated = {
            path: relocate.relocated_text(addresses, {}, SECOND.vrrp_password, file.content)
            for path, file in _payload(first, old, FIRST).items()
        }
        sent = {path: file.content for path, file in _payload(second, new, SECOND).items()}
        assert relocated == sent
