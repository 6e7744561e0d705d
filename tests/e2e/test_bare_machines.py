"""Bare machines themselves, which the tests of existing machines rely on."""

import pytest

from labgen.system.process import run
from tests.e2e.support.bare_machines import PASSWORD, SUITES, BareNetwork

ABSENT = ("python3", "containerd", "haproxy", "keepalived", "kubelet", "ip", "nft", "curl")


@pytest.mark.parametrize("suite", SUITES)
def test_a_bare_machine_has_sshd_and_a_shell_and_little_more(
    bare_network: BareNetwork, suite: str
) -> None:
    machine = bare_network.add(f"bare-{suite}", suite, user="admin", sudo="password")
    words = ["ssh", "-i", str(machine.key), "-o", f"UserKnownHostsFile={machine.known_hosts}"]
    words += ["-o", "BatchMode=yes", f"admin@{machine.address}", "sudo", "-S", "sh", "-c"]
    script = f"'. /etc/os-release; echo $VERSION_CODENAME; id -u; which {' '.join(ABSENT)}'"
    said = run([*words, script], timeout=30, input=f"{PASSWORD}\n", check=False).stdout
    assert said.split() == [suite, "0"]
