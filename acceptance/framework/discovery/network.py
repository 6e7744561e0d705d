"""Identify the plugin of the pod network by its pods."""

import json

from acceptance.framework.cluster import Network, Unknown
from acceptance.framework.discovery import network_plugins
from acceptance.framework.discovery.objects import Objects

UNKNOWN = "CNI is none of " + ", ".join(network_plugins.PODS)


def network(objects: Objects) -> Network | Unknown:
    """Return the first known plugin that has pods; flannel with its backend."""
    for plugin in network_plugins.PODS:
        if network_plugins.pods_of(plugin, objects.pods):
            return Network(plugin, _backend(objects) if plugin == "flannel" else "")
    return Unknown(UNKNOWN)


def _backend(objects: Objects) -> str:
    try:
        reported = json.loads(objects.flannel.get("net-conf.json", "{}"))
    except ValueError:
        return ""
    return str(reported.get("Backend", {}).get("Type", "udp"))  # flannel's own default
