"""The report of a machine is parsed completely, or not at all."""

from ipaddress import IPv4Address

import pytest

from acceptance.framework.discovery.inspect import SCRIPT, parse
from labgen.errors import LabgenError
from labgen.system.process import run

SAID = """\
address ens192 192.168.0.3
address ens192 192.168.0.244
manifest kube-apiserver.yaml
admin.conf there
service keepalived
keeps 192.168.0.244
haproxy frontend k8s-api
end
"""


def test_lines_are_values() -> None:
    seen = parse(SAID)
    assert seen.addresses == {IPv4Address("192.168.0.3"), IPv4Address("192.168.0.244")}
    assert (seen.control_plane, seen.administrator, seen.keepalived) == (True, True, True)
    assert (seen.kept, seen.haproxy) == (frozenset({"192.168.0.244"}), ("frontend k8s-api",))


def test_look_that_was_cut_off_is_no_look() -> None:
    with pytest.raises(LabgenError, match="incomplete"):
        parse(SAID.removesuffix("end\n"))


def test_machine_without_kubernetes_or_balancer_is_looked_at_to_the_end() -> None:
    """Inspect this host, which is such a machine."""
    assert IPv4Address("127.0.0.1") in parse(run(["bash", SCRIPT], timeout=30).stdout).addresses
