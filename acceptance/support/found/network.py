"""Which plugin makes the pod network, by its pods."""

import json

from acceptance.support import networks
from acceptance.support.cluster import Network, Unknown
from acceptance.support.found.objects import Objects

UNKNOWN = "CNI is none of " + ", ".join(networks.PODS)


def network(objects: Objects) -> Network | Unknown:
    """The first that is known and there; flannel with its backend."""
    for plugin in networks.PODS:
        if networks.pods_of(plugin, objects.pods):
            return Network(plugin, _backend(objects) if plugin == "flannel" else "")
    return Unknown(UNKNOWN)


def _backend(objects: Objects) -> str:
    try:
        told = json.loads(objects.flannel.get("net-conf.json", "{}"))
    except ValueError:
        return ""
    return str(told.get("Backend", {}).get("Type", "udp"))  # flannel's own default
