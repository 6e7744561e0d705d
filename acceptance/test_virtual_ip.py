"""Exactly one machine has the VIP, and keepalived runs on all control planes."""

import pytest

from acceptance.framework.clients import machines
from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster, known, no_login
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke


def test_exactly_one_machine_holds_the_vip(cluster: Cluster, on: On) -> None:
    vip = known(cluster.vip)
    asked = [machine for machine in cluster.machines if machine.name in cluster.logins]
    holders = machines.holders(vip, on, asked)
    unseen = [m.name for m in cluster.control_planes if m.name not in cluster.logins]
    if unseen and len(holders) < 2:
        seen = ", ".join(holders) or "none of those that were asked"
        pytest.skip(f"{no_login(cluster, unseen[0])}: it may hold the VIP {vip}; held by {seen}")
    assert len(holders) == 1, f"the VIP {vip} is held by {holders or 'no machine'}"
    assert holders[0] in {machine.name for machine in cluster.control_planes}


def test_keepalived_runs(cluster: Cluster, on: On, control_plane: Machine) -> None:
    if control_plane.name not in known(cluster.keepalived) and control_plane.name in cluster.logins:
        pytest.skip(f"{control_plane.name} does not run keepalived as a service")
    assert on(control_plane.name).service("keepalived").is_running
