"""All versions of everything in a bundle. A new release is one more entry.

etcd, pause and CoreDNS are those that `kubeadm config images list` of that Kubernetes prints (the
build compares them), agnhost is test/images/agnhost/VERSION of the Kubernetes module.
"""

from dataclasses import dataclass

from labgen.errors import UsageError
from labgen.scenario.schema import DEFAULT_VERSION

KUBERNETES = DEFAULT_VERSION  # the default of scenarios
DEBIAN = "trixie"


@dataclass(frozen=True)
class Release:
    """One Kubernetes version and the versions that belong to it; each is the tag of its image."""

    kubernetes: str
    etcd: str
    pause: str
    coredns: str
    flannel: str
    agnhost: str
    debian: str

    @property
    def control_plane_images(self) -> tuple[str, ...]:
        """Return the images that kubeadm of this version needs."""
        programs = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
        return (
            *(f"registry.k8s.io/{program}:{self.kubernetes}" for program in programs),
            f"registry.k8s.io/coredns/coredns:{self.coredns}",
            self.pause_image,
            f"registry.k8s.io/etcd:{self.etcd}",
        )

    @property
    def pause_image(self) -> str:
        return f"registry.k8s.io/pause:{self.pause}"

    @property
    def flannel_image(self) -> str:
        return f"ghcr.io/flannel-io/flannel:{self.flannel}"

    @property
    def workload_image(self) -> str:
        return f"registry.k8s.io/e2e-test-images/agnhost:{self.agnhost}"

    @property
    def images(self) -> tuple[str, ...]:
        """Return the references of all images in the bundle."""
        return (*self.control_plane_images, self.flannel_image, self.workload_image)


RELEASES = {
    release.kubernetes: release
    for release in (
        Release(
            kubernetes=KUBERNETES,
            etcd="3.7.0-0",
            pause="3.10.2",
            coredns="v1.14.6",
            flannel="v0.28.10",
            agnhost="2.66.1",
            debian=DEBIAN,
        ),
    )
}


def known_versions() -> tuple[str, ...]:
    """Return the Kubernetes versions that labgen can build a bundle of."""
    return tuple(RELEASES)


def release(version: str) -> Release:
    """Return the release of that Kubernetes version.

    Raises UsageError for an unknown version.
    """
    if version not in RELEASES:
        known = ", ".join(known_versions())
        raise UsageError(f"labgen has no bundle of Kubernetes {version}", hint=f"known: {known}")
    return RELEASES[version]
