"""What `up --from` names: a checkpoint of a lab on this host, or an exported file."""

from dataclasses import dataclass
from pathlib import Path

from labgen.errors import LabgenError, UsageError
from labgen.lab import store
from labgen.lab.allocation import Template
from labgen.lab.lab import Lab, Origin
from labgen.lab.names import ensure_lab_name
from labgen.providers.optional import clones_of
from labgen.providers.registry import provider
from labgen.scenario.model import Scenario


@dataclass(frozen=True)
class Source:
    """A lab that is made from a checkpoint, or was made from it."""

    name: str
    scenario: Scenario
    template: Template | None  # None: all its machines were made


def find_source(words: str, name: str | None, *, same_certificates: bool) -> Source:
    """Return what `up --from WORDS` brings up: the lab of that name, by default the saved one's.

    Raises UsageError if there is no such checkpoint, or if the lab exists and was made otherwise;
    HostUnfit for a checkpoint that stands on another bundle than this host has.
    """
    try:
        reference, path = _locate(words)
        saved = clones_of(provider("container")).read_saved(path)
    except LabgenError:
        made = _made_from(words, name)
        if made is None:
            raise
        return Source(made.name, made.scenario, None)
    origin = Origin(path, reference, same_certificates)
    wanted = ensure_lab_name(name or saved.lab.name)
    if wanted in store.names() and (known := store.load(wanted)).origin != origin:
        raise UsageError(
            f"lab {wanted} exists, and was made from {_described(known)}",
            hint=f"labgen down {wanted}    or use another name for this one: --name OTHER",
        )
    return Source(wanted, saved.lab.scenario, Template(saved.lab, origin))


def _locate(words: str) -> tuple[str, Path]:
    """Return the words by which the checkpoint is found again, and its path."""
    lab, slash, _ = words.rpartition("/")
    if slash and lab in store.names():
        clones_of(provider(store.load(lab).provider))
    try:
        return clones_of(provider("container")).find_saved(words)
    except UsageError as error:
        file = Path(words).absolute()
        if file.is_file():
            return str(file), file
        error.message = f"{error.message}, and no file {words}"
        raise


def _made_from(words: str, name: str | None) -> Lab | None:
    """Return the lab of that name if all its machines were made from what words named then."""
    if name is None or name not in store.names():
        return None
    lab = store.load(name)
    known = lab.origin and lab.origin.words in (words, str(Path(words).absolute()))
    return lab if known and not store.is_pending(lab) else None


def _described(lab: Lab) -> str:
    if lab.origin and lab.origin.words:
        other = " --same-certificates" if lab.origin.same_certificates else ""
        return f"{lab.origin.words}{other}"
    return "its scenario"
