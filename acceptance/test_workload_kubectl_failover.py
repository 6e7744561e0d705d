"""The holder of the VIP loses its power while people work with kubectl.

What they begin then works, at most a failover later. What was open breaks: it went through the
holder's HAProxy, and nobody else knows of that connection.
"""

from collections.abc import Callable

import pytest

from acceptance.support import chores, interrupted
from acceptance.support.api import Api
from acceptance.support.interrupted import Interrupted
from acceptance.support.machines import On
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.ha, pytest.mark.disturbs]

CHORES = ("exec", "logs -f", "port-forward", "cp")
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(
    lab: Lab, api: Api, on: On, own_namespace: str, tmp_path_factory: pytest.TempPathFactory
) -> Interrupted:
    """The power cut, once for all tests here; all is healed afterwards."""
    if len(lab.control_planes) == 1:
        pytest.skip("one control plane: nothing can take over")
    pod = chores.make(lab, api, own_namespace, lab.machines[-1])
    return interrupted.measure(lab, api, on, pod, tmp_path_factory.mktemp("copies"))


@pytest.mark.parametrize("chore", CHORES)
def test_kubectl_begun_without_the_holder_works_within_the_budget(
    lab: Lab, seen: Interrupted, chore: str, record_property: Record
) -> None:
    budget = lab.scenario.load_balancer.timings.budget / 1000
    begun = seen.begun[chore]
    tries = f", failed {len(begun.failures)} times before" if begun.failures else ""
    record_property(
        f"kubectl {chore} begun at the cut",
        f"{begun.seconds:.1f} s, usually {begun.usual:.1f} s{tries}",
    )
    assert begun.seconds - begun.usual <= budget, begun.failures
