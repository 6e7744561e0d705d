"""The known plugins of pod networks, and how to recognise their pods on each machine."""

from collections.abc import Mapping
from typing import Any

# plugin -> label of the pods of its DaemonSet, by each project's own manifests
PODS: Mapping[str, tuple[str, str]] = {
    "flannel": ("app", "flannel"),
    "calico": ("k8s-app", "calico-node"),
    "canal": ("k8s-app", "canal"),
    "cilium": ("k8s-app", "cilium"),
    "weave": ("name", "weave-net"),
    "kindnet": ("app", "kindnet"),
    "antrea": ("component", "antrea-agent"),
    "kube-router": ("k8s-app", "kube-router"),
}


def pods_of(plugin: str, pods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the plugin's pods."""
    key, value = PODS[plugin]
    return [pod for pod in pods if pod["metadata"].get("labels", {}).get(key) == value]
