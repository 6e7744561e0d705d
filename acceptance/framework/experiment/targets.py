"""Machines for a fault, and the lab made so that they are what the case wants them to be.

What cannot be arranged is an error of the harness.
"""

from collections.abc import Mapping

import pytest

from acceptance.framework.clients import machines
from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment.observation import Bench


def holder(bench: Bench) -> str:
    """The machine with the highest priority has the VIP in a lab that is whole."""
    return bench.lab.control_planes[0].name


def named(bench: Bench, target: str) -> str:
    """The machine that target is: a name, or the role holder."""
    return holder(bench) if target == "holder" else target


def etcd_leader(bench: Bench) -> str:
    """etcd's leader, after it was made one that does not hold the VIP."""
    leader, members = _members(bench)
    if leader == holder(bench):
        leader = next(name for name in members if name != leader)
        _move(bench, leader, members[leader])
    return leader


def idle_master(bench: Bench) -> str:
    """A master that neither holds the VIP nor leads etcd."""
    leader, members = _members(bench)
    return next(name for name in sorted(members) if name not in (leader, holder(bench)))


def worker(bench: Bench) -> str:
    """The last worker."""
    if not bench.lab.workers:
        pytest.skip("the lab has no worker")
    return bench.lab.workers[-1].name


def _members(bench: Bench) -> tuple[str, Mapping[str, int]]:
    """The leader's name, and the id of each member."""
    first = bench.on(holder(bench))
    try:
        members = {member["name"]: member["ID"] for member in machines.etcd_members(first)}
        leader = machines.etcd_leader(first)
        return next(name for name, number in members.items() if number == leader), members
    except (AssertionError, StopIteration) as error:
        raise HarnessError(f"etcd does not say who leads it: {error}") from error


def _move(bench: Bench, leader: str, member: int) -> None:
    try:
        machines.move_leader(bench.on(holder(bench)), member)
    except AssertionError as error:
        raise HarnessError(f"etcd cannot be led by {leader}: {error}") from error
    if _members(bench)[0] != leader:
        raise HarnessError(f"etcd was told to be led by {leader}, and is not")
