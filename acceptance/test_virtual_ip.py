"""The VIP stands on exactly one machine, and keepalived watches it on all control planes."""

import pytest

from acceptance.support import machines
from acceptance.support.machines import On
from labgen.lab.lab import Lab, Machine

pytestmark = pytest.mark.smoke


def test_exactly_one_machine_holds_the_vip(lab: Lab, on: On) -> None:
    holders = machines.vip_holders(lab, on, lab.machines)
    assert len(holders) == 1, f"the VIP {lab.vip} is held by {holders or 'no machine'}"
    assert holders[0] in {machine.name for machine in lab.control_planes}


def test_keepalived_runs(on: On, control_plane: Machine) -> None:
    assert on(control_plane.name).service("keepalived").is_running
