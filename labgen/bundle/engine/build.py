"""Build the missing and outdated parts of a bundle, in order.

Each part is built in a separate directory and then renamed into place. Only then is it entered in
the lock file, so after an interrupted build each part is either complete or built again.
"""

import logging
import shutil
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from labgen.bundle.engine import lockfile, scratch
from labgen.bundle.engine.build_log import Log
from labgen.bundle.engine.digests import of
from labgen.bundle.engine.lockfile import LockedPart
from labgen.bundle.engine.progress import Progress
from labgen.bundle.engine.recipe import BuildContext, Part, Recipe
from labgen.bundle.engine.scratch import BUILDING
from labgen.bundle.engine.state import State, thorough_states
from labgen.errors import LabgenError
from labgen.system.parallel import gather

logger = logging.getLogger(__name__)


def to_build(recipe: Recipe, directory: Path, *, options: Collection[str]) -> tuple[Part, ...]:
    """Return the parts that are missing, damaged or outdated; hashes all outputs.

    Parts with an option are included only if it is among options.
    """
    states = thorough_states(recipe, directory)
    wanted = (part for part in recipe.parts if not part.option or part.option in options)
    return tuple(part for part in wanted if states[part.name] is not State.READY)


def make_parts(parts: Sequence[Part], recipe: Recipe, directory: Path, progress: Progress) -> None:
    """Build these parts of the recipe in directory and add each to the lock file.

    Downloads for later parts run concurrently.
    Raises LabgenError with the part's name, the tail of its output and its log.
    """
    inputs = recipe.inputs()

    def make() -> None:
        for number, part in enumerate(parts, start=1):
            with progress.part(number, len(parts), part):
                _make(part, inputs[part.name], recipe, directory)
            if not any(later.objects for later in parts[number:]):
                scratch.clear(directory)

    gather({"make": make, "fetch": lambda: _fetch(parts[1:], directory)})
    shutil.rmtree(directory / BUILDING, ignore_errors=True)


def adopt(recipe: Recipe, directory: Path) -> None:
    """Restore what parts need outside of the directory, such as an image that was removed from
    podman."""
    for part in recipe.parts:
        part.adopt(directory)


def _fetch(parts: Sequence[Part], directory: Path) -> None:
    """Download in advance. An error here occurs again, and is reported, when the part is built."""
    for part in parts:
        if part.fetch:
            try:
                part.fetch(_build_context(part, directory))
            except LabgenError as error:
                logger.debug("fetching for %s: %s", part.name, error)


def _build_context(part: Part, directory: Path) -> BuildContext:
    place = directory / BUILDING / part.name
    scratch = place / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    log = Log(directory / "logs" / f"{part.name}.log")
    return BuildContext(bundle=directory, out=place / "out", scratch=scratch, log=log)


def _make(part: Part, inputs: str, recipe: Recipe, directory: Path) -> None:
    started = time.monotonic()
    context = _build_context(part, directory)
    shutil.rmtree(context.out, ignore_errors=True)
    context.out.mkdir()
    context.log.path.unlink(missing_ok=True)
    try:
        part.make(context)
    except LabgenError as error:
        raise LabgenError(
            f"{part.title} could not be built: {error.message}",
            last_seen=error.last_seen,
            log=error.log or (context.log.path if context.log.path.exists() else None),
            hint=error.hint or f"to resume, finished parts are kept: {part.command}",
        ) from error
    outputs = {name: of(context.out / name) for name in part.outputs}
    lock = lockfile.read(directory).without_part(part.name)
    lockfile.write(directory, lock)
    for name in part.outputs:
        _replace(directory / name, context.out / name)
    seconds = round(time.monotonic() - started, 1)
    lock = lockfile.Lock(versions=recipe.versions, parts=lock.parts)
    lockfile.write(directory, lock.with_part(part.name, LockedPart(inputs, outputs, seconds)))
    shutil.rmtree(directory / BUILDING / part.name)


def _replace(place: Path, made: Path) -> None:
    """Move a built output into place; rename cannot replace a directory that has files."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    made.rename(place)
