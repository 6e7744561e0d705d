"""Plain machines become a cluster with no network but their own, and then are as they were."""

import pytest

from labgen.build.context import Context
from labgen.build.graph import Outcome
from labgen.build.steps.take_off import take_off
from tests.labs import existing
from tests.labs.plain import PlainNetwork
from tests.labs.runs import Run
from tests.labs.snapshot import differences, snapshot


@pytest.mark.parametrize("suites", [("trixie", "bookworm"), ("bookworm",)], ids="-".join)
def test_plain_machines_become_a_cluster_and_are_as_they_were_afterwards(
    run_: Run, plain_network: PlainNetwork, suites: tuple[str, ...]
) -> None:
    machines = [
        plain_network.add("master1" if number == 0 else f"node{number}", suite)
        for number, suite in enumerate(suites)
    ]
    existing.share_key(machines)
    before = [snapshot(machine) for machine in machines]
    context = existing.context(plain_network, machines, run_.lab_name("nothing"))
    try:
        assert _changing(context)
        assert _changing(context) == []

        for member in context.lab.machines:
            assert take_off(context, member) is Outcome.CHANGED
        for machine, was in zip(machines, before, strict=True):
            assert differences(was, snapshot(machine)) == []
        for member in context.lab.machines:
            take_off(context, member)
    finally:
        existing.forget(context)


def _changing(context: Context) -> list[str]:
    """Run labgen's plan; returns the steps that changed something."""
    done = existing.bring_up(context)
    return [step.name for step in done if step.outcome is Outcome.CHANGED]
