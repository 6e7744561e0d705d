"""Which files of a machine are rewritten, emptied or removed, and how they are written."""

from pathlib import Path

import pytest

from labgen.relocation import machine_files
from labgen.relocation.machine_files import Disks


@pytest.fixture
def disks(tmp_path: Path) -> Disks:
    found = Disks(tmp_path / "root", tmp_path / "kubelet")
    found.root.mkdir()
    found.kubelet.mkdir()
    return found


def _write(base: Path, place: str, content: str | bytes = "old", mode: int = 0o644) -> Path:
    path = base / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return path


def _rewrite(disks: Disks) -> None:
    machine_files.rewrite(disks, lambda text: text.replace("old", "newer"))


def test_texts_with_addresses_are_rewritten(disks: Disks) -> None:
    pod = "pods/7a/volumes/kubernetes.io~configmap/kube-proxy/..2026/kubeconfig.conf"
    found = [
        *(_write(disks.root, it) for it in ("etc/hosts", "etc/kubernetes/manifests/etcd.yaml")),
        _write(disks.root, "root/.kube/config"),
        *(_write(disks.kubelet, it) for it in ("kubeadm-flags.env", "pods/7a/etc-hosts", pod)),
    ]
    _rewrite(disks)
    assert {path.read_text() for path in found} == {"newer"}


def test_what_users_and_programs_wrote_stays(disks: Disks) -> None:
    found = [
        _write(disks.root, "root/notes"),
        _write(disks.root, "opt/program"),
        _write(disks.kubelet, "cpu_manager_state"),  # has a checksum
        _write(disks.kubelet, "pods/7a/volumes/kubernetes.io~empty-dir/data/file"),
    ]
    _rewrite(disks)
    assert {path.read_text() for path in found} == {"old"}


def test_a_file_keeps_its_mode_its_inode_and_bytes_that_are_no_text(disks: Disks) -> None:
    path = _write(disks.root, "etc/keepalived/keepalived.conf", b"old \xff", 0o600)
    before = path.stat()
    _rewrite(disks)
    now = path.stat()
    assert path.read_bytes() == b"newer \xff"
    assert (now.st_ino, now.st_mode, now.st_uid) == (before.st_ino, before.st_mode, before.st_uid)


def test_binary_files_stay(disks: Disks) -> None:
    path = _write(disks.root, "etc/ld.so.cache", b"old\0")
    _rewrite(disks)
    assert path.read_bytes() == b"old\0"


def test_links_are_not_followed(disks: Disks, tmp_path: Path) -> None:
    """They lead to the machine's files, and here to this host's."""
    outside = _write(tmp_path, "outside/file")
    (disks.root / "etc").mkdir()
    (disks.root / "etc/hosts").symlink_to(outside)
    (disks.root / "etc/kubernetes").symlink_to(outside.parent)
    (disks.root / "var").symlink_to(outside.parent)
    (outside.parent / "log").mkdir()
    log = _write(outside.parent, "log/syslog")
    (disks.kubelet / "pods").symlink_to(outside.parent)
    _rewrite(disks)
    machine_files.scrub(disks)
    assert list(machine_files.credentials(disks)) == []
    assert (outside.read_text(), log.read_text()) == ("old", "old")
    assert machine_files.read(disks.root, "etc/kubernetes/file") is None


def test_a_link_to_a_certificate_stays_and_its_target_is_found(disks: Disks) -> None:
    path = _write(disks.kubelet, "pki/kubelet-client-2026.pem", mode=0o600)
    link = disks.kubelet / "pki/kubelet-client-current.pem"
    link.symlink_to("/var/lib/kubelet/pki/kubelet-client-2026.pem")
    assert list(machine_files.credentials(disks)) == [(path, "old")]
    _rewrite(disks)
    assert path.read_text() == "newer"
    assert link.is_symlink()


def test_join_secrets_logs_and_the_machines_id_are_gone(disks: Disks) -> None:
    secret = _write(disks.root, "etc/labgen/payload/kubeadm.yaml")
    cache = _write(disks.root, "root/.kube/cache/discovery/10.89.0.244_8443/servergroups.json")
    log = _write(disks.root, "var/log/pods/etcd/0.log", mode=0o640)
    identity = _write(disks.root, "etc/machine-id")
    machine_files.scrub(disks)
    assert not secret.exists()
    assert not (cache.parents[2]).exists()
    assert (log.read_text(), identity.read_text()) == ("", "")
