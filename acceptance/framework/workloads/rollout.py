"""Wait for what manifests declare: pods that are ready, a Deployment that has rolled out."""

from functools import partial
from typing import Any

from acceptance.framework.clients.api import FAILURES, Api
from acceptance.framework.workloads.workload import ready
from labgen.system.wait import NotYet, until

TIMEOUT = 60.0  # seconds; images are on every node


def apply(api: Api, namespace: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """Apply a Deployment, Pod, Service, NetworkPolicy or PersistentVolumeClaim on the server."""
    group = manifest["apiVersion"]
    kind = manifest["kind"].lower()
    plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
    root = "/api/v1" if group == "v1" else f"/apis/{group}"
    path = f"{root}/namespaces/{namespace}/{plural}/{manifest['metadata']['name']}"
    made: dict[str, Any] = api.apply(path, manifest)
    return made


def pods(api: Api, namespace: str, app: str) -> list[dict[str, Any]]:
    """Return the pods with that label app, including those that are terminating."""
    return api.items(f"/api/v1/namespaces/{namespace}/pods?labelSelector=app={app}")


def await_ready(api: Api, namespace: str, app: str, *, number: int) -> list[dict[str, Any]]:
    """Wait until exactly that many pods of app exist and all of them are ready."""
    what = f"{number} ready pods of {app}"
    return until(partial(_ready, api, namespace, app, number), what=what, timeout=TIMEOUT)


def await_rolled(api: Api, namespace: str, name: str) -> list[dict[str, Any]]:
    """Wait until the Deployment has only pods of its newest edition; return them.

    The conditions are those of kubectl rollout status, and that the last old pod is gone.
    """
    until(partial(_rolled, api, namespace, name), what=f"the roll-out of {name}", timeout=TIMEOUT)
    found = api.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")
    return await_ready(api, namespace, name, number=found["spec"]["replicas"])


def _ready(api: Api, namespace: str, app: str, number: int) -> list[dict[str, Any]]:
    try:
        found = pods(api, namespace, app)
    except FAILURES as error:
        raise NotYet(str(error)) from error
    states = {pod["metadata"]["name"]: _state(pod) for pod in found}
    if len(found) != number or set(states.values()) != {"ready"}:
        raise NotYet(str(states))
    return found


def _state(pod: dict[str, Any]) -> str:
    """Return ready, or the reason why the pod is not ready."""
    if "deletionTimestamp" in pod["metadata"]:
        return "ending"
    if ready(pod):
        return "ready"
    for container in pod["status"].get("containerStatuses", []):
        if waiting := container["state"].get("waiting"):
            return f"{waiting.get('reason')}: {waiting.get('message', '')}"
    return str(pod["status"]["phase"])


def _rolled(api: Api, namespace: str, name: str) -> None:
    try:
        found = api.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")
    except FAILURES as error:
        raise NotYet(str(error)) from error
    status, wanted = found["status"], found["spec"]["replicas"]
    if status.get("observedGeneration", 0) < found["metadata"]["generation"]:
        raise NotYet("the controller has not seen the change")
    counts = {
        key: status.get(key, 0) for key in ("updatedReplicas", "replicas", "availableReplicas")
    }
    if set(counts.values()) != {wanted}:
        raise NotYet(f"{counts}, wanted {wanted}")
