"""The plan: the dependencies of the steps."""

from dataclasses import replace

import pytest

from labgen.providers.container.provider import ContainerProvider
from labgen.system.host import none_needed
from labgen.up.context import Context
from labgen.up.graph import Step
from labgen.up.plan import STAGES, plan, until
from tests.unit.lab.samples import lab


def _plan(scenario: str) -> dict[str, Step]:
    return {step.name: step for step in plan(Context(lab(scenario), ContainerProvider()))}


def _before(steps: dict[str, Step], name: str) -> set[str]:
    """Return all steps that are done before the step of that name starts."""
    found: set[str] = set()
    for earlier in steps[name].after:
        found |= {earlier} | _before(steps, earlier)
    return found


@pytest.mark.parametrize("scenario", ["ha-3x3", "ha-5x2", "ha-3x0"])
def test_every_other_machine_joins_once_after_the_first_is_initialised(scenario: str) -> None:
    steps = _plan(scenario)
    first, *others = [machine.name for machine in lab(scenario).machines]
    joins = [name for name in steps if name.startswith("join ")]
    assert joins == [f"join {name}" for name in others]
    for name in others:
        before = _before(steps, f"join {name}")
        assert {f"prepare {name}", f"init control plane {first}"} <= before


def test_no_join_waits_for_another_and_control_planes_wait_for_etcd_to_know_them_all() -> None:
    steps = _plan("ha-5x2")
    joins = {f"join {machine.name}" for machine in lab("ha-5x2").machines}
    for machine in lab("ha-5x2").machines[1:]:
        before = _before(steps, f"join {machine.name}")
        assert not before & joins
        assert ("announce etcd members" in before) == machine.name.startswith("master")
    prepared = {f"prepare master{number}" for number in range(1, 6)}
    assert prepared <= _before(steps, "announce etcd members")


def test_a_single_machine_joins_nothing() -> None:
    assert list(_plan("single")) == [
        "create machines",
        "prepare master1",
        "init control plane master1",
        "install CNI master1",
        "merge kubeconfig",
        "await ready",
    ]


def test_machines_of_someones_own_are_equipped_before_they_are_prepared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider = ContainerProvider()
    monkeypatch.setattr(provider, "machine_profile", lambda *_: replace(none_needed(), bare=True))
    steps = {step.name: step for step in plan(Context(lab("single"), provider))}
    assert list(steps)[:3] == ["create machines", "bootstrap master1", "prepare master1"]
    assert steps["prepare master1"].after == {"bootstrap master1"}


def test_the_first_control_plane_does_not_wait_for_other_machines() -> None:
    assert _before(_plan("ha-3x3"), "init control plane master1") == {
        "create machines",
        "prepare master1",
    }


@pytest.mark.parametrize("scenario", ["ha-3x3", "single"])
def test_the_lab_is_looked_at_when_all_else_is_done_that_changes_the_cluster(
    scenario: str,
) -> None:
    steps = _plan(scenario)
    assert _before(steps, "await ready") >= set(steps) - {"await ready", "merge kubeconfig"}


def test_a_lab_up_to_its_load_balancer_has_prepared_machines_and_no_cluster() -> None:
    steps = until(plan(Context(lab("ha-3x0"), ContainerProvider())), "load-balancer")
    prepared = [f"prepare master{number}" for number in (1, 2, 3)]
    assert [step.name for step in steps] == ["create machines", *prepared]


@pytest.mark.parametrize("stage", STAGES)
def test_no_step_of_a_stage_waits_on_one_that_is_left_out(stage: str) -> None:
    steps = until(plan(Context(lab("ha-3x3"), ContainerProvider())), stage)
    names = {step.name for step in steps}
    assert names
    assert all(step.after <= names for step in steps)


def test_planning_makes_nothing() -> None:
    sample = lab()
    plan(Context(sample, ContainerProvider()))
    assert not sample.directory.exists()
