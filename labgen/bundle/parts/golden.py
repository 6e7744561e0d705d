"""The golden store: containerd's directory with every image unpacked, made once by a machine."""

from pathlib import Path

from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import images, machine
from labgen.bundle.versions import Release
from labgen.system import host, netns, paths, podman, wait
from labgen.system.locks import locked
from labgen.system.process import run

STORE = "golden/containerd"
SEED = "labgen-bundle-seed"
TIMEOUT = 600.0
IMAGES_INSIDE = "/opt/labgen/bundle/images/lab.tar"


def make(context: BuildContext, release: Release) -> None:
    """Boot the machine image, import the images in it, and keep its /var/lib/containerd.

    This machine runs in an empty network namespace. Remains of an interrupted build are removed
    first. Builds in other caches wait, because the machine has the same name on the whole host.
    """
    machine.load(context.bundle)
    with locked(paths.runtime() / ".bundle-seed.lock", timeout=2 * TIMEOUT):
        _make(context, release)


def _make(context: BuildContext, release: Release) -> None:
    store = context.out / STORE
    store.mkdir(parents=True)
    archive = context.bundle / images.ARCHIVE
    _remove_seed()
    try:
        run(["ip", "netns", "add", SEED], timeout=30)
        podman.run_machine(
            machine.image(context.bundle),
            name=SEED,
            hostname="seed",
            # podman 4.3 refuses --network=none together with the --dns=none of every machine
            network=f"ns:{netns.NAMED / SEED}",
            profile=host.adapt(host.probe()),
            volumes=[(store, "/var/lib/containerd", "rw"), (archive, IMAGES_INSIDE, "ro")],
        )
        wait.until(_containerd_answers, what="containerd's answer in the seed machine", timeout=60)
        phases = ["bash", "/opt/labgen/provisioners/run.sh", "images"]
        _inside(context, "env", f"IMAGES={' '.join(release.images)}", *phases)
        # unpacked images no longer need their packed form, which is half of the store
        _inside(context, "ctr", "--namespace", "k8s.io", "content", "prune", "references")
        _inside(context, "systemctl", "stop", "containerd")
    finally:
        _remove_seed()


def clone(golden: Path, target: Path) -> None:
    """Make target a copy of the store: hard links, except for the databases, which are copied.

    All other files in it are never changed in place. On another file system everything is copied.
    """
    same_device = golden.stat().st_dev == target.parent.stat().st_dev
    how = "--link" if same_device else "--reflink=auto"
    run(["cp", "--archive", how, golden, target], timeout=300)
    for database in target.glob("*/*.db"):
        own = database.with_suffix(".new")
        run(["cp", "--preserve=mode,ownership", database, own], timeout=60)
        own.rename(database)


def _remove_seed() -> None:
    podman.remove([SEED])
    if (netns.NAMED / SEED).exists():
        run(["ip", "netns", "delete", SEED], timeout=30)


def _containerd_answers() -> None:
    answer = podman.podman("exec", SEED, "ctr", "version", check=False)
    if not answer.ok:
        raise wait.NotYet(answer.stderr.strip() or "no answer")


def _inside(context: BuildContext, *words: str) -> None:
    context.log.run(["podman", "--runtime", "runc", "exec", SEED, *words], timeout=TIMEOUT)
