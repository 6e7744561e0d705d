"""The plugin of the pod network, whichever it is, runs on every machine."""

from typing import Any

import pytest

from acceptance.framework.cluster import Cluster, known
from acceptance.framework.discovery import network_plugins
from acceptance.framework.workloads.workload import ready
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke


def test_pod_of_the_network_plugin_is_ready(
    cluster: Cluster, machine: Machine, pods: list[dict[str, Any]]
) -> None:
    own = network_plugins.pods_of(known(cluster.network).plugin, pods)
    found = [pod for pod in own if pod["spec"].get("nodeName") == machine.name]
    assert [ready(pod) for pod in found] == [True], [pod["status"] for pod in found]
