"""Minimal Debian root file systems for tests, kept in the user's cache."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labgen.bundle.engine import digests
from labgen.bundle.parts.debian import host_mirror
from labgen.system import paths
from labgen.system.process import run

BUILD = 600.0  # seconds


@dataclass(frozen=True)
class DebianRoot:
    """The inputs of a root file system."""

    kind: str  # the first word of the archive's name
    suite: str
    packages: Sequence[str]
    hooks: Sequence[str]  # shell for mmdebstrap, after all packages are installed

    @property
    def archive(self) -> Path:
        """Return the path of the archive. Its name depends on its inputs."""
        facts = {"suite": self.suite, "packages": self.packages, "hooks": self.hooks}
        recipe = digests.of_facts(facts)[:12]
        return paths.cache() / "tests" / f"{self.kind}-{self.suite}-{recipe}.tar"

    def build(self) -> None:
        """Build it unless it exists, and remove older ones. Requires the network and root."""
        made = self.archive
        if made.exists():
            return
        made.parent.mkdir(parents=True, exist_ok=True)
        unfinished = made.with_suffix(".new")
        hooks = [f"--customize-hook={hook}" for hook in self.hooks]
        words = ["mmdebstrap", "--mode=root", "--variant=minbase", "--format=tar", *hooks]
        words += [f"--include={','.join(self.packages)}", '--aptopt=Acquire::Languages "none"']
        run([*words, self.suite, unfinished, *host_mirror()], timeout=BUILD)
        unfinished.rename(made)
        for older in made.parent.glob(f"{self.kind}-{self.suite}-*"):
            if older != made:
                older.unlink()
