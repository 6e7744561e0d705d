"""The container runtimes that a scenario may name: their sockets, files and phases.

docker runs on top of containerd, and cri-dockerd runs between docker and the kubelet.
"""

from dataclasses import dataclass

DEFAULT = "containerd"  # what machines of labgen's image have


@dataclass(frozen=True)
class Runtime:
    """A container runtime of a machine."""

    socket: str  # of the CRI
    phases: tuple[str, ...]  # that bring it up, in order
    templates: tuple[str, ...]  # of its own files
    disks: tuple[str, ...]  # its directories in /var/lib, which need a real file system


RUNTIMES = {
    "containerd": Runtime(
        socket="unix:///run/containerd/containerd.sock",
        phases=("containerd",),
        templates=("containerd.toml",),
        disks=("containerd",),
    ),
    "docker": Runtime(
        socket="unix:///run/cri-dockerd.sock",
        phases=("containerd", "docker"),
        templates=("containerd.toml", "docker.json", "cri-docker.default"),
        disks=("containerd", "docker"),
    ),
    "cri-o": Runtime(
        socket="unix:///run/crio/crio.sock",
        phases=("cri-o",),
        templates=("crio.conf",),
        disks=("containers",),
    ),
}
