"""Archives of container images: what is in them, and how podman or docker write them."""

import contextlib
import json
import lzma
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labgen.errors import LabgenError, UsageError
from labgen.system.process import CommandTimedOut, run

DOCKER, OCI = "docker-archive", "oci-archive"
FULL_NAME = "io.containerd.image.name"
NAME = "org.opencontainers.image.ref.name"
STORES = ("podman", "docker")
ASK = 20.0  # seconds
SAVE = 1800.0
ENDINGS = (".tar", ".tar.gz", ".tgz")
# Of a file that is no archive, has other contents, or is compressed and cut off or damaged.
UNREADABLE = (
    *(OSError, tarfile.TarError, ValueError, KeyError, TypeError),
    *(EOFError, zlib.error, lzma.LZMAError),
)


@dataclass(frozen=True)
class Archive:
    """A file with container images."""

    path: Path
    kind: str  # docker-archive or oci-archive
    names: tuple[str, ...]  # as the archive has them
    architectures: frozenset[str]  # as Go names them; empty where the archive does not show them

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def full_names(self) -> list[str]:
        """Return the names with registry, as a container runtime completes them."""
        return [full_name(name) for name in self.names]


def full_name(name: str) -> str:
    """Return an image's name with registry: app:1 is docker.io/library/app:1."""
    first, slash, _ = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return name
    return f"docker.io/{name}" if slash else f"docker.io/library/{name}"


def looks_like_file(word: str) -> bool:
    """Return whether the user means a file and not an image in a store."""
    return word.startswith((".", "/", "~")) or word.endswith(ENDINGS) or Path(word).is_file()


def read(path: Path) -> Archive:
    """Return what is in the archive. Raises UsageError if it has no images, or images without
    names."""
    try:
        with tarfile.open(path) as archive:
            found = _read(path, archive)
    except UNREADABLE as error:
        raise UsageError(
            f"{path} is no archive of container images",
            hint="to make one: podman save -o FILE IMAGE    or: docker save -o FILE IMAGE",
        ) from error
    if not found.names:
        raise UsageError(
            f"the images in {path} have no names, by which pods could find them",
            hint="save by name instead of by ID: podman save -o FILE NAME:TAG",
        )
    return found


def _read(path: Path, archive: tarfile.TarFile) -> Archive:
    members = archive.getnames()
    if "manifest.json" in members:  # newer archives of docker are both; this kind has the names
        images = read_json(archive, "manifest.json")
        names = [name for image in images for name in image.get("RepoTags") or ()]
        configs = [read_json(archive, image["Config"]) for image in images]
        built = frozenset(config["architecture"] for config in configs if "architecture" in config)
        return Archive(path, DOCKER, tuple(names), built)
    index = read_json(archive, "index.json")
    named = tuple(name for image in index["manifests"] if (name := name_of(image)))
    return Archive(path, OCI, named, frozenset())


def name_of(image: Mapping[str, Any]) -> str:
    """Return the name of an image in the index of an OCI archive; empty for none, and where the
    archive has only a tag."""
    notes = image.get("annotations") or {}
    name = str(notes.get(FULL_NAME) or notes.get(NAME, ""))
    return name if ":" in name else ""


def read_json(archive: tarfile.TarFile, name: str) -> Any:
    """Return the content of a file in the archive. Raises KeyError if there is none."""
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return json.load(file)


def store_of(image: str) -> str | None:
    """Return the program whose store has the image, podman or docker; None if neither does."""
    for store in STORES:
        words = [store, "image", "inspect", "--format", "{{.Id}}", "--", image]
        with contextlib.suppress(CommandTimedOut):  # of a docker whose daemon hangs
            if run(words, timeout=ASK, check=False).ok:
                return store
    return None


def save(store: str, image: str, path: Path) -> Archive:
    """Write the image of the store into a new archive at path."""
    kind = ["--quiet", "--format", DOCKER] if store == "podman" else []
    done = run([store, "save", *kind, "--output", path, "--", image], timeout=SAVE, check=False)
    if not done.ok:
        raise LabgenError(f"{store} cannot save {image}", last_seen=done.stderr.strip())
    return read(path)
