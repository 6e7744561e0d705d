"""All machines of a lab lose their power, and it is healthy again only when that is so."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from labgen.cluster.health import NAMESPACES
from labgen.lab.lab import Lab
from tests.e2e.support.program import labgen

LIMIT = 120.0  # seconds; other tests run meanwhile


def _items(lab: Lab, *words: str) -> list[dict[str, Any]]:
    words = ("kubectl", lab.name, "--", "get", *words, "-o", "json")
    items: list[dict[str, Any]] = json.loads(labgen(*words, quiet=True).stdout)["items"]
    return items


def _reports(lab: Lab) -> Iterator[tuple[str, float]]:
    """Yield each node with the time of its last report, and each of the cluster's own containers
    with the time of its start."""
    for node in _items(lab, "nodes"):
        ready = next(c for c in node["status"]["conditions"] if c["type"] == "Ready")
        yield node["metadata"]["name"], _seconds(ready["lastHeartbeatTime"])
    for namespace in NAMESPACES:
        for pod in _items(lab, "pods", "-n", namespace):
            for container in pod["status"]["containerStatuses"]:
                yield pod["metadata"]["name"], _seconds(container["state"]["running"]["startedAt"])


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.quick
def test_a_lab_is_healthy_after_a_power_cut_only_when_everything_runs_again(
    ha_3x3: Lab, record_property: Callable[[str, object], None]
) -> None:
    labgen("stop", ha_3x3.name, "--now")
    began = time.time()
    labgen("start", ha_3x3.name)
    while labgen("status", ha_3x3.name, check=False, quiet=True).exit_code:
        assert time.time() < began + LIMIT
    healthy = time.time() - began
    stale = [name for name, at in _reports(ha_3x3) if at < int(began)]
    verdict = labgen("verify", ha_3x3.name, check=False)
    record_property("power cut of six machines: healthy", f"{healthy:.1f} s")
    assert stale == []
    assert verdict.exit_code == 0, verdict.stdout
