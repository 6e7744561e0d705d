"""An API on this host that describes an invented cluster: like k3s, with calico, accessible only by
token."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.unit.acceptance.conftest import LOOPBACK
from tests.unit.acceptance.discovered import pod, site

TOKEN = "a-token-of-paper"  # noqa: S105 - of nothing
CALICO = {"k8s-app": "calico-node"}
DNS = {"k8s-app": "kube-dns"}
RACKS = ("rack3", "rack4", "rack5", "rack6")


def answers() -> dict[str, Any]:
    """Return the API's answers by path; everything else is forbidden."""
    pods = [pod(f"calico-node-{rack}", rack, CALICO) for rack in RACKS]
    pods += [pod(f"coredns-{rack}", rack, DNS) for rack in RACKS[:2]]
    addresses = [f"192.168.0.{number}" for number in (3, 4, 5)]
    endpoints = [{"conditions": {"ready": True}, "addresses": [it]} for it in addresses]
    services = "/api/v1/namespaces/default/services/kubernetes"
    slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"
    return {
        "/readyz": "ok",
        "/version": {"gitVersion": "v1.33.4"},
        "/api/v1/nodes": {"items": site().nodes},
        "/api/v1/pods": {"items": pods},
        services: {"spec": {"clusterIP": "10.43.0.1", "ports": [{"port": 443}]}},
        slices: {"endpoints": endpoints},
        "/api/v1/namespaces/kube-public/configmaps": {"items": []},
        "/api/v1/namespaces/kube-system/configmaps": {"items": []},
    }


@contextmanager
def serving(certificate: Path, told: dict[str, Any], directory: Path) -> Iterator[Path]:
    """Serve them, and yield an inventory that leads there, in directory."""
    web = ThreadingHTTPServer((LOOPBACK, 0), _handler(told))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    web.socket = context.wrap_socket(web.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=lambda: web.serve_forever(poll_interval=0.05))
    thread.start()
    server = f"https://{LOOPBACK}:{web.server_address[1]}"
    cluster = {"server": server, "certificate-authority": f"{certificate}.crt"}
    kubeconfig = {
        "current-context": "paper",
        "contexts": [{"name": "paper", "context": {"cluster": "paper", "user": "viewer"}}],
        "clusters": [{"name": "paper", "cluster": cluster}],
        "users": [{"name": "viewer", "user": {"token": TOKEN}}],
    }
    (directory / "config").write_text(json.dumps(kubeconfig))
    inventory = directory / "site.yaml"
    inventory.write_text("kubeconfig: config\n")
    try:
        yield inventory
    finally:
        web.shutdown()
        thread.join()
        web.server_close()


def _handler(told: dict[str, Any]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            known = self.headers["Authorization"] == f"Bearer {TOKEN}"
            status = 401 if not known else 200 if path in told else 403
            said = told.get(path, {})
            body = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    return Handler
