"""The path to a lab on another host, from libvirt's URI."""

from ipaddress import IPv4Address

import pytest

from labgen.lab import jump_host
from labgen.scenario.model import ProviderSpec
from labgen.system.jump_host import JumpHost
from tests.unit.lab.samples import REMOTE, lab


@pytest.mark.parametrize("uri", [None, "qemu:///system", "qemu+unix:///system?socket=/run/x"])
def test_nothing_is_between_where_libvirt_is_here(uri: str | None) -> None:
    assert jump_host.jump(ProviderSpec("libvirt", uri)) is None


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("qemu+ssh://BigHost/system", JumpHost("BigHost")),
        ("qemu+ssh://root@192.0.2.2:2222/system", JumpHost("192.0.2.2", "root", 2222)),
        ("qemu+ssh://a%40b@h/system?no_tty=1&keyfile=/k", JumpHost("h", "a@b", identity="/k")),
        ("qemu+ssh://root@[2001:db8::2]:22/system", JumpHost("2001:db8::2", "root", 22)),
    ],
)
def test_the_host_in_between_is_the_one_that_libvirt_logs_in_to(
    uri: str, expected: JumpHost
) -> None:
    assert jump_host.jump(ProviderSpec("libvirt", uri)) == expected


def test_clients_find_a_lab_elsewhere_at_an_address_of_this_host() -> None:
    sample = lab("ha-3x3", *REMOTE)
    assert sample.local_endpoint(sample.vip) == IPv4Address("127.89.0.244")
    assert sample.server == "https://127.89.0.244:8443"
    assert sample.endpoint == "10.89.0.244:8443"
    assert sample.jump is not None
    assert sample.jump.socket == sample.sockets / ".jump"


def test_clients_find_a_lab_here_where_it_is() -> None:
    sample = lab("ha-3x3")
    assert sample.local_endpoint(sample.vip) == sample.vip
    assert sample.server == f"https://{sample.endpoint}"
