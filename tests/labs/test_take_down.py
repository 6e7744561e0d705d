"""The end of the lab that the other files worked on."""

from labgen.lab.lab import Lab
from labgen.system import places
from tests.labs.program import labgen
from tests.labs.traces import traces


def test_down_leaves_nothing(ha_3x3: Lab) -> None:
    assert traces(ha_3x3), "a lab that is up has to leave traces, or this test sees nothing"
    labgen("down", ha_3x3.name)
    assert traces(ha_3x3) == []
    assert list((places.state() / "labs").glob(f"*{ha_3x3.name}*")) == []
