"""Observations of a lab while a fault is active: each returns whether a condition holds now."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from acceptance.framework.clients import api as api_access
from acceptance.framework.clients import kubeconfig
from acceptance.framework.clients.api import FAILURES
from labgen.cluster import etcd
from labgen.cluster.etcd import EtcdMember
from labgen.errors import LabgenError
from labgen.faults.fault import Site
from labgen.faults.targets import holders
from labgen.lab.lab import Lab
from labgen.providers.base import State
from labgen.system.parallel import gather
from labgen.system.process import Completed
from labgen.system.wait import NotYet, until

Sight = Callable[[], bool]


@dataclass(frozen=True)
class Observations:
    """A lab, observed from the host and from its machines."""

    lab: Lab

    def on(self, machine: str, script: str, *, timeout: float = 20) -> Completed:
        """Run bash on the machine."""
        words = ["bash", "-c", script]
        return self._site.ssh.run(machine, words, timeout=timeout, check=False)

    def power(self, machine: str, state: State) -> bool:
        return self._site.state(self.lab.machine(machine)) is state

    def active(self, machine: str, unit: str) -> bool:
        return self.on(machine, f"systemctl --quiet is-active {unit}").ok

    def failed(self, machine: str, unit: str) -> bool:
        """Return whether the unit is down for good. One that systemd is about to restart is
        activating."""
        return self.on(machine, f"systemctl --quiet is-failed {unit}").ok

    def accepts(self, machine: str, port: int) -> bool:
        """Return whether the machine's port accepts a connection from the host."""
        return self._connected(machine, port) is not None

    def refuses(self, machine: str, port: int) -> bool:
        """Return whether the connection is refused, which shows that the machine is there."""
        address = str(self.lab.machine(machine).address)
        try:
            socket.create_connection((address, port), timeout=2).close()
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return False

    def greets(self, machine: str) -> bool:
        """Return whether the machine's sshd sends its greeting, which needs a running process."""
        return self._connected(machine, 22, read=True) == b"SSH-"

    def owners(self) -> list[str]:
        return [machine.name for machine in holders(self._site)]

    def hears(self, listener: str, speaker: str) -> bool:
        """Return whether a datagram from speaker reaches listener."""
        address = self.lab.machine(listener).address
        listening = "timeout 3 socat -u UDP-RECV:9999 STDOUT | head -c 5"
        say = f"echo heard >/dev/udp/{address}/9999"
        speaking = f"for _ in 1 2 3 4 5 6 7 8; do {say}; sleep 0.25; done"
        tasks = {
            "listener": partial(self.on, listener, listening),
            "speaker": partial(self.on, speaker, speaking),
        }
        return gather(tasks)["listener"].stdout == "heard"

    def lost(self, sender: str, receiver: str) -> float:
        """Return how many of 100 pings are lost."""
        address = self.lab.machine(receiver).address
        said = self.on(sender, f"ping -q -i 0.02 -c 100 -W 1 {address}").stdout
        return float(said.split("% packet loss")[0].split()[-1])

    def etcd(self) -> list[EtcdMember]:
        """Return the members, as the first control plane that answers reports them."""
        for machine in self.lab.control_planes:
            try:
                return etcd.members(self._site.ssh, self.lab, machine)
            except (LabgenError, ValueError):
                continue
        return []

    def etcd_leader(self) -> str:
        return next((member.name for member in self.etcd() if member.leader), "")

    def etcd_healthy(self) -> bool:
        """Return whether all control planes are healthy voters."""
        names = [m.name for m in self.etcd() if m.healthy and not m.learner]
        return sorted(names) == sorted(m.name for m in self.lab.control_planes)

    def writes(self) -> bool:
        """Return whether the API accepts a write."""
        api = api_access.connect(kubeconfig.credentials(self.lab.kubeconfig), timeout=5)
        name, path = "labgen-faults", "/api/v1/namespaces/default/configmaps/labgen-faults"
        try:
            api.apply(path, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}})
            api.send("DELETE", path)
        except FAILURES:
            return False
        return True

    @property
    def _site(self) -> Site:
        return Site(self.lab)

    def _connected(self, machine: str, port: int, *, read: bool = False) -> bytes | None:
        address = str(self.lab.machine(machine).address)
        try:
            with socket.create_connection((address, port), timeout=2) as connection:
                return connection.recv(4) if read else b""
        except OSError:
            return None


def seen(sight: Sight, what: str, *, within: float = 30) -> None:
    """Wait until the condition holds."""

    def look() -> None:
        try:
            if sight():
                return
        except LabgenError as error:
            raise NotYet(str(error)) from error
        raise NotYet("not so")

    until(look, what=what, timeout=within, interval=0.2)
