"""The last step of `up` does not take a crashing pod for a healthy one."""

import pytest

from labgen.cluster.pods import Pod
from labgen.up.steps.await_ready import PROVEN, just_restarted


@pytest.mark.parametrize(
    ("age", "restarted", "expected"),
    [
        (1.0, True, ["pod kube-system/proxy"]),
        (PROVEN + 1, True, []),
        (1.0, False, []),  # its first run
    ],
)
def test_a_pod_that_was_just_started_again_proves_nothing(
    age: float, restarted: bool, expected: list[str]
) -> None:
    now = 1000.0
    pod = Pod("kube-system/proxy", "node1", {}, True, "Running", "", now - age, restarted=restarted)
    assert just_restarted([pod], now) == expected
