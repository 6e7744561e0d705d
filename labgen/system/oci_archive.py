"""Give an OCI archive the manifest of a docker-archive: Docker's own store reads no other.

Both kinds may be one file, because a manifest of Docker names its parts by their paths:
https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labgen.system.image_archive import DOCKER, Archive, name_of, read_json

INDEXES = {
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
}


def as_docker(archive: Archive, path: Path, architecture: str) -> Archive:
    """Write the archive with Docker's manifest to path. Of an image for several architectures, the
    one that is named is taken.

    Raises KeyError when it lacks a part.
    """
    with tarfile.open(archive.path) as source, tarfile.open(path, "w") as target:
        images = read_json(source, "index.json")["manifests"]
        manifest = [_image(source, image, architecture) for image in images]
        for member in source:
            target.addfile(member, source.extractfile(member) if member.isfile() else None)
        data = json.dumps(manifest).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(data)
        target.addfile(entry, io.BytesIO(data))
    return Archive(path, DOCKER, archive.names, archive.architectures)


def _image(source: tarfile.TarFile, entry: Mapping[str, Any], architecture: str) -> dict[str, Any]:
    found = read_json(source, _blob(entry))
    if entry.get("mediaType") in INDEXES:
        built = {it.get("platform", {}).get("architecture"): it for it in found["manifests"]}
        found = read_json(source, _blob(built[architecture]))
    name = name_of(entry)
    return {
        "Config": _blob(found["config"]),
        "RepoTags": [name] if name else None,
        "Layers": [_blob(layer) for layer in found["layers"]],
    }


def _blob(entry: Mapping[str, Any]) -> str:
    """Return the path of a part by its digest."""
    return f"blobs/{entry['digest'].replace(':', '/')}"
