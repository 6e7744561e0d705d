"""The suite's own workload: agnhost on every machine, and a Service in front of it.

It is created by server-side apply, so several workers can create it concurrently, and an earlier
run may have left it.
"""

from dataclasses import dataclass
from typing import Any

from acceptance.framework.clients.api import FAILURES, Api
from acceptance.framework.workloads import namespaces
from labgen.system.wait import NotYet, until

NAME = "agnhost"
PORT = 8080
SERVICE_PORT = 80
LABELS = {"app": NAME}
READY_TIMEOUT = 60.0  # seconds
GONE_TIMEOUT = 60.0  # seconds until the namespace of an earlier run is gone


@dataclass(frozen=True)
class Pod:
    name: str
    node: str
    address: str


@dataclass(frozen=True)
class Workload:
    """The running pods by the name of their node, and the Service's cluster address."""

    namespace: str
    pods: dict[str, Pod]
    service: str


def make(api: Api, run: str, image: str, nodes: set[str]) -> Workload:
    """Apply the run's workload and wait until it runs on all nodes."""
    name = namespaces.of_run(run)
    until(lambda: _apply_namespace(api, run, name), what="a namespace", timeout=GONE_TIMEOUT)
    inside = f"namespaces/{name}"
    api.apply(f"/apis/apps/v1/{inside}/daemonsets/{NAME}", _daemon_set(name, image))
    service = api.apply(f"/api/v1/{inside}/services/{NAME}", _service(name))
    pods = until(lambda: _ready(api, name, nodes), what="the test workload", timeout=READY_TIMEOUT)
    return Workload(name, pods, service["spec"]["clusterIP"])


def _apply_namespace(api: Api, run: str, name: str) -> None:
    try:
        phase = namespaces.make(api, run, name)
    except FAILURES as error:
        raise NotYet(str(error)) from error
    if phase != "Active":
        raise NotYet(f"the namespace of an earlier run is {phase}")


def _ready(api: Api, namespace: str, nodes: set[str]) -> dict[str, Pod]:
    pods = {}
    try:
        items = api.items(f"/api/v1/namespaces/{namespace}/pods?labelSelector=app={NAME}")
    except FAILURES as error:
        raise NotYet(str(error)) from error
    for pod in items:
        if ready(pod) and "deletionTimestamp" not in pod["metadata"]:
            node = pod["spec"]["nodeName"]
            pods[node] = Pod(pod["metadata"]["name"], node, pod["status"]["podIP"])
    if missing := nodes - set(pods):
        raise NotYet(f"no ready pod on {', '.join(sorted(missing))}")
    return pods


def ready(pod: dict[str, Any]) -> bool:
    """Return whether the pod's (or node's) condition Ready is True."""
    conditions = pod["status"].get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _daemon_set(namespace: str, image: str) -> dict[str, Any]:
    container = {
        "name": NAME,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["netexec", f"--http-port={PORT}"],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": PORT}, "periodSeconds": 1},
    }
    pod = {
        "containers": [container],
        "terminationGracePeriodSeconds": 0,
        "tolerations": [{"operator": "Exists"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": NAME, "namespace": namespace},
        "spec": {
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": pod},
        },
    }


def _service(namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME, "namespace": namespace},
        "spec": {"selector": LABELS, "ports": [{"port": SERVICE_PORT, "targetPort": PORT}]},
    }
