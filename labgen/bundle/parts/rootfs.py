"""A machine's root file system: the part debian, after the phases that every machine runs."""

import shutil
from enum import StrEnum
from pathlib import Path

from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import debian, sources
from labgen.bundle.versions import Release
from labgen.system import files
from labgen.system.process import run

PHASES = ("kernel", "containerd", "kubernetes", "generalize")
PROGRAMS = ("kubeadm", "kubelet", "kubectl", "etcdctl")
CHROOT = Path(__file__).parent / "chroot.sh"
TIMEOUT = 300.0


class Kind(StrEnum):
    """The use of a root file system, as in the provisioners' variable MACHINE_IMAGE."""

    CONTAINER = "container"
    VM = "vm"


# What a machine starts with; a lab installs its own. CRI's old plugin name is that of
# containerd 1.7 (configuration version 2), and no system container may count on
# CAP_SYS_RESOURCE, without which a lower OOM score is refused.
CONTAINERD_TOML = """\
version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
"""


def payload(release: Release) -> dict[str, str]:
    """Return the content of the files in /etc/labgen/payload by name, for the phases of the
    image."""
    return {"containerd.toml": CONTAINERD_TOML.format(pause=release.pause_image)}


def make(context: BuildContext, release: Release, kind: Kind) -> Path:
    """Unpack the Debian part in the scratch directory, run the phases in it, and return the root
    directory.

    Needs no network.
    """
    root = context.scratch / "root"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    unpack = ["tar", "--extract", "--zstd", "--numeric-owner", "--xattrs", "--xattrs-include=*"]
    archive = str(context.bundle / debian.ARCHIVE)
    context.log.run([*unpack, "--file", archive, "--directory", str(root)], timeout=TIMEOUT)
    _furnish(root, context.bundle, release)
    environment = (f"MACHINE_IMAGE={kind}", f"KUBERNETES_VERSION={release.kubernetes}")
    run_inside(context, root, *environment, "bash", f"{debian.INSIDE}/run.sh", *PHASES)
    shutil.rmtree(root / "opt/labgen/bundle")
    return root


def run_inside(context: BuildContext, root: Path, *words: str) -> None:
    """Run words, variables first, in the file system root.

    There is no network: a phase that needs one fails here and not in a lab.
    """
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "sh"]
    context.log.run([*unshare, str(CHROOT), str(root), *words], timeout=TIMEOUT)


def _furnish(root: Path, bundle: Path, release: Release) -> None:
    """Copy the provisioners, their payload and the programs to where the phases expect them."""
    inside = root / debian.INSIDE.lstrip("/")
    left_out = shutil.ignore_patterns(*sources.SENT)
    shutil.copytree(sources.provisioners(), inside, ignore=left_out)
    for name, content in payload(release).items():
        files.write(root / "etc/labgen/payload" / name, content)
    place = root / "opt/labgen/bundle"
    (place / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        run(["cp", bundle / "bin" / program, place / "bin" / program], timeout=60)
    shutil.copytree(bundle / "cni", place / "cni")
