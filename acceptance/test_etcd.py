"""etcd has a healthy, voting member on every control plane."""

import pytest

from acceptance.support import machines
from acceptance.support.machines import On
from labgen.lab.lab import Lab, Machine

pytestmark = pytest.mark.smoke


def test_every_control_plane_is_a_voter(lab: Lab, on: On, control_plane: Machine) -> None:
    members = machines.etcd_members(on(control_plane.name))
    voters = {member.get("name", "") for member in members if not member.get("isLearner")}
    assert voters == {machine.name for machine in lab.control_planes}
    assert len(members) == len(lab.control_planes)


def test_every_member_is_healthy(lab: Lab, on: On) -> None:
    health = machines.etcd_health(on(lab.control_planes[0].name))
    assert health == {f"https://{m.address}:2379": "healthy" for m in lab.control_planes}
