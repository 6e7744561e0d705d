"""Whether pods may run on workers."""

from typing import Any

import pytest

from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke


def test_worker_accepts_pods(worker: Machine, nodes: dict[str, dict[str, Any]]) -> None:
    assert nodes[worker.name]["spec"].get("taints", []) == []
