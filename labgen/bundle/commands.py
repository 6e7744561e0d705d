"""What `labgen bundle` does: build, list, verify."""

from collections.abc import Collection
from dataclasses import dataclass

from labgen.bundle import contents as parts_of
from labgen.bundle.engine import build as builder
from labgen.bundle.engine import lockfile, requirements
from labgen.bundle.engine.progress import Progress
from labgen.bundle.engine.recipe import BUILD, Recipe
from labgen.bundle.engine.state import State, damaged_outputs, quick_states
from labgen.bundle.store import directory_of
from labgen.bundle.versions import known_versions
from labgen.errors import LabgenError
from labgen.system import paths
from labgen.system.locks import locked

OTHER_BUILD = 3600.0  # seconds to wait for another build, with much room: see parts.py


@dataclass(frozen=True)
class PartReport:
    """The state of one part, for users: size in bytes, seconds of its build (None: never built)."""

    name: str
    state: State
    size: int
    seconds: float | None


@dataclass(frozen=True)
class BundleReport:
    """The state of one bundle, for users."""

    name: str
    directory: str
    parts: tuple[PartReport, ...]


def build(version: str, progress: Progress, *, options: Collection[str] = ()) -> list[str]:
    """Build the parts that the bundle of that version lacks, and return their names.

    options are those of parts that are built only on demand: see recipe.Part. Waits while another
    process builds. Raises UsageError if nothing can be built at the cache's path, HostUnfit before
    anything is changed if this host is unsuitable, LabgenError when a part fails.
    """
    return build_recipe(parts_of.recipe(version), progress, options=options)


def build_recipe(recipe: Recipe, progress: Progress, *, options: Collection[str] = ()) -> list[str]:
    """Do the same as build() for a recipe."""
    paths.ensure_buildable()
    directory = directory_of(recipe)
    waiting = f"waiting for another build of bundle {recipe.name}"
    lock = directory.with_name(f"{recipe.name}.lock")
    with locked(lock, timeout=OTHER_BUILD, waiting=lambda who: progress.note(f"{waiting}: {who}")):
        missing = builder.to_build(recipe, directory, options=options)
        if missing:
            progress.note(
                requirements.sentence(requirements.of(missing, directory), recipe.name, directory)
            )
            requirements.check(missing, directory)
            builder.make_parts(missing, recipe, directory, progress)
        builder.adopt(recipe, directory)
    progress.note(f"bundle {recipe.name} is ready: {directory}")
    return [part.name for part in missing]


def bundles() -> list[BundleReport]:
    """Return the state of every bundle that labgen can build."""
    return [report(parts_of.recipe(version)) for version in known_versions()]


def report(recipe: Recipe) -> BundleReport:
    """Return the state of one bundle, judged by names and sizes."""
    directory = directory_of(recipe)
    lock = lockfile.read(directory)
    found = []
    for name, state in quick_states(recipe, directory).items():
        locked_part = lock.parts.get(name)
        size = locked_part.size if locked_part else 0
        found.append(PartReport(name, state, size, locked_part.seconds if locked_part else None))
    return BundleReport(recipe.name, str(directory), tuple(found))


def verify(recipe: Recipe) -> int:
    """Hash all parts and return how many are ready.

    Parts with an option may be missing or outdated. Raises LabgenError with each part that is
    missing, outdated or damaged.
    """
    directory = directory_of(recipe)
    states = quick_states(recipe, directory)
    faults = {
        part.name: str(states[part.name])
        for part in recipe.parts
        if states[part.name] is not State.READY and not part.option
    }
    for name, outputs in damaged_outputs(recipe, directory).items():
        faults[name] = f"damaged ({', '.join(outputs)})"
    if faults:
        listed = "\n".join(f"    {name}: {fault}" for name, fault in faults.items())
        raise LabgenError(
            f"{len(faults)} of {len(recipe.parts)} parts of bundle {recipe.name} are missing, "
            "outdated or damaged:\n"
            f"{listed}",
            hint=f"build these parts again, the rest is kept: {_command(recipe, faults)}",
        )
    return sum(state is State.READY for state in states.values())


def _command(recipe: Recipe, names: Collection[str]) -> str:
    """Return the command that builds these parts."""
    options = (part.option for part in recipe.parts if part.name in names and part.option)
    return " ".join([BUILD, *dict.fromkeys(options)])
