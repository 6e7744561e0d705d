"""Read the cluster's objects from its API once, by GET requests only, and parse them.

What the user may not read is an Unknown with the API's message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

from acceptance.framework.clients.api import Api, ApiError
from acceptance.framework.cluster import Unknown

NO_KUBEADM = "the cluster has no ConfigMap kubeadm-config: kubeadm did not make it"
CONFIG = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config"
FLANNEL = "/api/v1/configmaps?fieldSelector=metadata.name=kube-flannel-cfg"


@dataclass(frozen=True)
class Objects:
    """Objects of the API. kubeadm is its ClusterConfiguration; flannel the data of flannel's
    ConfigMap, if any."""

    nodes: list[dict[str, Any]]
    pods: list[dict[str, Any]]
    kubeadm: Mapping[str, Any] | Unknown
    flannel: Mapping[str, str]


def read(api: Api) -> Objects:
    """Read all objects. Raises ApiError if nodes or pods may not be read, OSError,
    http.client.HTTPException."""
    return Objects(
        nodes=api.items("/api/v1/nodes"),
        pods=api.items("/api/v1/pods"),
        kubeadm=_kubeadm(api),
        flannel=_flannel(api),
    )


def parse_kubeadm(text: str) -> Mapping[str, Any]:
    """Return kubeadm's ClusterConfiguration, which is YAML in a ConfigMap."""
    found: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text) or {}
    return found


def _kubeadm(api: Api) -> Mapping[str, Any] | Unknown:
    try:
        data = api.get(CONFIG).get("data", {})
    except ApiError as error:
        return Unknown(NO_KUBEADM if error.status == 404 else str(error))
    if "ClusterConfiguration" not in data:
        return Unknown(NO_KUBEADM)
    return parse_kubeadm(data["ClusterConfiguration"])


def _flannel(api: Api) -> Mapping[str, str]:
    try:
        found = api.items(FLANNEL)
    except ApiError:
        return {}
    return found[0].get("data", {}) if found else {}
