"""The Go programs of a bundle: which module they come from and what they are called."""

from dataclasses import dataclass

PLAIN = "-s -w"
# as the Kubernetes release scripts set them, hack/lib/version.sh
VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


@dataclass(frozen=True)
class Module:
    """A go.mod of ours: modules/NAME. programs is output -> package; watched is what it requires.

    batch: so many of them one `go build` makes; from two on under the names that Go gives them.
    """

    name: str
    watched: str
    programs: dict[str, str]
    batch: int = 1
    cgo: bool = False


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
    # two programs are linked side by side on two cores; all eight in one go would keep every
    # compiled package twice on disk, in Go's cache and in its work directory
    batch=2,
)

COMPANIONS = (
    Module(
        name="etcd",
        watched="go.etcd.io/etcd/server/v3",
        programs={"bin/etcd": ".", "bin/etcdctl": "go.etcd.io/etcd/etcdctl/v3"},
        batch=2,
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
        cgo=True,  # its UDP backend is C
    ),
)


def facts(module: Module, kubernetes: str) -> dict[str, object]:
    """What of a module is not in its files and yet changes its programs."""
    return {"packages": module.programs, "flags": linker_flags(module, kubernetes)}


def linker_flags(module: Module, kubernetes: str) -> str:
    """What `go build -ldflags` gets; kubernetes as in v1.37.2."""
    if module.cgo:
        return f'{PLAIN} -linkmode external -extldflags "-static"'
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
