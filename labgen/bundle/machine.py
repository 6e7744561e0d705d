"""The image of machine-containers: the Debian part, through the phases of any machine."""

import shutil
from pathlib import Path

from labgen.bundle import debian, lockfile, sources
from labgen.bundle.recipe import Workshop
from labgen.bundle.versions import Release
from labgen.system import files
from labgen.system.podman import podman
from labgen.system.run import run

ARCHIVE = "machine.tar.zst"
REPOSITORY = "localhost/labgen/machine"
PHASES = ("kernel", "containerd", "kubernetes", "seal")
PROGRAMS = ("kubeadm", "kubelet", "kubectl", "etcdctl")
IMPORT_TIMEOUT = 300.0
CHROOT = Path(__file__).parent / "chroot.sh"
LABEL = "labgen.bundle"

# What a machine starts with; a lab installs its own. CRI's old plugin name is that of
# containerd 1.7 (configuration version 2), and no machine-container may count on
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
    """File name in /etc/labgen/payload -> content, for the phases of the image."""
    return {"containerd.toml": CONTAINERD_TOML.format(pause=release.pause_image)}


def make(workshop: Workshop, release: Release) -> None:
    """Unpack the Debian part, run the phases in it, pack it again. Needs no network."""
    root = workshop.scratch / "root"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    unpack = ["tar", "--extract", "--zstd", "--numeric-owner", "--xattrs", "--xattrs-include=*"]
    archive = str(workshop.bundle / debian.ARCHIVE)
    workshop.log.run([*unpack, "--file", archive, "--directory", str(root)], timeout=300)
    _furnish(root, workshop.bundle, release)
    # --net: a phase that wants the network fails here and not in someone's lab
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "sh"]
    words += [str(CHROOT), str(root)]
    words += ["MACHINE_IMAGE=container", f"KUBERNETES_VERSION={release.kubernetes}"]
    words += ["bash", f"{debian.INSIDE}/run.sh", *PHASES]
    workshop.log.run(words, timeout=300)
    shutil.rmtree(root / "opt/labgen/bundle")
    pack = ["tar", "--create", "--zstd", "--numeric-owner", "--xattrs", "--sort=name"]
    words = [*pack, "--file", str(workshop.out / ARCHIVE), "--directory", str(root), "."]
    workshop.log.run(words, timeout=300, env={"ZSTD_CLEVEL": "1", "ZSTD_NBTHREADS": "0"})
    shutil.rmtree(root)


def image(bundle: Path) -> str:
    """The name of the machine image that the bundle's lock file stands for."""
    digest = lockfile.read(bundle).parts["machine"].outputs[ARCHIVE].sha256
    return f"{REPOSITORY}:{digest[:12]}"


def load(bundle: Path) -> None:
    """Give podman the machine image if it does not have it; older ones of this bundle go."""
    name = image(bundle)
    if podman("image", "exists", name, check=False).ok:
        return
    changes = ("CMD /sbin/init", "STOPSIGNAL SIGRTMIN+3", f"LABEL {LABEL}={bundle}")
    options = [word for change in changes for word in ("--change", change)]
    podman("import", "--quiet", *options, bundle / ARCHIVE, name, timeout=IMPORT_TIMEOUT)
    label = f"label={LABEL}={bundle}"
    form = "{{.Repository}}:{{.Tag}}"
    listed = podman("image", "ls", "--filter", label, "--format", form).stdout.split()
    for older in set(listed) - {name}:
        podman("image", "rm", older, check=False)  # a running lab may still stand on it


def _furnish(root: Path, bundle: Path, release: Release) -> None:
    """Put the provisioners, their payload and the programs where the phases look for them."""
    inside = root / debian.INSIDE.lstrip("/")
    left_out = shutil.ignore_patterns(sources.FAULTS)
    shutil.copytree(sources.provisioners(), inside, ignore=left_out)
    for name, content in payload(release).items():
        files.write(root / "etc/labgen/payload" / name, content)
    place = root / "opt/labgen/bundle"
    (place / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        run(["cp", bundle / "bin" / program, place / "bin" / program], timeout=60)
    shutil.copytree(bundle / "cni", place / "cni")
