"""Parsing of facts.sh's output, with and without iproute2 on the machine."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from labgen.errors import LabgenError
from labgen.machine.facts import Peer, parse

SAID = """\
os debian 12 Debian GNU/Linux 12 (bookworm)
suite bookworm
architecture x86_64
cores 4
MemTotal:        8123456 kB
disk 1048576 4096
machine-id 0123456789abcdef0123456789abcdef
systemd running
cgroup 2
CapEff:\t000001ffffffffff
swap /dev/sda2
sysctl net.ipv4.ip_forward 0
link lo 00:00:00:00:00:00
link ens3 52:54:00:00:00:03
route ens3\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
route ens3\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
address lo 127.0.0.1/8
address ens3 192.168.0.3/24
local 127.0.0.1
local 192.168.0.3
listens 22 sshd
listens 8080 
package sudo
cluster /etc/kubernetes/admin.conf
lab LAB=site
lab API_ENDPOINT='192.168.0.244:8443'
active ufw
arp 52:54:00:00:00:99
peer 192.168.0.4 22 open
peer 192.168.0.4 6443 silent
end
"""  # noqa: W291 - a program without a name
ADDRESS = IPv4Address("192.168.0.3")


def test_every_line_becomes_a_value() -> None:
    facts = parse(SAID)
    assert (facts.os, facts.version, facts.suite) == ("debian", "12", "bookworm")
    assert facts.pretty == "Debian GNU/Linux 12 (bookworm)"
    assert (facts.cores, facts.memory, facts.disk_free) == (4, 7933, 4096)
    assert (facts.systemd, facts.container, facts.cgroup_v2) == (True, "", True)
    assert facts.capabilities == 2**41 - 1
    assert facts.swap == ("/dev/sda2",)
    assert facts.listens == {22: "sshd", 8080: ""}
    assert facts.packages == {"sudo"}
    assert facts.clusters == ("/etc/kubernetes/admin.conf",)
    assert (facts.lab, facts.endpoint) == ("site", "192.168.0.244:8443")
    assert facts.active == {"ufw"}
    assert facts.vip_mac == "52:54:00:00:00:99"
    other = IPv4Address("192.168.0.4")
    assert facts.peers == (Peer(other, 22, "open"), Peer(other, 6443, "silent"))


def test_the_interface_is_the_one_that_carries_the_address() -> None:
    expected = ("ens3", IPv4Network("192.168.0.0/24"))
    assert parse(SAID).interface(ADDRESS) == expected
    without_iproute2 = replace(parse(SAID), addresses={})
    assert without_iproute2.interface(ADDRESS) == expected


def test_an_address_that_the_machine_does_not_have_is_on_no_interface() -> None:
    facts = replace(parse(SAID), addresses={})
    assert facts.interface(IPv4Address("192.168.0.9")) is None


def test_a_survey_that_was_cut_off_is_not_believed() -> None:
    with pytest.raises(LabgenError, match="incomplete"):
        parse(SAID.removesuffix("end\n"))
