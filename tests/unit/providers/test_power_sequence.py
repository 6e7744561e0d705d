"""When machines that are switched on together are switched on."""

import pytest

from labgen.providers.power_sequence import power_on_delay
from labgen.scenario.model import Role


@pytest.mark.parametrize(
    ("role", "before", "control_planes", "delay"),
    [
        (Role.CONTROL_PLANE, 0, 3, 0.0),
        (Role.CONTROL_PLANE, 1, 3, 1.0),
        (Role.WORKER, 3, 3, 2.0),  # when a majority is on
        (Role.CONTROL_PLANE, 2, 3, 4.0),  # when the majority has had the cores for a while
        (Role.CONTROL_PLANE, 4, 5, 6.0),
        (Role.WORKER, 0, 3, 0.0),  # without a control plane
        (Role.CONTROL_PLANE, 0, 1, 0.0),
        (Role.WORKER, 1, 1, 1.0),
    ],
)
def test_a_majority_of_the_control_planes_comes_first_and_one_after_the_other(
    role: Role, before: int, control_planes: int, delay: float
) -> None:
    assert power_on_delay(role, before, control_planes) == delay
