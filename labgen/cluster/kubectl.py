"""Run kubectl: the bundle's on this host, or a control plane's over SSH."""

import os
from collections.abc import Mapping
from pathlib import Path

from labgen.bundle.store import require
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.ssh import Ssh

ON_CONTROL_PLANE = ("kubectl", "--kubeconfig=/etc/kubernetes/admin.conf")
TIMEOUT = 20.0  # seconds for a command on a control plane, multiplied by the lab's slowdown


def program(lab: Lab) -> Path:
    """Return the bundle's kubectl of the lab's version; raises LabgenError without a bundle."""
    return require(lab.scenario.kubernetes.version).bin / "kubectl"


def environment(lab: Lab) -> Mapping[str, str]:
    """Return the environment in which kubectl reaches the lab as its admin."""
    return {**os.environ, "KUBECONFIG": str(access.kubeconfig(lab))}


def delete_node(ssh: Ssh, lab: Lab, machine: Machine, via: Machine) -> None:
    """Have the control plane `via` remove the node of a machine, if there is one.

    Raises CommandFailed or CommandTimedOut.
    """
    words = [*ON_CONTROL_PLANE, "delete", "node", machine.name]
    words += ["--ignore-not-found", "--wait=false"]
    ssh.run(via.name, words, timeout=TIMEOUT * lab.slowdown)
