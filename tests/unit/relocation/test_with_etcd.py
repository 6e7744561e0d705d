"""A whole relocation, with three members of the bundle's etcd."""

import dataclasses
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64encode
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from cryptography import x509

from labgen.errors import LabgenError
from labgen.relocation import etcd_client, etcd_members, pem, relocate
from labgen.relocation.etcd_members import Member
from labgen.relocation.relocate import Disks, Relocation
from labgen.system import paths
from tests.unit.relocation.pki import addresses_of, elliptic, issue, private, public
from tests.unit.relocation.test_stored_objects import entry, stored
from tests.unit.system.processes import eventually

OLD, NEW = IPv4Network("10.89.0.0/24"), IPv4Network("10.89.7.0/24")
MACHINES = {"master1": 3, "master2": 4, "master3": 5}
CONFIG = "/registry/configmaps/kube-system/kubeadm-config"
TOKEN = "/registry/secrets/kube-system/bootstrap-token-abcdef"  # noqa: S105 - a key of etcd
FOUND = sorted((paths.cache() / "bundles").glob("*/bin/etcd"))  # before a test has its own cache
needs_etcd = pytest.mark.skipif(
    not FOUND or os.geteuid() != 0, reason="needs a bundle, and root for a network namespace"
)


def _disks(root: Path) -> dict[str, Disks]:
    """Return machines with certificates as kubeadm makes them."""
    ca, etcd_ca, sa = issue("kubernetes"), issue("etcd-ca"), elliptic()
    found = {}
    for name, host in MACHINES.items():
        address = f"10.89.0.{host}"
        disks = Disks(root / name / "root", root / name / "kubelet", root / name / "etcd")
        server = issue("kube-apiserver", ca, addresses=("10.96.0.1", address, "10.89.0.244"))
        peer = issue(name, etcd_ca, addresses=(address, "127.0.0.1", "::1"))
        client = issue(f"system:node:{name}", ca)
        kubernetes = disks.root / "etc/kubernetes"
        texts = {
            kubernetes / "pki/ca.crt": ca.crt,
            kubernetes / "pki/ca.key": ca.pem,
            kubernetes / "pki/sa.key": private(sa),
            kubernetes / "pki/sa.pub": public(sa),
            kubernetes / "pki/apiserver.crt": server.crt,
            kubernetes / "pki/apiserver.key": server.pem,
            kubernetes / "pki/etcd/ca.crt": etcd_ca.crt,
            kubernetes / "pki/etcd/ca.key": etcd_ca.pem,
            kubernetes / "pki/etcd/peer.crt": peer.crt,
            kubernetes / "pki/etcd/peer.key": peer.pem,
            kubernetes / "admin.conf": "server: https://10.89.0.244:8443\n",
            disks.root / "etc/keepalived/keepalived.conf": f"  auth_pass 0ldw0rd\n  {address}\n",
            disks.kubelet / "pki/kubelet-client-2026.pem": f"{client.crt}\n{client.pem}",
        }
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n")
        found[name] = disks
    return found


def _members(disks: dict[str, Disks], subnet: IPv4Network) -> list[Member]:
    addresses = {name: subnet.network_address + host for name, host in MACHINES.items()}
    return [
        Member(name, it.etcd or Path(), addresses[name], addresses[name])
        for name, it in disks.items()
    ]


def _fill(disks: dict[str, Disks], work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the members have data: an object, and a token."""
    work.mkdir(mode=0o700)
    members = _members(disks, OLD)
    cluster = ",".join(f"{it.name}=https://{it.old}:2380" for it in members)
    create = f"--initial-cluster={cluster} --initial-cluster-state=new --force-new-cluster=false"
    written = etcd_members._command  # noqa: SLF001 - nothing but a test creates a cluster

    def command(member: Member, etcd: Path) -> str:
        return written(member, etcd).replace(" 2>", f" {create} 2>")

    with monkeypatch.context() as changed:
        changed.setattr(etcd_members, "_command", command)
        ca = (disks["master1"].root / "etc/kubernetes/pki/ca.crt").read_bytes()
        value = stored((2, entry(b"endpoint", b"10.89.0.244:8443")), (2, entry(b"ca", ca)))
        with etcd_members.running(members, FOUND[-1], work) as running:
            etcd_members.await_answers(running)
            for key in (CONFIG, TOKEN):
                put = {"key": _encoded(key.encode()), "value": _encoded(value)}
                running.endpoints[0].call("kv/put", put)
    shutil.rmtree(work)


def _encoded(data: bytes) -> str:
    return b64encode(data).decode()


def _change(root: Path, *, etcd: Path | None = None, same: bool = False) -> Relocation:
    return Relocation(OLD, NEW, "n3ww0rd", same, tuple(MACHINES), etcd or FOUND[-1], root / "work")


def _texts(disks: dict[str, Disks]) -> dict[Path, str]:
    return {
        path.relative_to(it.root.parent.parent): path.read_text()
        for it in disks.values()
        for base in (it.root, it.kubelet)
        for path in base.rglob("*")
        if path.is_file()
    }


@needs_etcd
@pytest.mark.parametrize("same", [False, True])
def test_files_and_etcd_are_the_new_labs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")  # of this host, not of the members
    monkeypatch.setenv("ETCD_NAME", "other")
    disks = _disks(tmp_path)
    _fill(disks, tmp_path / "filling", monkeypatch)
    before = _texts(disks)
    relocate.relocate(disks, _change(tmp_path, same=same))
    after = _texts(disks)
    assert list((tmp_path / "work").iterdir()) == []
    assert before.keys() == after.keys()
    assert not [path for path, text in after.items() if "10.89.0." in text or "0ldw0rd" in text]
    assert after[Path("master2/root/etc/keepalived/keepalived.conf")] == (
        "  auth_pass n3ww0rd\n  10.89.7.4\n\n"
    )
    blocks = {block for text in before.values() for block in pem.blocks(text)}
    kept = blocks & {block for text in after.values() for block in pem.blocks(text)}
    moved = 2 * len(MACHINES)  # certificates of API servers and of etcd
    assert len(kept) == (len(blocks) - moved if same else 0)
    pki = Path("master3/root/etc/kubernetes/pki")
    for authority, leaf in (("ca.crt", "apiserver.crt"), ("etcd/ca.crt", "etcd/peer.crt")):
        ca, made = (_certificate(after[pki / it]) for it in (authority, leaf))
        made.verify_directly_issued_by(ca)
        assert "10.89.7.5" in addresses_of(made)
        assert after[pki / authority] == after[Path("master1/root/etc/kubernetes/pki") / authority]
    assert relocate.admin_kubeconfig(disks["master1"]) == "server: https://10.89.7.244:8443\n\n"
    found, peers = _inspect(disks, tmp_path / "inspecting")
    assert list(found) == [CONFIG]
    assert b"10.89.7.244:8443" in found[CONFIG]
    assert after[pki / "ca.crt"].encode() in found[CONFIG]
    assert sorted(peers) == [f"https://10.89.7.{host}:2380" for host in MACHINES.values()]


def _certificate(text: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(text.encode())


def _inspect(disks: dict[str, Disks], work: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return what the members have when they have only their new addresses."""
    work.mkdir(mode=0o700)
    with etcd_members.running(_members(disks, NEW), FOUND[-1], work) as cluster:
        etcd_members.await_answers(cluster)
        first = cluster.endpoints[0]
        peers = [url for it in etcd_client.members(first) for url in it["peerURLs"]]
        return etcd_client.values(first, "/registry/"), peers


@needs_etcd
def test_the_subnet_may_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warm start may get the addresses of a lab that is gone."""
    disks = _disks(tmp_path)
    _fill(disks, tmp_path / "filling", monkeypatch)
    before = _texts(disks)
    relocate.relocate(disks, dataclasses.replace(_change(tmp_path), new=OLD))
    after = _texts(disks)
    kubeconfig, ca = (
        Path("master1/root/etc/kubernetes") / it for it in ("admin.conf", "pki/ca.crt")
    )
    assert after[kubeconfig] == before[kubeconfig]
    assert after[ca] != before[ca]


@needs_etcd
def test_a_control_plane_without_data_is_no_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after the fault etcd-wiped: two of three are enough."""
    disks = _disks(tmp_path)
    _fill(disks, tmp_path / "filling", monkeypatch)
    assert disks["master3"].etcd
    shutil.rmtree(disks["master3"].etcd)
    relocate.relocate(disks, _change(tmp_path))
    assert not disks["master3"].etcd.exists()


@needs_etcd
def test_a_member_without_the_others_is_an_error_and_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disks = _disks(tmp_path)
    _fill(disks, tmp_path / "filling", monkeypatch)
    for name in ("master2", "master3"):
        shutil.rmtree(tmp_path / name / "etcd")
    monkeypatch.setattr(etcd_members, "TIMEOUT", 1.0)
    monkeypatch.setattr(etcd_client, "TIMEOUT", 1.0)
    with pytest.raises(LabgenError, match=r"an answer of etcd of master1 did not happen"):
        relocate.relocate(disks, _change(tmp_path))
    assert list((tmp_path / "work").iterdir()) == []
    assert not _processes(tmp_path)


def _processes(root: Path) -> list[str]:
    lines = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True)
    return [it for it in lines.stdout.splitlines() if f"--data-dir={root}" in it]


def _fake_etcd(root: Path, script: str) -> Path:
    path = root / "etcd"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def _with_data(root: Path) -> dict[str, Disks]:
    disks = _disks(root)
    for it in disks.values():
        assert it.etcd
        (it.etcd / "member/wal").mkdir(parents=True)
    return disks


@needs_etcd
def test_etcd_that_ends_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    # the first one that ends is the end of the others, and each is to have written its log
    etcd = _fake_etcd(tmp_path, "echo 'cannot read the log' >&2; sleep 0.5; exit 1")
    began = time.monotonic()
    with pytest.raises(LabgenError) as caught:
        relocate.relocate(_with_data(tmp_path), _change(tmp_path, etcd=etcd))
    assert caught.value.message == "etcd does not start on the disks"
    assert "master1: cannot read the log" in str(caught.value.last_seen)
    assert time.monotonic() - began < 5
    assert list((tmp_path / "work").iterdir()) == []


PROGRAM = """
import pickle, sys
from labgen.relocation.relocate import relocate
relocate(*pickle.loads(sys.stdin.buffer.read()))
"""


@needs_etcd
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_labgen(tmp_path: Path, sent: signal.Signals) -> None:
    etcd = _fake_etcd(tmp_path, "exec sleep 612")
    given = pickle.dumps((_with_data(tmp_path), _change(tmp_path, etcd=etcd)))
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE) as labgen:
        assert labgen.stdin
        labgen.stdin.write(given)
        labgen.stdin.close()
        assert eventually(lambda: len(_sleepers()) == len(MACHINES))
        labgen.send_signal(sent)
        labgen.wait(10)
    assert eventually(lambda: not _sleepers())
    assert (list((tmp_path / "work").iterdir()) == []) == (sent == signal.SIGINT)


def _sleepers() -> list[str]:
    words = ["pgrep", "--full", "--exact", "sleep 612"]
    return subprocess.run(words, check=False, capture_output=True, text=True).stdout.split()


def test_no_control_plane_has_data(tmp_path: Path) -> None:
    with pytest.raises(LabgenError, match="no control plane has data of etcd"):
        relocate.relocate(_disks(tmp_path), _change(tmp_path, etcd=tmp_path))


def test_a_machine_without_an_address_in_the_subnet(tmp_path: Path) -> None:
    disks = _with_data(tmp_path)
    change = _change(tmp_path, etcd=tmp_path)
    (disks["master2"].root / "etc/kubernetes/pki/etcd/peer.crt").unlink()
    with pytest.raises(LabgenError) as caught:
        relocate.relocate(disks, change)
    assert caught.value.message == "the address of master2 is not known"
    assert caught.value.last_seen == "/etc/kubernetes/pki/etcd/peer.crt has none in 10.89.0.0/24"


def test_there_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(LabgenError, match=r"admin\.conf is missing"):
        relocate.admin_kubeconfig(Disks(tmp_path, tmp_path))
