"""The means by which a mutation changes a lab: its API, and a root shell on every machine."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from acceptance.framework.clients import api as api_access
from acceptance.framework.clients import kubeconfig
from acceptance.framework.clients.api import FAILURES, MERGE, Api
from acceptance.framework.workloads.workload import ready
from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.system.parallel import gather
from labgen.system.wait import NotYet, until

TIMEOUT = 120.0  # seconds for a cluster to react to a change
KEPT = "/root/labgen-mutation"  # where a machine keeps original files; survives a reboot
DNS = "/api/v1/namespaces/kube-system/services/kube-dns"
PODS = "/api/v1/pods"
NODES = "/api/v1/nodes"


@dataclass(frozen=True)
class ClusterEditor:
    """Changes one lab, through its API and a root shell on each machine."""

    lab: Lab
    api: Api

    @property
    def masters(self) -> tuple[Machine, ...]:
        return self.lab.control_planes

    @property
    def last(self) -> Machine:
        """Return the last control plane: in a healthy lab, it does not hold the VIP."""
        return self.lab.control_planes[-1]

    @property
    def worker(self) -> Machine:
        """Return the last worker."""
        return self.lab.workers[-1]

    def on(self, machine: Machine, *script: str) -> str:
        """Run lines of bash on that machine and return their output; every line must succeed."""
        words = ["bash", "-ec", "\n".join(script)]
        return access.ssh(self.lab).run(machine.name, words, timeout=60).stdout

    def on_each(self, machines: Sequence[Machine], *script: str) -> None:
        gather({machine.name: partial(self.on, machine, *script) for machine in machines})

    def api_at(self, address: str) -> Api:
        """Return a client of the API server at that address."""
        return replace(self.api, host=address, port=6443)

    def patch(self, path: str, change: dict[str, Any]) -> None:
        """Merge the change into the object at path."""
        self.api.send("PATCH", path, change, MERGE)

    def remove(self, path: str) -> None:
        """Remove the object at path immediately, if it exists."""
        self.api.send("DELETE", path, {"gracePeriodSeconds": 0})

    def pods(self, node: Machine | None = None) -> list[dict[str, Any]]:
        """Return the cluster's pods, or those of one node."""
        found = self.api.items(PODS)
        return [pod for pod in found if node is None or pod["spec"].get("nodeName") == node.name]

    def dns_servers(self) -> list[dict[str, Any]]:
        """Return the DNS servers' pods, including those that are starting or terminating."""
        return self.api.items(f"{PODS}?labelSelector=k8s-app%3Dkube-dns")

    def until(self, what: str, look: Callable[[], object]) -> None:
        """Wait until look returns a true value. Errors of the API or of a machine are retried."""

        def once() -> None:
            try:
                seen = look()
            except (*FAILURES, LabgenError) as error:
                raise NotYet(str(error)) from error
            if not seen:
                raise NotYet(repr(seen))

        until(once, what=what, timeout=TIMEOUT)

    def until_ready(self, machine: Machine) -> None:
        """Wait until the node and all pods on it are ready."""
        self.until(f"{machine.name} ready with its pods", partial(self._all_ready, machine))

    def _all_ready(self, machine: Machine) -> bool:
        return ready(self.node(machine)) and all(ready(pod) for pod in self.pods(machine))

    def node(self, machine: Machine) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"{NODES}/{machine.name}")
        return found

    def has_vip(self, machine: Machine) -> bool:
        """Return whether the machine has the VIP on an interface now."""
        return bool(self.on(machine, f"ip -o -4 address show to {self.lab.vip}"))

    def without_dns(self) -> list[Machine]:
        """Return the machines without a DNS server, workers first: at least one is a worker."""
        taken = {pod["spec"].get("nodeName") for pod in self.dns_servers()}
        machines = (*self.lab.workers, *self.masters)
        return [machine for machine in machines if machine.name not in taken]


def editor(lab: Lab) -> ClusterEditor:
    return ClusterEditor(lab, api_access.connect(kubeconfig.credentials(lab.kubeconfig)))


@contextmanager
def edited(
    editor: ClusterEditor, machines: Sequence[Machine], path: str, *sed: str, then: str = "true"
) -> Iterator[None]:
    """Change the file by sed on these machines, and restore it at the end.

    then runs after the change and after the restoration. Raises LabgenError if sed changes nothing.
    """
    try:
        editor.on_each(machines, *edit(path, *sed, then=then))
        yield
    finally:
        editor.on_each(machines, restore(path, then=then))


def edit(path: str, *sed: str, then: str) -> tuple[str, ...]:
    """Return the lines of bash that change the file and keep a copy.

    The file is overwritten, not replaced, because a program may watch the inode.
    """
    kept = f"{KEPT}{path}"
    change = " ".join(f"-e '{expression}'" for expression in sed)
    return (
        f"install -D --preserve-timestamps {path} {kept}",
        f"sed -E {change} {kept} >{kept}.new",
        f"! cmp --silent {kept} {kept}.new",
        f"cat {kept}.new >{path}",
        then,
    )


def restore(path: str, *, then: str) -> str:
    """Return the line of bash that undoes edit, if it was done."""
    kept = f"{KEPT}{path}"
    return f"if [ -e {kept} ]; then cat {kept} >{path}; rm -f {kept} {kept}.new; {then}; fi"


@contextmanager
def firewall(
    editor: ClusterEditor, machines: Sequence[Machine], hook: str, *rules: str
) -> Iterator[None]:
    """Add nf_tables rules before all others at that hook, on these machines."""
    chain = f"type filter hook {hook} priority -300; {'; '.join(rules)};"
    try:
        editor.on_each(
            machines, f"nft 'table inet labgen_mutation_{hook} {{ chain first {{ {chain} }}; }}'"
        )
        yield
    finally:
        editor.on_each(machines, f"nft destroy table inet labgen_mutation_{hook}")


@contextmanager
def patched(
    editor: ClusterEditor, path: str, change: dict[str, Any], back: dict[str, Any]
) -> Iterator[None]:
    """Merge a change into the object at path, and merge its reversal at the end."""
    try:
        editor.patch(path, change)
        yield
    finally:
        editor.patch(path, back)


@contextmanager
def shell(
    editor: ClusterEditor, machines: Sequence[Machine], there: str, back: str
) -> Iterator[None]:
    """Run one command on these machines, and the command that undoes it at the end."""
    try:
        editor.on_each(machines, there)
        yield
    finally:
        editor.on_each(machines, back)
