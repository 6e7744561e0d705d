"""Manifests that users might write: web servers, Services and a pod with tools."""

from typing import Any

from acceptance.framework.clients.api import Api
from labgen.bundle.versions import release
from labgen.lab.lab import Lab

Manifest = dict[str, Any]

WEB = "web"
TOOL = "tool"
PORT = 8080
# seconds in which a pod that ends still answers: kube-proxy's rules follow within one or two
LINGER = 3


def deployment(image: str, *, name: str = WEB, replicas: int = 1, edition: str = "1") -> Manifest:
    """Return a Deployment of web servers that return their pod's name at /hostname; another edition
    makes it roll.

    No pod is removed before its successor is ready, nor while requests may still reach it.
    """
    labels = {"app": name}
    lingering = {"lifecycle": {"preStop": {"sleep": {"seconds": LINGER}}}}
    pod = {
        "containers": [web(image, edition=edition) | lingering],
        "terminationGracePeriodSeconds": LINGER + 2,
        "automountServiceAccountToken": False,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def web(image: str, *, edition: str = "1") -> Manifest:
    """Return the container of a web server."""
    return {
        "name": WEB,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["netexec", f"--http-port={PORT}"],
        "env": [{"name": "EDITION", "value": edition}],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": PORT}, "periodSeconds": 1},
    }


def service(name: str, **spec: object) -> Manifest:
    """Return a Service in front of the web servers; spec as in its API."""
    ports = [{"port": 80, "targetPort": PORT}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": WEB}, "ports": ports, **spec},
    }


def tool_pod(image: str, script: str, **spec: object) -> Manifest:
    """Return a pod that runs script in a shell; spec as in its API."""
    container = {
        "name": TOOL,
        "image": image,
        "imagePullPolicy": "Never",
        "command": ["sh", "-c", script],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": TOOL, "labels": {"app": TOOL}},
        "spec": {
            "containers": [container],
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "tolerations": [{"operator": "Exists"}],
            **spec,
        },
    }


def web_image(lab: Lab) -> str:
    """Return the image of the web servers; it contains that one program and no shell."""
    return release(lab.scenario.kubernetes.version).workload_image


def tool_image(api: Api) -> str:
    """Return an image with a shell and tar that exists on every node: that of kube-proxy."""
    daemon_set = api.get("/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy")
    return str(daemon_set["spec"]["template"]["spec"]["containers"][0]["image"])
