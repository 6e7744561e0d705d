"""The API of a cluster that others built: all kinds of kubeconfigs, and missing permissions."""

import base64
from pathlib import Path

import pytest

from acceptance.framework.clients import api, kubeconfig
from acceptance.framework.clients.api import Api
from acceptance.framework.discovery.read_only import read_only
from tests.unit.acceptance.conftest import LOOPBACK, Server

FILE = """
apiVersion: v1
kind: Config
current-context: site
contexts: [{{name: site, context: {{cluster: site, user: viewer}}}}]
clusters: [{{name: site, cluster: {{server: "https://{host}:{port}", {authority}}}}}]
users: [{{name: viewer, user: {{{user}}}}}]
"""


def written(directory: Path, user: str, authority: str = "certificate-authority: ca.crt") -> Path:
    path = directory / "config"
    path.write_text(FILE.format(host=LOOPBACK, port=6443, user=user, authority=authority))
    return path


def test_files_beside_the_kubeconfig_are_read(tmp_path: Path) -> None:
    for name in ("ca.crt", "me.crt", "me.key"):
        (tmp_path / name).write_text(f"PEM of {name}\n")
    path = written(tmp_path, "client-certificate: me.crt, client-key: me.key")
    found = kubeconfig.credentials(path)
    assert (found.authority, found.certificate) == ("PEM of ca.crt\n", "PEM of me.crt\n")
    assert found.key == "PEM of me.key\n"


def test_token_is_sent_and_never_shown(tmp_path: Path, certificate: Path, server: Server) -> None:
    inline = base64.b64encode(Path(f"{certificate}.crt").read_bytes()).decode()
    (tmp_path / "token").write_text("s3cret\n")
    path = written(tmp_path, "tokenFile: token", f"certificate-authority-data: {inline}")
    found = kubeconfig.at(kubeconfig.credentials(path), f"{LOOPBACK}:{server.port}")
    made = api.connect(found, read_only=True)
    assert made.get("/api/v1/nodes")["items"] == []
    assert server.authorization == "Bearer s3cret"
    assert "s3cret" not in f"{found!r}{made!r}"


def test_kubeconfig_that_logs_in_by_a_program_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("PEM\n")
    with pytest.raises(ValueError, match="neither certificate nor token, but exec"):
        kubeconfig.credentials(written(tmp_path, "exec: {command: aws}"))


def test_what_the_user_may_not_see_is_skipped(server: Server) -> None:
    server.status = 403
    asking = read_only(Api(LOOPBACK, server.port, server.trusting, read_only=True))
    with pytest.raises(
        pytest.skip.Exception, match="the kubeconfig's user lacks permission: GET /x"
    ):
        asking.get("/x")


def test_other_answers_of_the_api_are_its_failures(server: Server) -> None:
    server.status = 500
    with pytest.raises(api.ApiError):
        read_only(Api(LOOPBACK, server.port, server.trusting)).get("/x")
