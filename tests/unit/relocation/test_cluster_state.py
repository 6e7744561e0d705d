"""What is rewritten and deleted in etcd, and what of users stays."""

import socket
import threading
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from labgen.errors import LabgenError
from labgen.relocation import cluster_state, etcd_client
from labgen.relocation.etcd_client import Endpoint

OLD = b'{"data":"10.89.0.244"}'
NEW = b'{"data":"10.89.7.244"}'


def _change(text: str) -> str:
    return text.replace("10.89.0.", "10.89.7.")


@dataclass(frozen=True)
class Etcd(Endpoint):
    """A member in memory."""

    data: dict[str, bytes] = field(default_factory=dict)
    peers: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def call(self, method: str, request: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append(method)
        if method == "kv/range":
            low, high = b64decode(request["key"]), b64decode(request.get("range_end", ""))
            found = {k: v for k, v in self.data.items() if low <= k.encode() < high}
            kvs = [
                {"key": _encoded(key.encode()), "value": _encoded(value)}
                for key, value in found.items()
            ]
            return {"kvs": kvs}
        if method == "kv/txn":
            assert len(request["success"]) <= etcd_client.OPERATIONS
            for operation in request["success"]:
                self._apply(operation)
        if method == "cluster/member/list":
            return {"members": [{"ID": k, "peerURLs": v} for k, v in self.peers.items()]}
        if method == "cluster/member/update":
            self.peers[request["ID"]] = request["peerURLs"]
        return {}

    def _apply(self, operation: Mapping[str, Any]) -> None:
        if put := operation.get("request_put"):
            assert put["ignore_lease"] is True
            self.data[b64decode(put["key"]).decode()] = b64decode(put["value"])
        else:
            del self.data[b64decode(operation["request_delete_range"]["key"]).decode()]


def _encoded(data: bytes) -> str:
    return b64encode(data).decode()


def _etcd(*keys: str) -> Etcd:
    return Etcd(Path("/"), "master1", data=dict.fromkeys(keys, OLD))


@pytest.mark.parametrize(
    "key",
    [
        "/registry/configmaps/kube-system/kubeadm-config",
        "/registry/configmaps/kube-public/cluster-info",
        "/registry/configmaps/seat/kube-root-ca.crt",
        "/registry/daemonsets/kube-flannel/kube-flannel-ds",
        "/registry/controllerrevisions/kube-flannel/kube-flannel-ds-6569",
        "/registry/minions/master1",
        "/registry/pods/seat/web",
    ],
)
def test_objects_of_the_lab_are_rewritten(key: str) -> None:
    etcd = _etcd(key)
    cluster_state.rewrite(etcd, _change)
    assert etcd.data == {key: NEW}


@pytest.mark.parametrize(
    "key",
    [
        "/registry/configmaps/seat/settings",
        "/registry/daemonsets/seat/agent",
        "/registry/secrets/seat/kubeadm-certs",
        "/registry/secrets/kube-system/kubeadm-certs-of-mine",
        "/registry/leases/kube-system/kube-scheduler-extender",
        "/registry/leases/kube-node-lease/node1",
        "/registry/services/endpoints/default/kubernetes-dashboard",
        "/registry/events/kube-system/etcd",
    ],
)
def test_objects_of_users_stay(key: str) -> None:
    etcd = _etcd(key)
    cluster_state.rewrite(etcd, _change)
    assert etcd.data == {key: OLD}


@pytest.mark.parametrize(
    "key",
    [
        "/registry/masterleases/10.89.0.3",
        "/registry/services/endpoints/default/kubernetes",
        "/registry/endpointslices/default/kubernetes",
        "/registry/leases/kube-system/kube-controller-manager",
        "/registry/leases/kube-system/kube-scheduler",
        "/registry/leases/kube-system/apiserver-bqv2",
        "/registry/peerserverleases/apiserver-bqv2",
        "/registry/secrets/kube-system/bootstrap-token-abcdef",
        "/registry/secrets/kube-system/kubeadm-certs",
        "/registry/clustertrustbundles/kubernetes.io:kube-apiserver-serving:9fbe",
    ],
)
def test_what_would_be_waited_for_is_deleted(key: str) -> None:
    etcd = _etcd(key)
    cluster_state.rewrite(etcd, _change)
    assert etcd.data == {}


def test_many_objects_are_several_transactions() -> None:
    etcd = _etcd(*(f"/registry/pods/seat/web-{number}" for number in range(250)))
    cluster_state.rewrite(etcd, _change)
    assert set(etcd.data.values()) == {NEW}
    assert etcd.calls.count("kv/txn") == 3


def test_no_transaction_is_larger_than_etcd_accepts() -> None:
    sizes = [etcd_client.SIZE, etcd_client.SIZE // 2, etcd_client.SIZE // 2, 1]
    etcd = _etcd(*(f"/registry/pods/seat/web-{number}" for number in range(len(sizes))))
    puts = {key: b"x" * size for key, size in zip(etcd.data, sizes, strict=True)}
    etcd_client.change(etcd, puts, [])
    assert etcd.data == puts
    assert etcd.calls.count("kv/txn") == 3


def test_nothing_is_written_if_nothing_changes() -> None:
    etcd = _etcd("/registry/minions/master1")
    cluster_state.rewrite(etcd, str)
    assert "kv/txn" not in etcd.calls


def test_peers_that_moved_are_updated() -> None:
    etcd = _etcd()
    etcd.peers.update({"1": ["https://10.89.0.3:2380"], "2": ["https://192.168.9.9:2380"]})
    cluster_state.move_peers(etcd, _change)
    assert etcd.peers == {"1": ["https://10.89.7.3:2380"], "2": ["https://192.168.9.9:2380"]}
    assert etcd.calls.count("cluster/member/update") == 1


def test_every_member_applies_and_writes_down() -> None:
    members = [_etcd(), Etcd(Path("/"), "master2")]
    cluster_state.ensure_everywhere(members)
    for member in members:
        assert member.calls == ["kv/range", "maintenance/hash"]


def _answer(directory: Path, name: str, response: bytes) -> threading.Thread:
    """Answer one request on a unix socket."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(directory / name))
    server.listen()

    def serve() -> None:
        with server:
            connection, _ = server.accept()
            with connection:
                while not connection.recv(65536).endswith(b"{}"):
                    pass
                connection.sendall(response)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def test_a_refusal_names_the_member_and_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    body = b'{"message":"etcdserver: mvcc: database space exceeded"}'
    head = f"HTTP/1.1 429 Too Many Requests\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    thread = _answer(Path(), "master1", head + body)
    with pytest.raises(LabgenError) as caught:
        Endpoint(tmp_path, "master1").call("kv/txn", {})
    thread.join()
    assert caught.value.message == "etcd of master1 refused kv/txn"
    assert "database space exceeded" in str(caught.value.last_seen)


def test_the_path_of_a_socket_may_be_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address of a unix socket has 107 characters at most."""
    directory = tmp_path / ("x" * 120)
    directory.mkdir()
    monkeypatch.chdir(directory)
    thread = _answer(Path(), "master1", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    assert Endpoint(directory, "master1").call("kv/range", {}) == {}
    thread.join()


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Endpoint(tmp_path, "master1").call("kv/range", {})
