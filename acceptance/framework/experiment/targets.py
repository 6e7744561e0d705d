"""Choose the machine for a fault, and prepare the lab so that the machine has the wanted role.

If that is impossible, it is an error of the harness.
"""

import pytest

from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment.testbed import Testbed
from labgen.cluster import etcd
from labgen.errors import LabgenError, reason
from labgen.machine import access


def holder(testbed: Testbed) -> str:
    """Return the VIP holder: in the steady state, the machine with the highest priority."""
    return testbed.lab.control_planes[0].name


def named(testbed: Testbed, target: str) -> str:
    """Return the machine that target names; it may be the role `holder`."""
    return holder(testbed) if target == "holder" else target


def etcd_leader(testbed: Testbed) -> str:
    """Return etcd's leader, after moving the leadership away from the VIP holder if necessary."""
    leader, members = _members(testbed)
    if leader == holder(testbed):
        leader = next(name for name in members if name != leader)
        _move(testbed, leader)
    return leader


def idle_master(testbed: Testbed) -> str:
    """Return a control plane that neither holds the VIP nor leads etcd."""
    leader, members = _members(testbed)
    return next(name for name in sorted(members) if name not in (leader, holder(testbed)))


def worker(testbed: Testbed) -> str:
    """Return the last worker."""
    if not testbed.lab.workers:
        pytest.skip("the lab has no worker")
    return testbed.lab.workers[-1].name


def _members(testbed: Testbed) -> tuple[str, list[str]]:
    """Return the leader's name and the names of all members."""
    lab = testbed.lab
    try:
        members = etcd.members(access.ssh_client(lab), lab, lab.control_planes[0])
        return next(m.name for m in members if m.leader), [m.name for m in members]
    except (LabgenError, ValueError, StopIteration) as error:
        raise HarnessError(f"etcd does not report its leader: {reason(error)}") from error


def _move(testbed: Testbed, leader: str) -> None:
    lab = testbed.lab
    try:
        etcd.move_leader(access.ssh_client(lab), lab, leader, via=lab.machine(holder(testbed)))
    except LabgenError as error:
        what = f"etcd's leadership cannot be moved to {leader}"
        raise HarnessError(f"{what}: {error.reason}") from error
    if _members(testbed)[0] != leader:
        raise HarnessError(f"etcd's leadership was moved to {leader}, but another member leads")
