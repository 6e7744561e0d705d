"""Choose the machine for a fault, and prepare the lab so that the machine has the wanted role.

What cannot be prepared is an error of the harness.
"""

from collections.abc import Mapping

import pytest

from acceptance.framework.clients import machines
from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment.testbed import Testbed


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
        _move(testbed, leader, members[leader])
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


def _members(testbed: Testbed) -> tuple[str, Mapping[str, int]]:
    """Return the leader's name and the id of each member."""
    first = testbed.on(holder(testbed))
    try:
        members = {member["name"]: member["ID"] for member in machines.etcd_members(first)}
        leader = machines.etcd_leader(first)
        return next(name for name, number in members.items() if number == leader), members
    except (AssertionError, StopIteration) as error:
        raise HarnessError(f"etcd does not report its leader: {error}") from error


def _move(testbed: Testbed, leader: str, member: int) -> None:
    try:
        machines.move_leader(testbed.on(holder(testbed)), member)
    except AssertionError as error:
        raise HarnessError(f"etcd's leadership cannot be moved to {leader}: {error}") from error
    if _members(testbed)[0] != leader:
        raise HarnessError(f"etcd's leadership was moved to {leader}, but another member leads")
