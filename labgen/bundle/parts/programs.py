"""The Go programs of a bundle: their modules and their names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PLAIN = "-s -w"
# as the Kubernetes release scripts set them, hack/lib/version.sh
VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


@dataclass(frozen=True)
class Module:
    """A go.mod in modules/NAME. programs has the package of each output; watched is the module it
    requires.

    instead replaces files of the watched module before it is compiled: content by path, None for a
    file that is left out. tags are Go's build constraints.
    """

    name: str
    watched: str
    programs: dict[str, str]
    instead: Mapping[str, str | None] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


KUBERNETES = Module(
    name="kubernetes",
    watched="k8s.io/kubernetes",
    programs={
        f"bin/{program}": f"k8s.io/kubernetes/cmd/{program}"
        for program in (
            "kubeadm",
            "kubelet",
            "kubectl",
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "kube-proxy",
        )
    }
    | {"bin/agnhost": "k8s.io/kubernetes/test/images/agnhost"},
)

# Their go.mod files name the same versions of libraries as Kubernetes' own wherever both use one:
# what Kubernetes was compiled with is not compiled again.
ADDONS = (
    Module(
        name="etcd",
        watched="go.etcd.io/etcd/server/v3",
        programs={"bin/etcd": ".", "bin/etcdctl": "go.etcd.io/etcd/etcdctl/v3"},
    ),
    Module(
        name="coredns",
        watched="github.com/coredns/coredns",
        programs={"bin/coredns": "."},
    ),
    Module(
        name="cniflannel",
        watched="github.com/containernetworking/plugins",
        programs={"cni/flannel": "github.com/containernetworking/plugins/plugins/meta/flannel"},
    ),
    Module(
        name="flannel",
        watched="github.com/flannel-io/flannel",
        programs={"bin/flanneld": "github.com/flannel-io/flannel"},
        # Two backends that no lab can use stay out: that of a cloud, whose library is most of the
        # download, and that over UDP, the only one in C, which amd64 alone has.
        instead={
            "pkg/backend/tencentvpc/tencentvpc.go": "package tencentvpc\n",
            "pkg/backend/udp/udp_amd64.go": "package udp\n",
            "pkg/backend/udp/udp_network_amd64.go": None,
            "pkg/backend/udp/cproxy_amd64.go": None,
            "pkg/backend/udp/proxy_amd64.c": None,
            "pkg/backend/udp/proxy_amd64.h": None,
        },
    ),
)

# What Debian lacks for container runtimes other than containerd, by their names in scenarios.
RUNTIMES = {
    "docker": Module(
        name="cridockerd",
        watched="github.com/Mirantis/cri-dockerd",
        programs={"runtimes/docker/cri-dockerd": "github.com/Mirantis/cri-dockerd"},
    ),
    # Without C: signatures by Go's OpenPGP, no btrfs and no OSTree. Seccomp goes with that, too.
    "cri-o": Module(
        name="crio",
        watched="github.com/cri-o/cri-o",
        programs={"runtimes/cri-o/crio": "github.com/cri-o/cri-o/cmd/crio"},
        tags=(
            "containers_image_openpgp",
            "containers_image_ostree_stub",
            "exclude_graphdriver_btrfs",
            "btrfs_noversion",
        ),
    ),
}


def facts(module: Module, kubernetes: str) -> dict[str, object]:
    """Return everything that changes the module's programs and is not in its files."""
    flags = linker_flags(module, kubernetes)
    found: dict[str, object] = {
        "packages": module.programs,
        "flags": flags,
        "instead": dict(module.instead),
    }
    return found | ({"tags": module.tags} if module.tags else {})


def linker_flags(module: Module, kubernetes: str) -> str:
    """Return the argument of `go build -ldflags`; kubernetes is a version such as v1.37.2."""
    if module is not KUBERNETES:
        return PLAIN
    major, minor, _ = kubernetes.removeprefix("v").split(".", 2)
    values = {
        "gitVersion": kubernetes,
        "gitMajor": major,
        "gitMinor": minor,
        "gitTreeState": "clean",
    }
    defined = [
        f"-X {package}.{key}={value}"
        for package in VERSION_PACKAGES
        for key, value in values.items()
    ]
    return " ".join([PLAIN, *defined])
