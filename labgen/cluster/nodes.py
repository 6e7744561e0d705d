"""Kubernetes nodes as the API reports them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labgen.cluster.api import KubeApi


@dataclass(frozen=True)
class Node:
    """A Kubernetes node; reason is why it is not ready. A cordoned node is not schedulable."""

    name: str
    ready: bool
    reason: str
    schedulable: bool = True
    # When its kubelet last reported this, in seconds since 1970 by the machine's clock; 0 if never.
    reported: float = 0.0

    @property
    def status(self) -> str:
        """Return the column STATUS of `kubectl get nodes`."""
        ready = "Ready" if self.ready else "NotReady"
        return ready if self.schedulable else f"{ready},SchedulingDisabled"


def nodes(client: KubeApi) -> list[Node]:
    """Return all nodes; raises ApiUnreachable."""
    return [_node(item) for item in client.get("/api/v1/nodes")["items"]]


def _node(item: dict[str, Any]) -> Node:
    conditions = {c["type"]: c for c in item["status"].get("conditions", [])}
    ready = conditions.get("Ready", {})
    is_ready = ready.get("status") == "True"
    reason = "" if is_ready else (ready.get("message") or ready.get("reason") or "no status yet")
    schedulable = not item.get("spec", {}).get("unschedulable", False)
    heartbeat = ready.get("lastHeartbeatTime")
    reported = datetime.fromisoformat(heartbeat).timestamp() if heartbeat else 0.0
    return Node(item["metadata"]["name"], is_ready, reason, schedulable, reported)
