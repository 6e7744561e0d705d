"""DNS servers that do not end after a moment."""

from datetime import UTC, datetime
from typing import Any

import pytest

pytestmark = pytest.mark.smoke

STAYS = 10.0  # seconds; a server in a loop ends within three


def test_dns_servers_stay(pods: list[dict[str, Any]]) -> None:
    own = [it for it in pods if it["metadata"].get("labels", {}).get("k8s-app") == "kube-dns"]
    assert own
    for pod in own:
        [container] = pod["status"]["containerStatuses"]
        started = container["state"].get("running", {}).get("startedAt")
        assert started, container["state"]
        age = datetime.now(UTC) - datetime.fromisoformat(started)
        assert age.total_seconds() > STAYS
