"""The files of one machine that a relocation reads and writes.

Links are never followed: they lead to other files on the machine, and to somebody else's here. A
file is overwritten in place, so it keeps its mode, its owner and everything else.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Where a cluster's keys and certificates are, below the root and below /var/lib/kubelet.
CREDENTIALS = ("etc/kubernetes",)
KUBELET_CREDENTIALS = ("pki",)
# Where else addresses are. The kubelet's other files have checksums, and none has an address.
TEXTS = ("etc", "var/lib/cni", "root/.kube/config")
KUBELET_TEXTS = ("config.yaml", "kubeadm-flags.env", "instance-config.yaml", "pki")
POD_TEXTS = ("etc-hosts", "volumes/kubernetes.io~configmap")
LOGS = ("var/log",)
# Join secrets of the old lab, and a cache that has the API's old address in its files' names. `up`
# writes kubeadm.yaml again when it needs it.
REMOVED = ("etc/labgen/payload/kubeadm.yaml", "root/.kube/cache")
MACHINE_ID = "etc/machine-id"
# The kubelet's serving certificate and, after it, that of the authority that signed only this one.
SERVING = "kubelet.crt"


@dataclass(frozen=True)
class Disks:
    """Directories with the files of one machine, on this host."""

    root: Path  # has etc/, root/ ...: what the machine changed in its root file system
    kubelet: Path  # what is /var/lib/kubelet on the machine
    etcd: Path | None = None  # what is /var/lib/etcd on a control plane


def credentials(disks: Disks) -> Iterator[tuple[Path, str]]:
    """Return the texts that may have keys and certificates of the cluster."""
    for base, places in ((disks.root, CREDENTIALS), (disks.kubelet, KUBELET_CREDENTIALS)):
        for place in places:
            yield from _texts(base, place)


def rewrite(disks: Disks, change: Callable[[str], str]) -> None:
    """Replace every text that may have addresses or certificates by what change returns for it."""
    pods = sorted((disks.kubelet / "pods").glob("*")) if _exists(disks.kubelet, "pods") else []
    for base, places in (
        (disks.root, TEXTS),
        (disks.kubelet, KUBELET_TEXTS),
        *((pod, POD_TEXTS) for pod in pods if not pod.is_symlink()),
    ):
        for place in places:
            for path, text in _texts(base, place):
                changed = change(text)
                if changed != text:
                    _write(path, changed)


def scrub(disks: Disks) -> None:
    """Remove what identified the old machine or was of its past: logs, join secrets, its ID.

    An empty machine-id makes systemd create one at the next boot; without the file, that boot would
    count as the first one.
    """
    for place in LOGS:
        for path in _below(disks.root, place):
            _write(path, "")
    for place in REMOVED:
        path = disks.root / place
        if _exists(disks.root, place):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if _exists(disks.root, MACHINE_ID):
        _write(disks.root / MACHINE_ID, "")


def read(base: Path, place: str) -> str | None:
    """Return the text of a file; None if there is none."""
    return next((text for _, text in _texts(base, place)), None)


def _texts(base: Path, place: str) -> Iterator[tuple[Path, str]]:
    for path in _below(base, place):
        content = path.read_bytes()
        if b"\0" not in content:
            yield path, content.decode(errors="surrogateescape")


def _below(base: Path, place: str) -> Iterator[Path]:
    """Return the regular files below base/place, or that file itself."""
    if not _exists(base, place):
        return
    top = base / place
    if not top.is_dir():
        yield top
        return
    for directory, _, names in os.walk(top):
        for name in sorted(names):
            path = Path(directory) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def _exists(base: Path, place: str) -> bool:
    """Return whether base/place is a file or a directory, reached without a link."""
    path = base
    for part in Path(place).parts:
        path /= part
        if path.is_symlink():
            return False
    return path.is_file() or path.is_dir()


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode(errors="surrogateescape"))
