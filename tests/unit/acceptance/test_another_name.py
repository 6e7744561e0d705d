"""If the path to an API begins at another address than its own, its certificate is still
checked."""

import json
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.framework.clients import kubeconfig
from acceptance.framework.clients.api import Api
from acceptance.framework.experiment.probes import contexts, new_connection
from acceptance.framework.experiment.probes.http2 import open_connection
from acceptance.framework.experiment.probes.new_connection import Endpoint
from tests.unit.acceptance.conftest import LOOPBACK, Server
from tests.unit.acceptance.http2_server import serving

ELSEWHERE = "localhost"  # leads there, and no certificate is for it


def test_the_api_is_asked_at_one_address_and_checked_for_another(server: Server) -> None:
    api = Api(ELSEWHERE, server.port, server.trusting)
    with pytest.raises(ssl.SSLCertVerificationError):
        api.get("/readyz")
    assert replace(api, name=LOOPBACK).send("GET", "/readyz")


async def test_a_probe_is_sent_to_one_address_and_checked_for_another(server: Server) -> None:
    endpoint = Endpoint(ELSEWHERE, server.port, server.trusting)
    with pytest.raises(ssl.SSLCertVerificationError):
        await new_connection.ask(endpoint, "GET", "/readyz")
    assert (
        await new_connection.ask(replace(endpoint, name=LOOPBACK), "GET", "/readyz")
    ).status == 200


async def test_so_is_a_kept_connection(certificate: Path) -> None:
    trusting = contexts.http2(ssl.create_default_context(cafile=str(certificate)))
    async with serving(certificate) as server:
        endpoint = Endpoint(ELSEWHERE, server.port, trusting)
        with pytest.raises(ssl.SSLCertVerificationError):
            await open_connection(endpoint)
        (await open_connection(replace(endpoint, name=LOOPBACK))).close()


@pytest.mark.parametrize(
    ("cluster", "name"),
    [
        ({"server": "https://10.89.0.244:8443"}, "10.89.0.244"),
        ({"server": "https://127.89.0.244:8443", "tls-server-name": "10.89.0.244"}, "10.89.0.244"),
    ],
)
def test_the_kubeconfig_says_what_the_certificate_is_for(
    cluster: dict[str, str], name: str, tmp_path: Path
) -> None:
    path = tmp_path / "kubeconfig"
    pems = {"client-certificate-data": "", "client-key-data": ""}
    document = {
        "clusters": [{"name": "x", "cluster": {**cluster, "certificate-authority-data": ""}}],
        "users": [{"name": "x", "user": pems}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
        "current-context": "x",
    }
    path.write_text(json.dumps(document))
    found = kubeconfig.credentials(path)
    assert (f"https://{found.host}:{found.port}", found.name) == (cluster["server"], name)
