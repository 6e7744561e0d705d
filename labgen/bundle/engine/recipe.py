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
    """The directories in which one part is built.

    bundle contains the finished parts. out receives the outputs under their final names. scratch is
    removed when the part is finished; a build that resumes finds it again.
    """

    bundle: Path
    out: Path
    scratch: Path
    log: Log


def nothing_to_do(_: Path) -> None:
    """Do nothing, for parts that need nothing outside the bundle directory."""


@dataclass(frozen=True)
class Part:
    """One part of a bundle.

    Its inputs are facts, sources and the parts that it depends on: when one changes, the part is
    built again. A part with an option is built only if `bundle build` has that option, and no part
    without the option depends on it.
    """

    name: str
    title: str
    outputs: tuple[str, ...]  # paths below the bundle's directory
    make: Callable[[BuildContext], None]
    facts: dict[str, object] = field(default_factory=dict)
    sources: tuple[Path, ...] = ()  # files or directories below source_root
    source_root: Path = Path("/")
    depends_on: tuple[str, ...] = ()  # names of parts
    programs: tuple[str, ...] = ()  # of the host
    network: bool = False  # whether anything is downloaded
    seconds: float = 1  # this and the next three are forecasts
    disk: int = 1  # MiB at the peak
    objects: int = 0  # MiB of compiled packages
    kept: int = 1  # MiB of the outputs
    option: str = ""
    fetch: Callable[[BuildContext], None] | None = None  # downloads while earlier parts are built
    adopt: Callable[[Path], None] = nothing_to_do  # restores what is outside of the directory

    @property
    def command(self) -> str:
        """Return the command that builds it."""
        return f"{BUILD} {self.option}".rstrip()


@dataclass(frozen=True)
class Recipe:
    """All parts of one bundle, in the order in which they are built."""

    name: str
    versions: dict[str, str]
    parts: tuple[Part, ...]

    def inputs(self) -> dict[str, str]:
        """Return the digest of every part's inputs, by part name."""
        found: dict[str, str] = {}
        for part in self.parts:
            facts: dict[str, object] = {
                "facts": part.facts,
                "outputs": part.outputs,
                "sources": digests.of_sources(part.sources, part.source_root),
                "stands on": {name: found[name] for name in part.depends_on},
            }
            found[part.name] = digests.of_facts(facts)
        return found
