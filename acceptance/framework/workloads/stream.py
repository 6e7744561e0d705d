"""Pods on the workers, and a Service in front of them, for the requests between them.

This is a separate Service, because faults of control planes must not affect it: it has no pods on
control planes that are kept free of workload.
"""

from dataclasses import dataclass

from acceptance.framework.clients.api import Api
from acceptance.framework.workloads import rollout
from acceptance.framework.workloads.manifests import Manifest
from acceptance.framework.workloads.workload import PORT, SERVICE_PORT
from labgen.lab.lab import Lab

NAME = "stream"


@dataclass(frozen=True)
class Stream:
    """HOST:PORT of the pod on each node, and the Service's address."""

    pods: dict[str, str]
    service: str
    port: int


def make(lab: Lab, api: Api, namespace: str, image: str) -> Stream:
    """Create the pods and the Service, and wait until all are ready."""
    rollout.apply(api, namespace, _daemon_set(image))
    service = rollout.apply(api, namespace, _service())
    return Stream(pods(lab, api, namespace), service["spec"]["clusterIP"], SERVICE_PORT)


def pods(lab: Lab, api: Api, namespace: str) -> dict[str, str]:
    """Return the pods' current addresses when all are ready; after a boot a pod has another
    address."""
    nodes = lab.workers or lab.control_planes
    found = rollout.await_ready(api, namespace, NAME, number=len(nodes))
    return {pod["spec"]["nodeName"]: f"{pod['status']['podIP']}:{PORT}" for pod in found}


def _daemon_set(image: str) -> Manifest:
    labels = {"app": NAME}
    container = {
        "name": NAME,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["netexec", f"--http-port={PORT}"],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": PORT}, "periodSeconds": 1},
    }
    pod = {"containers": [container], "terminationGracePeriodSeconds": 0}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": NAME},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def _service() -> Manifest:
    ports = [{"port": SERVICE_PORT, "targetPort": PORT}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME},
        "spec": {"selector": {"app": NAME}, "ports": ports},
    }
