"""The parts of a bundle, in the order in which they are built. Read this page first.

    kubernetes, addons         programs, compiled from Go modules
    images                     container images of these programs
    debian -> machine          Debian's packages, then the machine image with them and Kubernetes
    golden                     containerd's store with the images unpacked
    kernel, initrd, box        the Vagrant box, only with --box
    packages-*, runtime-*      for existing machines and for other runtimes, only by option

A part is built again when its facts, its sources or a part that it depends on change. The forecasts
(seconds, MiB) were measured on two cores with empty caches.
"""

from labgen.bundle.engine import digests
from labgen.bundle.engine.recipe import BOX, PACKAGES, RUNTIME, Part, Recipe
from labgen.bundle.parts import (
    box,
    compiling,
    debian,
    golden,
    images,
    initrd,
    kernel,
    machine,
    packages,
    programs,
    rootfs,
    runtimes,
    sources,
)
from labgen.bundle.versions import Release, release

COMPILED = ("kubernetes", "addons")


def recipe(version: str) -> Recipe:
    """Return the recipe of the bundle of that Kubernetes version for this host."""
    wanted = release(version)
    architecture = sources.architecture()
    return Recipe(
        name=f"{version}-{architecture}",
        versions={
            "kubernetes": wanted.kubernetes,
            "etcd": wanted.etcd,
            "pause": wanted.pause,
            "coredns": wanted.coredns,
            "flannel": wanted.flannel,
            "agnhost": wanted.agnhost,
            "debian": wanted.debian,
            "architecture": architecture,
        },
        parts=(
            _kubernetes(wanted),
            _addons(wanted),
            _images(wanted, architecture),
            _debian(wanted),
            _machine(wanted),
            _golden(wanted),
            _kernel(wanted, architecture),
            _initrd(),
            _box(wanted),
            *(_packages(suite) for suite in packages.SUITES),
            *(_runtime(name, wanted) for name in runtimes.NAMES),
        ),
    )


def _kubernetes(wanted: Release) -> Part:
    module = programs.KUBERNETES
    return Part(
        name="kubernetes",
        title=f"Kubernetes {wanted.kubernetes}",
        outputs=(*module.programs, "bin/pause"),
        make=lambda context: compiling.kubernetes(context, wanted),
        facts={"pause": wanted.pause, **programs.facts(module, wanted.kubernetes)},
        sources=(sources.MODULES / module.name,),
        source_root=sources.MODULES,
        programs=("gcc", "libc.a"),
        network=True,
        seconds=420,
        disk=1300,
        objects=compiling.OBJECTS,
        kept=650,
    )


def _addons(wanted: Release) -> Part:
    modules = programs.ADDONS
    return Part(
        name="addons",
        title="etcd, CoreDNS and flannel",
        outputs=tuple(output for module in modules for output in module.programs),
        make=lambda context: compiling.addons(context, wanted),
        fetch=lambda context: compiling.fetch(context, modules),
        facts={module.name: programs.facts(module, wanted.kubernetes) for module in modules},
        sources=tuple(sources.MODULES / module.name for module in modules),
        source_root=sources.MODULES,
        network=True,
        seconds=90,
        disk=1300,
        objects=compiling.OBJECTS,
        kept=150,
    )


def _images(wanted: Release, architecture: str) -> Part:
    return Part(
        name="images",
        title=f"{len(wanted.images)} container images",
        outputs=(images.ARCHIVE,),
        make=lambda context: images.make(context, wanted, architecture),
        facts={
            "programs": images.programs(wanted),
            "tools": images.NETWORK_TOOLS,
            "debian": wanted.debian,
        },
        depends_on=COMPILED,
        programs=("mmdebstrap", "apt-get"),
        network=True,
        seconds=30,
        disk=700,
        kept=215,
    )


def _debian(wanted: Release) -> Part:
    provisioners = sources.provisioners()
    return Part(
        name="debian",
        title=f"Debian {wanted.debian} with the packages of a machine",
        outputs=(debian.ARCHIVE,),
        make=lambda context: debian.make(context, wanted.debian),
        facts={"suite": wanted.debian, "left out": debian.LEFT_OUT, "kept": debian.KEPT},
        sources=(provisioners / "phases" / "packages.sh", provisioners / "lib" / "pkg.sh"),
        source_root=provisioners,
        programs=("mmdebstrap", "apt-get", "zstd"),
        network=True,
        seconds=45,
        disk=700,
        kept=131,
    )


def _machine(wanted: Release) -> Part:
    provisioners = sources.provisioners()
    return Part(
        name="machine",
        title="machine image",
        outputs=(machine.ARCHIVE,),
        make=lambda context: machine.make(context, wanted),
        facts={"payload": rootfs.payload(wanted), "phases": rootfs.PHASES},
        sources=sources.of_the_image(),
        source_root=provisioners,
        depends_on=(*COMPILED, "debian"),
        programs=("podman", "runc", "unshare", "tar", "zstd"),
        seconds=10,
        disk=1700,
        kept=890,
        adopt=machine.load,
    )


def _golden(wanted: Release) -> Part:
    """Return the part golden. It depends on Debian's containerd, not on the machine image, which
    changes with every phase."""
    provisioners = sources.provisioners()
    return Part(
        name="golden",
        title="containerd's store with all images unpacked",
        outputs=(golden.STORE,),
        make=lambda context: golden.make(context, wanted),
        facts={"payload": rootfs.payload(wanted)},
        sources=(provisioners / "phases" / "images.sh", provisioners / "lib" / "image.sh"),
        source_root=provisioners,
        depends_on=("images", "debian"),
        programs=("podman", "runc", "ip"),
        seconds=15,
        disk=700,
        kept=655,
    )


def _kernel(wanted: Release, architecture: str) -> Part:
    packages = kernel.packages(architecture)
    return Part(
        name="kernel",
        title=f"Debian {wanted.debian}'s kernel for virtual machines",
        outputs=(kernel.KERNEL, kernel.MODULES, kernel.BUSYBOX),
        make=lambda context: kernel.make(context, wanted.debian, architecture),
        facts={"suite": wanted.debian, "packages": packages, "kept": kernel.KEPT},
        programs=("mmdebstrap", "apt-get", "tar", "zstd"),
        network=True,
        seconds=45,
        disk=450,
        kept=50,
        option=BOX,
    )


def _initrd() -> Part:
    return Part(
        name="initrd",
        title="initrd for virtual machines",
        outputs=(initrd.INITRD,),
        make=initrd.make,
        facts={"modules": initrd.WANTED, "commands": initrd.COMMANDS},
        sources=(initrd.INIT,),
        source_root=initrd.INIT.parent,
        depends_on=("kernel",),
        programs=("tar", "zstd"),
        seconds=2,
        disk=130,
        kept=3,
        option=BOX,
    )


def _box(wanted: Release) -> Part:
    """Return the part box. It depends on the machine image because of the provisioners in it."""
    return Part(
        name="box",
        title="Vagrant box for libvirt",
        outputs=(box.ARCHIVE,),
        make=lambda context: box.make(context, wanted),
        facts={"metadata": box.METADATA},
        sources=(box.VAGRANTFILE,),
        source_root=box.VAGRANTFILE.parent,
        depends_on=("machine", "golden", "kernel", "initrd"),
        programs=("unshare", "tar", "zstd", "mke2fs", "qemu-img"),
        seconds=60,
        disk=3000,
        kept=500,
        option=BOX,
    )


def _packages(suite: str) -> Part:
    """Return the part with the same packages as the part debian, for existing machines."""
    provisioners = sources.provisioners()
    return Part(
        name=f"packages-{suite}",
        title=f"packages for machines with Debian {suite}",
        outputs=(packages.archive(suite),),
        make=lambda context: packages.make(context, suite),
        facts={"suite": suite, "minimal": packages.MINIMAL},
        sources=(provisioners / "phases" / "packages.sh", provisioners / "lib" / "pkg.sh"),
        source_root=provisioners,
        programs=("mmdebstrap", "apt-get", "dpkg-deb", "tar"),
        network=True,
        seconds=40,
        disk=500,
        kept=100,
        option=f"{PACKAGES} {suite}",
    )


def _runtime(name: str, wanted: Release) -> Part:
    """Return the part with the runtime's Debian packages and the programs that Debian does not
    have."""
    provisioners, module = sources.provisioners(), programs.RUNTIMES[name]
    return Part(
        name=f"runtime-{name}",
        title=f"{name} for machines with Debian {wanted.debian}",
        outputs=(*runtimes.programs(name), runtimes.archive(name)),
        make=lambda context: runtimes.make(context, name, wanted),
        facts={
            module.name: programs.facts(module, wanted.kubernetes),
            "module": digests.of_sources([sources.MODULES / module.name], sources.MODULES),
            "suite": wanted.debian,
        },
        sources=(provisioners / "phases" / "runtime-packages.sh", provisioners / "lib" / "pkg.sh"),
        source_root=provisioners,
        depends_on=("debian",),
        programs=("gcc", "libc.a", "mmdebstrap", "apt-get", "dpkg-deb", "tar", "zstd"),
        network=True,
        seconds=150,
        disk=900,
        objects=1500,
        kept=80,
        option=f"{RUNTIME} {name}",
    )
