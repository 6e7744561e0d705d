"""The container images of a lab: a program alone, or on a small Debian with the network tools."""

from functools import partial

from labgen.bundle.engine import archive
from labgen.bundle.engine.archive import Image, Layer
from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import debian
from labgen.bundle.versions import Release
from labgen.system.parallel import gather

ARCHIVE = "images.tar"
# kube-proxy and flanneld call these; the rest of the images is one static program each
NETWORK_TOOLS = ("iptables", "nftables", "conntrack", "iproute2", "kmod")
NEED_TOOLS = ("kube-proxy", "flanneld")


def programs(release: Release) -> dict[str, str]:
    """Return the program in each image, by image reference."""
    named = {
        release.pause_image: "pause",
        release.flannel_image: "flanneld",
        release.workload_image: "agnhost",
    }
    for reference in release.control_plane_images:
        named.setdefault(reference, reference.rsplit("/", 1)[-1].split(":", 1)[0])
    return named


def make(context: BuildContext, release: Release, architecture: str) -> None:
    """Write the archive of all images to context.out."""
    root = context.scratch / "root.tar"
    debian.bootstrap(context, release.debian, "essential", NETWORK_TOOLS, to=root)
    wanted = programs(release)

    def layer(program: str) -> Layer:
        source = context.bundle / "bin" / program
        return archive.program_layer(source, _inside(program), context.scratch / f"{program}.gz")

    tasks = {program: partial(layer, program) for program in wanted.values()}
    base_task = {"": lambda: archive.root_layer(root, context.scratch / "root.gz")}
    layers: dict[str, Layer] = gather({**base_task, **tasks})
    images = []
    for reference, program in wanted.items():
        below = (layers[""],) if program in NEED_TOOLS else ()
        images.append(Image(reference, (*below, layers[program]), _inside(program)))
    archive.write(images, architecture, context.out / ARCHIVE)


def _inside(program: str) -> str:
    return f"/usr/local/bin/{program}"
