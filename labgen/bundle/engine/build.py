"""Make what is missing of a bundle, in order; keep what is good.

A part is made beside its place and renamed into it, and the lock file names it only after that:
a build that was killed anywhere leaves parts that are whole or parts that are built again.
"""

import logging
import shutil
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from labgen.bundle.engine import lockfile
from labgen.bundle.engine import scratch as workbench
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
    """The parts that are not there, damaged or of other inputs; reads and hashes everything.

    Those with an option count only when it is among options.
    """
    states = thorough_states(recipe, directory)
    wanted = (part for part in recipe.parts if not part.option or part.option in options)
    return tuple(part for part in wanted if states[part.name] is not State.READY)


def make_parts(parts: Sequence[Part], recipe: Recipe, directory: Path, progress: Progress) -> None:
    """Make these parts of the recipe in directory and write each into the lock file.

    While one is made, what later ones need is downloaded.
    Raises LabgenError with the part's name, the tail of its output and its log.
    """
    inputs = recipe.inputs()

    def make() -> None:
        for number, part in enumerate(parts, start=1):
            with progress.part(number, len(parts), part):
                _make(part, inputs[part.name], recipe, directory)
            if not any(later.objects for later in parts[number:]):
                workbench.clear(directory)

    gather({"make": make, "fetch": lambda: _fetch(parts[1:], directory)})
    shutil.rmtree(directory / BUILDING, ignore_errors=True)


def adopt(recipe: Recipe, directory: Path) -> None:
    """Bring back what parts need outside the directory, such as an image that podman lost."""
    for part in recipe.parts:
        part.adopt(directory)


def _fetch(parts: Sequence[Part], directory: Path) -> None:
    """What fails here fails again, and is reported, when the part is made."""
    for part in parts:
        if part.fetch:
            try:
                part.fetch(_workshop(part, directory))
            except LabgenError as error:
                logger.debug("fetching for %s: %s", part.name, error)


def _workshop(part: Part, directory: Path) -> BuildContext:
    place = directory / BUILDING / part.name
    scratch = place / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    log = Log(directory / "logs" / f"{part.name}.log")
    return BuildContext(bundle=directory, out=place / "out", scratch=scratch, log=log)


def _make(part: Part, inputs: str, recipe: Recipe, directory: Path) -> None:
    started = time.monotonic()
    context = _workshop(part, directory)
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
    """Put what was made in its place; a directory cannot be renamed over a full one."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    made.rename(place)
