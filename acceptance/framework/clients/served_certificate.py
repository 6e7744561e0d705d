"""The certificate that an API server presents at its own address."""

import socket
import ssl
import time
from typing import Any

from acceptance.framework.clients import kubeconfig
from acceptance.framework.clients.machines import LocalEndpoint
from acceptance.framework.cluster import Cluster
from labgen.lab.lab import Machine


def certificate(
    cluster: Cluster, local_endpoint: LocalEndpoint, machine: Machine
) -> tuple[set[str], float]:
    """Return the names in the certificate, and its remaining validity in seconds. The cluster's CA
    is checked."""
    context = kubeconfig.credentials(cluster.kubeconfig).anonymous()
    address, _, port = cluster.places[machine.name].rpartition(":")
    with (
        socket.create_connection(
            (local_endpoint(address, int(port)), int(port)), timeout=5
        ) as plain,
        context.wrap_socket(plain, server_hostname=address) as connection,
    ):
        told: Any = connection.getpeercert()
    names = {value for _, value in told["subjectAltName"]}
    return names, ssl.cert_time_to_seconds(told["notAfter"]) - time.time()
