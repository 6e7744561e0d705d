"""Finished bundles, for the other packages of labgen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from labgen.bundle import contents
from labgen.bundle.engine import lockfile
from labgen.bundle.engine.recipe import BOX, PACKAGES, RUNTIME, Recipe
from labgen.bundle.engine.state import State, quick_states
from labgen.bundle.parts import box, golden, images, initrd, kernel, machine, packages, runtimes
from labgen.bundle.versions import known_versions, release
from labgen.errors import HostUnfit, LabgenError, UsageError
from labgen.system import paths

__all__ = [
    "Box",
    "Bundle",
    "Digests",
    "clone_golden",
    "digests",
    "directory_of",
    "known_versions",
    "load_machine",
    "require",
    "require_box",
    "runtime_digests",
]


@dataclass(frozen=True)
class Bundle:
    """A complete bundle: everything that a lab of that Kubernetes version needs.

    bin has kubeadm, kubelet, kubectl, etcdctl (and the images' programs), cni the flannel plugin,
    archive all images in one file, golden containerd's directory with them unpacked.
    """

    directory: Path
    version: str
    machine_image: str
    golden: Path
    bin: Path
    cni: Path
    archive: Path
    images: tuple[str, ...]
    workload_image: str
    flannel_image: str
    pause_image: str


@dataclass(frozen=True)
class Box:
    """A bundle's Vagrant box, and the kernel and initrd that boot its disk.

    version is what Vagrant compares: Kubernetes' numbers, then one that stands for the archive's
    content.
    """

    name: str
    version: str
    archive: Path
    kernel: Path
    initrd: Path


@dataclass(frozen=True)
class Digests:
    """Which bundle it is: what was changed on a machine fits only the machine image and the golden
    store that it stands on."""

    name: str
    machine: str  # sha256 of the machine image
    golden: str  # sha256 of the golden store


def directory_of(recipe: Recipe) -> Path:
    """Return the directory of the bundle of that recipe, which need not exist."""
    return paths.cache() / "bundles" / recipe.name


def require(version: str) -> Bundle:
    """Return the bundle of that Kubernetes version. Nothing is hashed.

    Raises LabgenError with the parts that are not ready.
    """
    recipe = contents.recipe(version)
    _ensure_ready(recipe, f"the bundle {recipe.name}", option="")
    return describe(version, directory_of(recipe))


def require_box(version: str) -> Box:
    """Return the Vagrant box of that Kubernetes version. Nothing is hashed.

    Raises LabgenError with the parts that are not ready.
    """
    recipe = contents.recipe(version)
    _ensure_ready(recipe, f"the Vagrant box of bundle {recipe.name}", option=BOX)
    directory = directory_of(recipe)
    return Box(
        name=f"labgen/{recipe.name}",
        version=box.version(release(version), directory),
        archive=directory / box.ARCHIVE,
        kernel=directory / kernel.KERNEL,
        initrd=directory / initrd.INITRD,
    )


def require_packages(version: str, suite: str) -> str:
    """Return the packages of that suite as a path in the bundle's directory. Nothing is hashed.

    Raises LabgenError when the part is not ready, UsageError for a suite that no bundle has.
    """
    if suite not in packages.SUITES:
        raise UsageError(
            f"the bundle has no packages for {suite or 'a system without a name'}",
            hint=f"it knows {', '.join(packages.SUITES)}; the machine's own sources: "
            "software: {packages: distribution}",
        )
    recipe = contents.recipe(version)
    what = f"the part of bundle {recipe.name} with packages for {suite}"
    _ensure_ready(recipe, what, option=f"{PACKAGES} {suite}")
    return packages.archive(suite)


def require_runtime(version: str, runtime: str) -> Mapping[str, str]:
    """Return the files that machines lack for that container runtime. Nothing is hashed.

    The result has, by path in the bundle's directory, the name on a machine, below the bundle
    there. It is empty for containerd, which all machines have. Raises HostUnfit when the part is
    not ready.
    """
    if runtime not in runtimes.NAMES:
        return {}
    recipe = contents.recipe(version)
    try:
        what = f"the part of bundle {recipe.name} with {runtime}"
        _ensure_ready(recipe, what, option=f"{RUNTIME} {runtime}")
    except LabgenError as error:
        raise HostUnfit(error.message, last_seen=error.last_seen, hint=error.hint) from error
    programs = {name: f"runtime/{name.rsplit('/')[-1]}" for name in runtimes.programs(runtime)}
    return {
        **programs,
        runtimes.archive(runtime): "packages.tar",
        images.ARCHIVE: "images/lab.tar",
    }


def describe(version: str, directory: Path) -> Bundle:
    """Return the bundle at directory, which must be complete."""
    wanted = release(version)
    return Bundle(
        directory=directory,
        version=version,
        machine_image=machine.image(directory),
        golden=directory / golden.STORE,
        bin=directory / "bin",
        cni=directory / "cni",
        archive=directory / images.ARCHIVE,
        images=wanted.images,
        workload_image=wanted.workload_image,
        flannel_image=wanted.flannel_image,
        pause_image=wanted.pause_image,
    )


def digests(bundle: Bundle) -> Digests:
    """Return the digests of a complete bundle, from its lock file."""
    parts = lockfile.read(bundle.directory).parts
    return Digests(
        name=bundle.directory.name,
        machine=parts["machine"].outputs[machine.ARCHIVE].sha256,
        golden=parts["golden"].outputs[golden.STORE].sha256,
    )


def runtime_digests(bundle: Bundle, runtime: str) -> Mapping[str, str]:
    """Return the sha256 of the files of require_runtime() by path, from the bundle's lock file,
    without those that were not built."""
    if runtime not in runtimes.NAMES:
        return {}
    parts = lockfile.read(bundle.directory).parts.values()
    built = {path: digest.sha256 for part in parts for path, digest in part.outputs.items()}
    wanted = (*runtimes.programs(runtime), runtimes.archive(runtime), images.ARCHIVE)
    return {path: built[path] for path in wanted if path in built}


def load_machine(bundle: Bundle) -> None:
    """Import the machine image into podman again if it was removed, which takes seconds."""
    machine.load(bundle.directory)


def clone_golden(store: Path, target: Path) -> None:
    """Make target a machine's own /var/lib/containerd from the golden store, by hard links."""
    golden.clone(store, target)


def _ensure_ready(recipe: Recipe, what: str, *, option: str) -> None:
    """Raise LabgenError with the parts of that option that are not ready; "" stands for parts
    without one."""
    states = quick_states(recipe, directory_of(recipe))
    wanted = [part for part in recipe.parts if part.option == option]
    missing = [p for p in wanted if states[p.name] is not State.READY]
    if missing:
        raise LabgenError(
            f"{what} is not ready",
            last_seen=", ".join(f"{part.name} {states[part.name]}" for part in missing),
            hint=f"build it: {missing[0].command}",
        )
