"""Assert that a lab is healthy, by the output of `labgen status`."""

import json

from labgen.lab.lab import Lab
from tests.e2e.support.program import labgen


def assert_healthy(lab: Lab) -> None:
    """Assert that every machine is a Ready node, that there is one VIP holder, and that each
    control plane has a voting member and sees all API servers."""
    seen = json.loads(labgen("status", lab.name, "-o", "json", quiet=True).stdout)
    masters = {machine.name for machine in lab.control_planes}
    assert seen["problems"] == []
    assert set(seen["machines"].values()) == {"on"}
    assert {node["name"] for node in seen["nodes"] if node["ready"]} == {
        machine.name for machine in lab.machines
    }
    assert len(seen["holders"]) == 1
    voters = [m["name"] for m in seen["etcd"] if m["healthy"] and not m["learner"]]
    assert sorted(voters) == sorted(masters)
    assert sum(member["leader"] for member in seen["etcd"]) == 1
    assert seen["api_servers"] == dict.fromkeys(masters, dict.fromkeys(masters, "UP"))
