"""The words for an exercise's machines, and the facts that its scripts get."""

import pytest

from labgen.errors import UsageError
from labgen.exercises import targets
from labgen.exercises.targets import GROUPS
from tests.unit.lab.samples import lab


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("target", "master2"),
        ("other", "master1"),
        ("other-control-planes", "master1 master3"),
        ("control-planes", "master1 master2 master3"),
        ("workers", "node1 node2 node3"),
        ("all", "master1 master2 master3 node1 node2 node3"),
    ],
)
def test_group_is_relative_to_the_target(group: str, names: str) -> None:
    assert " ".join(machine.name for machine in GROUPS[group](lab(), "master2")) == names


def test_fixed_targets_are_the_last_of_their_role() -> None:
    assert targets.choose(lab(), "worker").name == "node3"
    assert targets.choose(lab(), "control-plane").name == "master3"
    assert targets.choose(lab(), "first-control-plane").name == "master1"
    with pytest.raises(UsageError, match="no machine for target: worker"):
        targets.choose(lab("single"), "worker")


def test_scripts_get_the_facts_of_the_lab() -> None:
    here = lab()
    found = targets.facts(here, here.machine("node1"), target="master2", step=2)
    assert found["MACHINE"] == "node1"
    assert found["ADDRESS"] == "10.89.0.6"
    assert (found["TARGET"], found["TARGET_ADDRESS"], found["STEP"]) == (
        *("master2", "10.89.0.4"),
        "2",
    )
    assert (found["VIP"], found["ENDPOINT"], found["ROUTER_ID"]) == (
        *("10.89.0.244", "10.89.0.244:8443"),
        "7",
    )
    assert found["CONTROL_PLANE_ADDRESSES"] == "10.89.0.3 10.89.0.4 10.89.0.5"
    assert found["WORKERS"] == "node1 node2 node3"
