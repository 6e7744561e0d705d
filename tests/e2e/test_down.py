"""`down` of the lab that the other files used."""

import pytest

from labgen.lab.lab import Lab
from labgen.system import paths
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import labgen


@pytest.mark.quick
def test_down_leaves_nothing(ha_3x3: Lab) -> None:
    labgen("fault", "inject", ha_3x3.name, "pause", "node1", "--for", "10m")
    before = leaks(ha_3x3)
    assert before, "a lab that is up has to leave traces, or this test sees nothing"
    assert any("labgen.faults.heal_timer_process" in trace for trace in before)
    labgen("down", ha_3x3.name)
    assert leaks(ha_3x3) == []
    assert list((paths.state() / "labs").glob(f"*{ha_3x3.name}*")) == []
