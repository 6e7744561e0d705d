"""Run kubectl: the bundle's on this host, or a control plane's over SSH."""

import os
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from labgen.bundle.store import require
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.ssh import Ssh
from labgen.system import proxy

ON_CONTROL_PLANE = (*proxy.WITHOUT, "kubectl", "--kubeconfig=/etc/kubernetes/admin.conf")
TIMEOUT = 20.0  # seconds for a command on a control plane, multiplied by the lab's slowdown


def program(lab: Lab) -> Path:
    """Return the bundle's kubectl of the lab's version; raises LabgenError without a bundle."""
    return require(lab.scenario.kubernetes.version).bin / "kubectl"


def environment(lab: Lab) -> Mapping[str, str]:
    """Return the environment in which kubectl reaches the lab as its admin, without a proxy."""
    around = proxy.bypass(os.environ, _addresses(lab))
    return {**os.environ, **around, "KUBECONFIG": str(access.kubeconfig(lab))}


def proxy_hint(lab: Lab) -> str | None:
    """Return what users must type so that their own kubectl reaches the lab in spite of a proxy in
    this environment; None without one."""
    name = proxy.in_the_way(os.environ, lab.local_endpoint(lab.vip))
    if name is None:
        return None
    value = proxy.bypass(os.environ, _addresses(lab))["NO_PROXY"]
    return (
        f"{name} is set; so that your own kubectl reaches the lab: export NO_PROXY={quote(value)}"
    )


def _addresses(lab: Lab) -> list[object]:
    return list(dict.fromkeys([lab.subnet, lab.vip, lab.local_endpoint(lab.vip)]))


def delete_node(ssh: Ssh, lab: Lab, machine: Machine, via: Machine) -> None:
    """Have the control plane `via` remove the node of a machine, if there is one.

    Raises CommandFailed or CommandTimedOut.
    """
    words = [*ON_CONTROL_PLANE, "delete", "node", machine.name]
    words += ["--ignore-not-found", "--wait=false"]
    ssh.run(via.name, words, timeout=TIMEOUT * lab.slowdown)
