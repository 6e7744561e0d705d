"""Find checkpoints: those of labs, and those that were kept when their lab was removed."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from labgen.errors import LabgenError, UsageError
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.providers.optional import Checkpoint, Checkpoints, KeptCheckpoints
from labgen.providers.registry import PROVIDERS, provider


@dataclass(frozen=True)
class Listed:
    """A checkpoint and the lab it is of."""

    lab: Lab
    lab_name: str  # by which commands find it: NAME, or NAME-ID if several labs had that name
    kept: bool  # whether the lab no longer exists
    checkpoint: Checkpoint

    @property
    def made_from(self) -> str:
        """Return what was saved, in words for users."""
        scenario, origin = self.lab.scenario, self.lab.origin
        clone = f", a clone of {origin.words}" if origin and origin.words else ""
        after = f", after {self.checkpoint.parent}" if self.checkpoint.parent else ""
        return f"{scenario.name} {scenario.kubernetes.version}{clone}{after}"


@dataclass(frozen=True)
class Listing:
    """Checkpoints by lab, the oldest of each first; unread has the reasons why a lab's are not
    among them."""

    checkpoints: tuple[Listed, ...]
    unread: tuple[str, ...] = ()


def of_lab(name: str) -> list[Listed]:
    """Return the checkpoints of the lab of that name, and those kept of a lab that had it.

    A lab whose machines cannot be saved has none. Raises UsageError if no lab has or had that name.
    """
    kept = kept_of(name)
    try:
        labs = [(store.load(name), False)]
    except UsageError:
        if not kept:
            raise
        labs = []
    return [it for lab, gone in [*labs, *((lab, True) for lab in kept)] for it in _read(lab, gone)]


def of_all() -> Listing:
    """Return the checkpoints of all labs, and all that were kept."""
    found: list[Listed] = []
    unread: list[str] = []
    for name in store.names():
        try:
            found += _read(store.load(name), kept=False)
        except LabgenError as error:
            unread.append(f"lab {name}: {error.reason}")
    for lab in kept_labs():
        try:
            found += _read(lab, kept=True)
        except LabgenError as error:
            unread.append(f"removed lab {lab.name}: {error.reason}")
    return Listing(tuple(found), tuple(unread))


def one(name: str, checkpoint: str) -> Listed:
    """Return that checkpoint; if a lab exists and also one of that name was removed, the existing
    lab's.

    Raises UsageError if there is none, or if several removed labs have it.
    """
    known = of_lab(name)
    found = [it for it in known if it.checkpoint.name == checkpoint]
    found = [it for it in found if not it.kept] or found
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(it.lab_name for it in found)
        raise UsageError(
            f"several labs {name} had a checkpoint {checkpoint}", hint=f"one of: {names}"
        )
    listed = ", ".join(it.checkpoint.name for it in known) or "none"
    raise UsageError(f"lab {name} has no checkpoint {checkpoint}", hint=f"it has: {listed}")


def kept_labs() -> Sequence[Lab]:
    """Return the labs that no longer exist and whose checkpoints do."""
    return [lab for able in _keeping() for lab in able.kept_labs()]


def kept_of(name: str) -> list[Lab]:
    """Return those of them that had that name, or are NAME-ID."""
    return [it for it in kept_labs() if name in (it.name, _unique(it))]


def _keeping() -> Iterator[KeptCheckpoints]:
    for name in PROVIDERS:
        with suppress(LabgenError):  # a module that is not installed
            able = provider(name)
            if isinstance(able, KeptCheckpoints):
                yield able


def _read(lab: Lab, kept: bool) -> list[Listed]:
    able = provider(lab.provider)
    if not isinstance(able, Checkpoints):
        return []
    name = _shown(lab) if kept else lab.name
    return [Listed(lab, name, kept, it) for it in able.checkpoints(lab)]


def _shown(kept: Lab) -> str:
    """Return the name of a removed lab, which must mean no other."""
    same = [it for it in kept_labs() if it.name == kept.name]
    return kept.name if len(same) == 1 and kept.name not in store.names() else _unique(kept)


def _unique(lab: Lab) -> str:
    return f"{lab.name}-{lab.id}"
