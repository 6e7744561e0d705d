"""What a recipe is: a list of parts, each with its inputs, its outputs and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from labgen.bundle.engine import digests
from labgen.bundle.engine.build_log import Log

BUILD = "labgen bundle build"
BOX = "--box"
PACKAGES = "--packages"  # and a suite
RUNTIME = "--runtime"  # and its name


@dataclass(frozen=True)
class BuildContext:
    """Where one part is made.

    bundle holds the finished parts, out takes the outputs under their final names, scratch is
    removed when the part is done (an interrupted build finds it again).
    """

    bundle: Path
    out: Path
    scratch: Path
    log: Log


def nothing_to_do(_: Path) -> None:
    """For parts that need nothing outside the bundle directory."""


@dataclass(frozen=True)
class Part:
    """One part of a bundle.

    facts and sources (files or directories below source_root) and the parts it stands on are its
    inputs: when one changes, the part is built again. seconds, disk (MiB at the peak), objects (MiB
    on the workbench) and kept (MiB that stay) are forecasts. fetch downloads what make would, while
    earlier parts are made. adopt runs whenever the part is ready, for what lives outside the
    directory. Parts with an option are made only when `bundle build` is given it, and nothing
    without that option needs them.
    """

    name: str
    title: str
    outputs: tuple[str, ...]
    make: Callable[[BuildContext], None]
    facts: dict[str, object] = field(default_factory=dict)
    sources: tuple[Path, ...] = ()
    source_root: Path = Path("/")
    stands_on: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    network: bool = False
    seconds: float = 1
    disk: int = 1
    objects: int = 0
    kept: int = 1
    option: str = ""
    fetch: Callable[[BuildContext], None] | None = None
    adopt: Callable[[Path], None] = nothing_to_do

    @property
    def command(self) -> str:
        """What builds it."""
        return f"{BUILD} {self.option}".rstrip()


@dataclass(frozen=True)
class Recipe:
    """All parts of one bundle, in the order in which they are made."""

    name: str
    versions: dict[str, str]
    parts: tuple[Part, ...]

    def inputs(self) -> dict[str, str]:
        """Part name -> digest of everything that it is made from."""
        found: dict[str, str] = {}
        for part in self.parts:
            facts: dict[str, object] = {
                "facts": part.facts,
                "outputs": part.outputs,
                "sources": digests.of_sources(part.sources, part.source_root),
                "stands on": {name: found[name] for name in part.stands_on},
            }
            found[part.name] = digests.of_facts(facts)
        return found
