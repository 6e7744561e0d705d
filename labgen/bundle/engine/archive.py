"""Write container images into one archive in the format of `docker save`, reproducibly.

containerd, podman and others import it. A layer that several images share is stored once.
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FAST = 1  # gzip level: programs shrink to 40 %; level 6 gains little and takes four times as long
EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class Layer:
    """A gzip-packed layer; diff_id is the sha256 of the tar inside."""

    path: Path
    diff_id: str


@dataclass(frozen=True)
class Image:
    """An image: its full reference, its layers from the bottom up, its program's path."""

    reference: str
    layers: tuple[Layer, ...]
    entrypoint: str


def program_layer(program: Path, inside: str, path: Path) -> Layer:
    """Return a layer with one program at the absolute path inside."""

    def fill(layer: tarfile.TarFile) -> None:
        with program.open("rb") as content:
            layer.addfile(_entry(inside.lstrip("/"), program.stat().st_size, 0o755), content)

    return _pack(fill, path)


def root_layer(root: Path, path: Path) -> Layer:
    """Return a layer with the content of a root file system's tar, without its device nodes."""

    def fill(layer: tarfile.TarFile) -> None:
        with tarfile.open(root) as source:
            for member in source:
                if not member.name.startswith("./dev/"):
                    layer.addfile(member, source.extractfile(member) if member.isreg() else None)

    return _pack(fill, path)


def write(images: Sequence[Image], architecture: str, path: Path) -> None:
    """Write all images into one archive at path; architecture is a name that Go uses."""
    manifest: list[dict[str, object]] = []
    layers: dict[str, Path] = {}
    configs: dict[str, bytes] = {}
    for image in images:
        config = _config(image, architecture)
        config_name = f"{hashlib.sha256(config).hexdigest()}.json"
        configs[config_name] = config
        names = [f"{layer.diff_id}.tar.gz" for layer in image.layers]
        layers |= dict(zip(names, (layer.path for layer in image.layers), strict=True))
        manifest.append({"Config": config_name, "RepoTags": [image.reference], "Layers": names})
    configs["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(path, "w") as archive:
        for name, file in layers.items():
            with file.open("rb") as content:
                archive.addfile(_entry(name, file.stat().st_size, 0o644), content)
        for name, text in configs.items():
            archive.addfile(_entry(name, len(text), 0o644), io.BytesIO(text))


def _config(image: Image, architecture: str) -> bytes:
    """Return the image's configuration, https://github.com/opencontainers/image-spec config.md."""
    config = {
        "architecture": architecture,
        "os": "linux",
        "created": EPOCH,
        "config": {"Env": [PATH], "Entrypoint": [image.entrypoint]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{it.diff_id}" for it in image.layers]},
        "history": [{"created": EPOCH, "created_by": "labgen bundle build"} for _ in image.layers],
    }
    return json.dumps(config, sort_keys=True).encode()


def _entry(name: str, size: int, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)  # time, owner and group 0
    entry.size, entry.mode = size, mode
    return entry


class _Hashing:
    """The methods of a file that tarfile needs; data is hashed while it is written."""

    def __init__(self, to: gzip.GzipFile) -> None:
        self._to = to
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return self._to.write(data)


def _pack(fill: Callable[[tarfile.TarFile], None], path: Path) -> Layer:
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=FAST, fileobj=file, mtime=0) as packed,
    ):
        hashing = _Hashing(packed)
        with tarfile.open(fileobj=cast("IO[bytes]", hashing), mode="w|") as layer:
            fill(layer)
    return Layer(path, hashing.sha256.hexdigest())
