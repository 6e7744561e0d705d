"""sha256 of files and of whole directory trees."""

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Digest:
    """sha256 (hex) and size in bytes of a file, or of all files of a tree."""

    sha256: str
    size: int


def of(path: Path) -> Digest:
    """Return the digest of a file or a tree. Raises FileNotFoundError if path does not exist."""
    return of_tree(path) if path.is_dir() else of_file(path)


def of_file(path: Path) -> Digest:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Digest(sha256, path.stat().st_size)


def of_tree(root: Path) -> Digest:
    """Return the digest of names, kinds, permissions and contents below root, without times and
    owners."""
    total = hashlib.sha256()
    size = 0
    for directory, subdirectories, names in os.walk(root):
        subdirectories.sort()
        for name in sorted([*names, *subdirectories]):
            path = Path(directory) / name
            status = path.lstat()
            content = ""
            if stat.S_ISLNK(status.st_mode):
                content = str(path.readlink())
            elif stat.S_ISREG(status.st_mode):
                content = of_file(path).sha256
                size += status.st_size
            line = f"{path.relative_to(root)}\0{status.st_mode:o}\0{content}\n"
            total.update(line.encode(errors="surrogateescape"))
    return Digest(total.hexdigest(), size)


def of_sources(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the sha256 of each file in paths, by its name below root; directories with all their
    files."""
    found: dict[str, str] = {}
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else [path]
        for file in inside:
            if file.is_file() and "__pycache__" not in file.parts:
                found[str(file.relative_to(root))] = of_file(file).sha256
    return found


def of_facts(facts: Mapping[str, object]) -> str:
    """Return the sha256 of a mapping that JSON can represent, independent of its order."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
