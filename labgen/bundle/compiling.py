"""Go modules and one C file become static programs."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from labgen.bundle import go as go_toolchain
from labgen.bundle import sources
from labgen.bundle.go import Go
from labgen.bundle.programs import KUBERNETES, Module, linker_flags
from labgen.bundle.recipe import Workshop
from labgen.bundle.versions import Release
from labgen.report.errors import LabgenError
from labgen.system import places
from labgen.system.run import run

# Kubernetes took 292 s on two idle cores; slow hosts and networks get ten times that
TIMEOUT = 3000.0


@dataclass(frozen=True)
class Compiler:
    """A Go and the environment that makes its output the same everywhere."""

    go: Go
    environment: dict[str, str]
    own_caches: bool


def compiler(workshop: Workshop, modules: tuple[Module, ...]) -> Compiler:
    """The Go for these modules, with its user's caches when they hold the sources already.

    Else with caches in the workshop's scratch, which go away with it: 3 GiB are enough then.
    """
    found = go_toolchain.find(places.cache() / "go", workshop.log)
    warm = all(_holds(found.module_cache, module) for module in modules)
    temporary = workshop.scratch / "go-tmp"  # in the scratch, it goes away even after a kill
    temporary.mkdir(exist_ok=True)
    environment = {
        "GOTOOLCHAIN": "local",
        "GOTMPDIR": str(temporary),
        "GOWORK": "off",
        "GOFLAGS": "-buildvcs=false -mod=readonly -modcacherw",
        # what the user exempts from the checksum database is not exempt here
        "GOPRIVATE": "",
        "GONOSUMDB": "",
        "GOINSECURE": "",
    }
    if not warm:
        # the linker drops DWARF anyway; without it the cache is a fifth smaller
        environment["GOFLAGS"] += " -gcflags=all=-dwarf=false"
        environment["GOMODCACHE"] = str(workshop.scratch / "go-modules")
        environment["GOCACHE"] = str(workshop.scratch / "go-build")
    return Compiler(found, environment, own_caches=not warm)


def kubernetes(workshop: Workshop, release: Release) -> None:
    """Kubernetes' own programs and pause; fails when kubeadm asks for other images than ours."""
    with_go = compiler(workshop, (KUBERNETES,))
    build_module(workshop, with_go, KUBERNETES, release)
    _build_pause(workshop, with_go, release)
    _compare_images(workshop.out / "bin" / "kubeadm", release)


def companions(workshop: Workshop, release: Release, modules: tuple[Module, ...]) -> None:
    """etcd, CoreDNS and flannel. Each module's own caches go before the next one's come."""
    for module in modules:
        with_go = compiler(workshop, (module,))
        build_module(workshop, with_go, module, release)
        if with_go.own_caches:
            shutil.rmtree(workshop.scratch / "go-modules")
            shutil.rmtree(workshop.scratch / "go-build")


def build_module(workshop: Workshop, with_go: Compiler, module: Module, release: Release) -> None:
    """All programs of one module, to their names below workshop.out."""
    words: list[str | Path] = [with_go.go.program, "build", "-trimpath"]
    words += ["-ldflags", linker_flags(module, release.kubernetes)]
    environment = {**with_go.environment, "CGO_ENABLED": "1" if module.cgo else "0"}
    place = sources.MODULES / module.name
    for output in module.programs:
        (workshop.out / output).parent.mkdir(exist_ok=True)
    outputs = list(module.programs)
    for start in range(0, len(outputs), module.batch):
        batch = outputs[start : start + module.batch]
        target = str(workshop.out / batch[0]) if module.batch == 1 else f"{workshop.out}/bin/"
        to = [target, *(module.programs[output] for output in batch)]
        workshop.log.run([*words, "-o", *to], timeout=TIMEOUT, cwd=place, env=environment)


def required_version(module: Module) -> str:
    """The version of module.watched that our go.mod names."""
    text = (sources.MODULES / module.name / "go.mod").read_text()
    found = re.search(rf"^\s*(?:require )?{re.escape(module.watched)} (v\S+)$", text, re.MULTILINE)
    if not found:
        raise LabgenError(f"modules/{module.name}/go.mod does not require {module.watched}")
    return found[1]


def _holds(module_cache: Path, module: Module) -> bool:
    return (module_cache / f"{module.watched}@{required_version(module)}").is_dir()


def _build_pause(workshop: Workshop, with_go: Compiler, release: Release) -> None:
    words = [str(with_go.go.program), "list", "-m", "-f", "{{.Dir}}", KUBERNETES.watched]
    place = sources.MODULES / KUBERNETES.name
    listed = run(words, timeout=60, cwd=place, env=with_go.environment)
    source = Path(listed.stdout.strip()) / "build/pause/linux/pause.c"
    flags = ["-Os", "-static", f"-DVERSION=v{release.pause}"]
    workshop.log.run(["gcc", *flags, "-o", workshop.out / "bin/pause", source], timeout=60)


def _compare_images(kubeadm: Path, release: Release) -> None:
    words = [str(kubeadm), "config", "images", "list", "--kubernetes-version", release.kubernetes]
    wanted = set(run(words, timeout=60).stdout.split())
    if wanted != set(release.control_plane_images):
        difference = ", ".join(sorted(wanted ^ set(release.control_plane_images)))
        raise LabgenError(
            f"kubeadm {release.kubernetes} asks for other images than the bundle holds",
            last_seen=difference,
            hint="correct labgen/bundle/versions.py",
        )
