"""A lab is isolated: its machines reach no port of the host that labgen runs on."""

import socket

import pytest

from acceptance.framework.clients.machines import On
from labgen.lab.lab import Lab, Machine
from labgen.providers.optional import Isolation
from labgen.providers.registry import provider

pytestmark = pytest.mark.smoke


def test_machine_reaches_no_port_of_the_host(lab: Lab, on: On, machine: Machine) -> None:
    if not isinstance(provider(lab.provider), Isolation):
        pytest.skip(f"the packet filter of this host does not isolate labs of {lab.provider}")
    with socket.create_server((str(lab.gateway), 0)) as listening:
        port = listening.getsockname()[1]
        connect = f"timeout 5 bash -c ': </dev/tcp/{lab.gateway}/{port}'"
        reached = on(machine.name).run(connect).rc == 0
    assert not reached, (
        f"{machine.name} reaches ports of this host at {lab.gateway}; "
        f"to restore the lab's firewall rules: labgen start {lab.name}"
    )
