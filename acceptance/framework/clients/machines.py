"""Run commands on the cluster's machines over testinfra."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from ipaddress import IPv4Address
from typing import Any

import testinfra

from acceptance.framework import missing_tools
from labgen.cluster import haproxy, vip
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.ssh import Ssh
from labgen.system.parallel import gather

TIMEOUT = 120.0  # seconds for a command by sudo

# A testinfra host by the name of its machine. testinfra has no type hints.
On = Callable[[str], Any]

# local_endpoint(ADDRESS, PORT) is the address by which a client here reaches that of the cluster.
LocalEndpoint = Callable[[str, int], str]


def on(lab: Lab) -> On:
    """Return testinfra hosts by machine name, over the shared connections of the ssh_config.

    Their commands run as root.
    """
    return through(access.ssh_client(lab))


def through(ssh: Ssh) -> On:
    """Return testinfra hosts by their names in an ssh_config."""

    def host(name: str) -> Any:
        found = testinfra.get_host(f"ssh://{name}", ssh_config=str(ssh.config), controlpersist=0)
        # testinfra would find out the encoding by a command that needs it, if the path of the
        # ssh_config is not ASCII
        found.backend._encoding = "UTF-8"  # noqa: SLF001 - it has no option for it
        if name in ssh.sudo:
            found.backend.run = partial(_by_sudo, found.backend, ssh, name)
        return found

    return host


def _by_sudo(backend: Any, ssh: Ssh, name: str, command: str, *words: str) -> Any:
    """Run a command in place of testinfra's own sudo, which accepts no password."""
    line = backend.quote(command, *words)
    done = ssh.run(name, ["sh", "-c", line], timeout=TIMEOUT, check=False)
    return backend.result(done.exit_code, line.encode(), done.stdout, done.stderr)


def holders(address: IPv4Address, host: On, among: Sequence[Machine]) -> list[str]:
    """Return the machines that have that address on an interface now.

    Unlike labgen.cluster.vip, this also works on machines of clusters that labgen did not build,
    and fails if one of them does not answer.
    """

    def has(name: str) -> bool:
        return bool(host(name).check_output(f"{' '.join(vip.QUERY)} %s", str(address)))

    found = gather({machine.name: partial(has, machine.name) for machine in among})
    return [name for name, holds in found.items() if holds]


def api_servers_seen(host: Any, socket: str = haproxy.SOCKET) -> dict[str, str]:
    """Return the status of each server of one machine's HAProxy, of whatever backend.

    Unlike labgen itself, the suite does not take a server for UP whose checks have begun to fail.
    """
    answer = host.run(haproxy.query("%s", timeout=5), socket)
    missing_tools.ensure_program(answer, "socat")
    assert answer.rc == 0, answer.stderr
    return haproxy.statuses(answer.stdout)


def routes(host: Any) -> dict[str, dict[str, Any]]:
    """Return the machine's IPv4 routes by destination, as iproute2 prints them in JSON."""
    return {route["dst"]: route for route in json.loads(host.check_output("ip -j -4 route show"))}
