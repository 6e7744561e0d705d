"""The states of a bundle's parts: quickly by names and sizes, or thoroughly by sha256."""

from enum import StrEnum
from functools import partial
from pathlib import Path

from labgen.bundle.engine import digests, lockfile
from labgen.bundle.engine.digests import Digest
from labgen.bundle.engine.recipe import Recipe
from labgen.system.parallel import gather


class State(StrEnum):
    READY = "ready"
    MISSING = "missing"
    OUTDATED = "outdated"
    DAMAGED = "damaged"


def quick_states(recipe: Recipe, directory: Path) -> dict[str, State]:
    """Return the states by part name, from the lock file, the recipe and the outputs' sizes."""
    lock = lockfile.read(directory)
    inputs = recipe.inputs()
    states: dict[str, State] = {}
    for part in recipe.parts:
        locked = lock.parts.get(part.name)
        if locked is None:
            states[part.name] = State.MISSING
        elif locked.inputs != inputs[part.name] or set(locked.outputs) != set(part.outputs):
            states[part.name] = State.OUTDATED
        elif any(not _there(directory / name, it) for name, it in locked.outputs.items()):
            states[part.name] = State.DAMAGED
        else:
            states[part.name] = State.READY
    return states


def thorough_states(recipe: Recipe, directory: Path) -> dict[str, State]:
    """Return the same as quick_states, after hashing all outputs."""
    states = quick_states(recipe, directory)
    bad = damaged_outputs(recipe, directory)
    return {name: State.DAMAGED if name in bad else state for name, state in states.items()}


def damaged_outputs(recipe: Recipe, directory: Path) -> dict[str, list[str]]:
    """Return the outputs, by part name, that are missing or differ from the lock file."""
    lock = lockfile.read(directory)
    names = [part.name for part in recipe.parts if part.name in lock.parts]

    def check(name: str) -> list[str]:
        outputs = lock.parts[name].outputs
        return [path for path, digest in outputs.items() if not _same(directory / path, digest)]

    checked = gather({name: partial(check, name) for name in names})
    return {name: bad for name, bad in checked.items() if bad}


def _there(path: Path, digest: Digest) -> bool:
    try:
        return path.is_dir() or path.stat().st_size == digest.size
    except OSError:
        return False


def _same(path: Path, digest: Digest) -> bool:
    try:
        return digests.of(path) == digest
    except OSError:
        return False
