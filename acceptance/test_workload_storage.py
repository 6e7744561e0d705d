"""A claim gets a volume, and a pod reads what the previous pod wrote there."""

from functools import partial
from typing import Any

import pytest

from acceptance.framework.clients.api import FAILURES, Api
from acceptance.framework.workloads import manifests, rollout
from labgen.system.wait import NotYet, until

pytestmark = pytest.mark.full

DEFAULT = "storageclass.kubernetes.io/is-default-class"
DONE = 120.0  # seconds; a volume may have to be made first
WORDS = "still there"
CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "kept"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "16Mi"}}},
}


@pytest.fixture
def storage_class(api: Api) -> str:
    """Return the name of the default StorageClass."""
    for found in api.items("/apis/storage.k8s.io/v1/storageclasses"):
        if found["metadata"].get("annotations", {}).get(DEFAULT) == "true":
            return str(found["metadata"]["name"])
    pytest.skip("this cluster has no default StorageClass, so it provisions no storage")


def test_next_pod_reads_what_the_last_one_wrote(
    api: Api, own_namespace: str, storage_class: str
) -> None:
    rollout.apply(api, own_namespace, CLAIM)
    _run(api, own_namespace, "writes", f"echo {WORDS} > /kept/file")
    assert _run(api, own_namespace, "reads", "cat /kept/file").strip() == WORDS


def _run(api: Api, namespace: str, name: str, script: str) -> str:
    """Return the output of a pod with the claim's volume at /kept, after the pod has ended."""
    manifest = manifests.tool_pod(
        manifests.tool_image(api),
        script,
        restartPolicy="Never",
        volumes=[{"name": "kept", "persistentVolumeClaim": {"claimName": "kept"}}],
    )
    manifest["metadata"]["name"] = name
    [container] = manifest["spec"]["containers"]
    container["volumeMounts"] = [{"name": "kept", "mountPath": "/kept"}]
    rollout.apply(api, namespace, manifest)
    path = f"/api/v1/namespaces/{namespace}/pods/{name}"
    until(partial(_done, api, path), what=f"the end of pod {name}", timeout=DONE)
    return api.send("GET", f"{path}/log")


def _done(api: Api, path: str) -> None:
    try:
        status: dict[str, Any] = api.get(path)["status"]
    except FAILURES as error:
        raise NotYet(str(error)) from error
    assert status["phase"] != "Failed", status
    if status["phase"] != "Succeeded":
        raise NotYet(str(status.get("conditions", status["phase"])))
