"""Compile Go modules, and one C file, to static programs."""

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from labgen.bundle.engine import scratch
from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import go as go_toolchain
from labgen.bundle.parts import sources
from labgen.bundle.parts.go import Go
from labgen.bundle.parts.programs import ADDONS, KUBERNETES, RUNTIMES, Module, linker_flags
from labgen.bundle.versions import Release
from labgen.errors import LabgenError
from labgen.system import paths
from labgen.system.process import run

# Kubernetes took 292 s on two idle cores; slow hosts and networks get ten times that
TIMEOUT = 3000.0
# Packages that one `go build` compiles: it keeps all of them a second time until it ends.
BATCH = 500
# What all programs come to once compiled, MiB; measured, the cache and one batch's work.
OBJECTS = 4600
# Go's collector runs a quarter as often as it would: a tenth of the compiler's time
COLLECT_PERCENT = "400"


@dataclass(frozen=True)
class Compiler:
    """A Go, and the environment in which its output is reproducible."""

    go: Go
    environment: dict[str, str]

    def words(self, *words: str | Path) -> list[str | Path]:
        """Return a go command's argv."""
        return [self.go.program, *words]


def compiler(context: BuildContext, modules: Iterable[Module] = (KUBERNETES, *ADDONS)) -> Compiler:
    """Return the Go for a bundle, with the user's own caches if they contain the sources of these
    modules.

    Otherwise with scratch caches, which are removed after the build.
    """
    found = go_toolchain.find(paths.cache() / "go", context.log)
    temporary = context.scratch / "go-tmp"  # in the scratch, it goes away even after a kill
    environment = {
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOFLAGS": "-buildvcs=false -mod=readonly -modcacherw",
        "GOGC": COLLECT_PERCENT,
        "CGO_ENABLED": "0",
        # what the user exempts from the checksum database is not exempt here
        "GOPRIVATE": "",
        "GONOSUMDB": "",
        "GOINSECURE": "",
    }
    if not all(_holds(found.module_cache, module) for module in modules):
        objects = scratch.objects(context.bundle, OBJECTS)
        temporary = objects / "tmp"
        # the linker drops DWARF anyway; without it the cache is a fifth smaller
        environment["GOFLAGS"] += " -gcflags=all=-dwarf=false"
        environment["GOMODCACHE"] = str(scratch.sources(context.bundle))
        environment["GOCACHE"] = str(objects / "cache")
    temporary.mkdir(parents=True, exist_ok=True)
    environment["GOTMPDIR"] = str(temporary)
    return Compiler(found, environment)


def kubernetes(context: BuildContext, release: Release) -> None:
    """Compile Kubernetes' programs and pause. Raises LabgenError if kubeadm needs other images than
    these."""
    with_go = compiler(context)
    build_module(context, with_go, KUBERNETES, release)
    _build_pause(context, with_go, release)
    _compare_images(context.out / "bin" / "kubeadm", release)


def addons(context: BuildContext, release: Release) -> None:
    """Compile etcd, CoreDNS and flannel."""
    with_go = compiler(context)
    for module in ADDONS:
        build_module(context, with_go, module, release)


def runtime(context: BuildContext, name: str, release: Release) -> None:
    """Compile the programs of that container runtime that Debian does not have."""
    module = RUNTIMES[name]
    with_go = compiler(context, [module])
    build_module(context, with_go, module, release)
    if name == "cri-o":
        _build_pinns(context, with_go, module)


def fetch(context: BuildContext, modules: Iterable[Module]) -> None:
    """Download those sources of these modules that their programs need."""
    with_go = compiler(context)
    for module in modules:
        words = with_go.words("list", "-deps", *module.programs.values())
        place = sources.MODULES / module.name
        run(words, timeout=TIMEOUT, cwd=place, env=with_go.environment)


def build_module(
    context: BuildContext, with_go: Compiler, module: Module, release: Release
) -> None:
    """Compile all programs of one module to their names below context.out."""
    place = sources.MODULES / module.name
    flags = ["-trimpath", "-ldflags", linker_flags(module, release.kubernetes)]
    if module.tags:
        flags += ["-tags", ",".join(module.tags)]
    if module.instead:
        flags += ["-modfile", str(_altered(context, with_go, module))]

    def build(*words: str) -> None:
        argv = with_go.words("build", *flags, *words)
        context.log.run(argv, timeout=TIMEOUT, cwd=place, env=with_go.environment)

    libraries = _libraries(with_go, flags, module)
    for start in range(0, len(libraries), BATCH):
        build(*libraries[start : start + BATCH])
    made = context.scratch / module.name
    made.mkdir(exist_ok=True)
    build("-o", f"{made}/", *module.programs.values())
    for output, package in module.programs.items():
        (context.out / output).parent.mkdir(parents=True, exist_ok=True)
        (made / _go_name(package, module)).rename(context.out / output)


def _libraries(with_go: Compiler, flags: list[str], module: Module) -> list[str]:
    """Return the packages that the module's programs link, each after the packages that it
    imports."""
    form = '{{if not (or .Standard (eq .Name "main"))}}{{.ImportPath}}{{end}}'
    words = with_go.words("list", *flags, "-deps", "-f", form, *module.programs.values())
    place = sources.MODULES / module.name
    return run(words, timeout=TIMEOUT, cwd=place, env=with_go.environment).stdout.split()


def _altered(context: BuildContext, with_go: Compiler, module: Module) -> Path:
    """Return a go.mod that takes the watched module from a copy with module.instead in it."""
    place = sources.MODULES / module.name
    words = with_go.words("mod", "download", "-json", module.watched)
    answer = run(words, timeout=TIMEOUT, cwd=place, env=with_go.environment)
    copy = context.scratch / f"{module.name}-altered"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(json.loads(answer.stdout)["Dir"], copy)
    for name, content in module.instead.items():
        (copy / name).unlink()
        if content is not None:
            (copy / name).write_text(content)
    file = context.scratch / f"{module.name}.mod"
    file.write_text((place / "go.mod").read_text() + f"\nreplace {module.watched} => {copy}\n")
    shutil.copy(place / "go.sum", file.with_suffix(".sum"))  # where -modfile looks for it
    return file


def _go_name(package: str, module: Module) -> str:
    """Return the name that `go build` gives a package's program: its last element that is not a
    version."""
    return module.name if package == "." else re.sub(r"/v\d+$", "", package).rsplit("/", 1)[-1]


def required_version(module: Module) -> str:
    """Return the version of module.watched in the module's go.mod."""
    text = (sources.MODULES / module.name / "go.mod").read_text()
    found = re.search(rf"^\s*(?:require )?{re.escape(module.watched)} (v\S+)$", text, re.MULTILINE)
    if not found:
        raise LabgenError(f"modules/{module.name}/go.mod does not require {module.watched}")
    return found[1]


def _holds(module_cache: Path, module: Module) -> bool:
    escaped = re.sub("[A-Z]", lambda capital: f"!{capital[0].lower()}", module.watched)
    return (module_cache / f"{escaped}@{required_version(module)}").is_dir()


def _build_pause(context: BuildContext, with_go: Compiler, release: Release) -> None:
    source = _source(with_go, KUBERNETES) / "build/pause/linux/pause.c"
    flags = ["-Os", "-static", f"-DVERSION=v{release.pause}"]
    context.log.run(["gcc", *flags, "-o", context.out / "bin/pause", source], timeout=60)


def _build_pinns(context: BuildContext, with_go: Compiler, module: Module) -> None:
    """Compile pinns, which keeps a pod's namespaces for CRI-O, as pinns/Makefile does."""
    files = sorted((_source(with_go, module) / "pinns/src").glob("*.c"))
    flags = ["-std=c99", "-Os", "-static", "-s"]
    target = context.out / "runtimes/cri-o/pinns"
    context.log.run(["gcc", *flags, "-o", target, *files], timeout=60)


def _source(with_go: Compiler, module: Module) -> Path:
    """Return the directory with the source of the watched module."""
    words = with_go.words("list", "-m", "-f", "{{.Dir}}", module.watched)
    place = sources.MODULES / module.name
    listed = run(words, timeout=60, cwd=place, env=with_go.environment)
    return Path(listed.stdout.strip())


def _compare_images(kubeadm: Path, release: Release) -> None:
    words = [str(kubeadm), "config", "images", "list", "--kubernetes-version", release.kubernetes]
    wanted = set(run(words, timeout=60).stdout.split())
    if wanted != set(release.control_plane_images):
        difference = ", ".join(sorted(wanted ^ set(release.control_plane_images)))
        raise LabgenError(
            f"kubeadm {release.kubernetes} needs other images than the bundle has",
            last_seen=difference,
            hint="correct labgen/bundle/versions.py",
        )
