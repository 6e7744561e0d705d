"""Make Debian root file systems by mmdebstrap, from the mirror that this host uses itself."""

from collections.abc import Sequence
from pathlib import Path

from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import sources
from labgen.system.process import run

ARCHIVE = "debian.tar.zst"
TIMEOUT = 1800.0
# manuals are not needed on short-lived machines
LEFT_OUT = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*")
KEPT = ("/usr/share/doc/*/copyright",)
INSIDE = "/opt/labgen/provisioners"


def bootstrap(
    context: BuildContext,
    suite: str,
    variant: str,
    packages: Sequence[str],
    *,
    to: Path,
    hooks: Sequence[str] = (),
    begin: str = "",
) -> None:
    """Make a root file system of that suite as the tar file `to`; hooks run last, in order.

    begin is a hook that runs first and fills the empty root.
    """
    words: list[str | Path] = ["mmdebstrap", "--mode=root", f"--variant={variant}"]
    words += ['--aptopt=Acquire::Languages "none"', "--aptopt=Acquire::Retries 3"]
    words += [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    words += [f"--dpkgopt=path-include={pattern}" for pattern in KEPT]
    if packages:
        words.append(f"--include={','.join(packages)}")
    words += [f"--setup-hook={begin}"] if begin else []
    words += [f"--customize-hook={hook}" for hook in hooks]
    words += [suite, to, *host_mirror()]
    # its root is made in TMPDIR: in the scratch directory it goes away even after a kill
    temporary = context.scratch / "mmdebstrap"
    temporary.mkdir(exist_ok=True, mode=0o755)
    environment = {"TMPDIR": str(temporary), "SOURCE_DATE_EPOCH": "0"}
    context.log.run(words, timeout=TIMEOUT, env=environment)


def make(context: BuildContext, suite: str) -> None:
    """Make the Debian of every machine, with the packages of the provisioners' phase `packages`."""
    hooks = phases(("packages",), image="container")
    bootstrap(context, suite, "minbase", (), to=context.out / ARCHIVE, hooks=hooks)


def unpack(bundle: Path) -> str:
    """Return a hook that fills the root with the bundle's Debian, without resolv.conf and apt's
    sources."""
    left_out = "--exclude=./etc/resolv.conf --exclude=./etc/apt"
    return f'tar -x --zstd --numeric-owner {left_out} -f "{bundle / ARCHIVE}" -C "$1"'


def phases(names: Sequence[str], *, image: str = "", runtime: str = "") -> tuple[str, ...]:
    """Return hooks that run phases in the file system; image is its kind, empty for no image.

    runtime is the machines' container runtime; empty stands for containerd.
    """
    variables = f"MACHINE_IMAGE={image}" + (f" RUNTIME={runtime}" if runtime else "")
    provisioners = sources.provisioners()
    return (
        f'mkdir -p "$1{INSIDE}"',
        f'cp -r "{provisioners}/." "$1{INSIDE}/"',
        f'chroot "$1" env {variables} bash {INSIDE}/run.sh {" ".join(names)}',
        f'rm -r "$1{INSIDE}"',
    )


def host_mirror() -> list[str]:
    """Return the mirror in the host's apt sources as mmdebstrap's argument; empty for mmdebstrap's
    default.

    Hosts that reach Debian only through a local mirror have it there.
    """
    target = ["indextargets", "--format", "$(LABEL) $(COMPONENT) $(REPO_URI)"]
    listed = run(["apt-get", *target, "Created-By: Packages"], timeout=30, check=False).stdout
    for line in listed.splitlines():
        label, component, uri = [*line.split(" ", 2), "", ""][:3]
        if label == "Debian" and component == "main" and uri.startswith(("http:", "https:")):
            return [uri]
    return []
