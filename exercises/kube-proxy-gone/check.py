"""kube-proxy's pods."""

from typing import Any

import pytest

from acceptance.framework.workloads.workload import ready
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke


def test_kube_proxy_runs(machine: Machine, pods: list[dict[str, Any]]) -> None:
    own = [it for it in pods if it["metadata"].get("labels", {}).get("k8s-app") == "kube-proxy"]
    assert [ready(it) for it in own if it["spec"].get("nodeName") == machine.name] == [True]
