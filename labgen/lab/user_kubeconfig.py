"""The lab's context in the user's kubeconfig: which file, and which labs added something to it.

kubectl's rules hold: $KUBECONFIG may name several files, which are read together.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path

from labgen.errors import HostUnfit
from labgen.lab import kubeconfig_entries as lab_entries
from labgen.lab import kubeconfig_file as file
from labgen.lab import store
from labgen.lab.kubeconfig_entries import Claim
from labgen.lab.kubeconfig_file import KubeconfigUnusable
from labgen.lab.lab import Lab, labs_directory
from labgen.lab.ownership import Owner, lab_exists
from labgen.system import files, paths
from labgen.system.locks import locked

TIMEOUT = 30.0
MADE = "kubeconfigs-made"  # in labgen's state


def all_paths() -> list[Path]:
    """Return the files that kubectl reads: those in $KUBECONFIG, else ~/.kube/config."""
    named = [name for name in os.environ.get("KUBECONFIG", "").split(os.pathsep) if name]
    found = [Path(name).absolute() for name in named] or [paths.home() / ".kube/config"]
    return list(dict.fromkeys(found))


def path() -> Path:
    """Return the file to which kubectl would add an entry: the first that exists, else the last."""
    found = all_paths()
    return next((it for it in found if it.exists()), found[-1])


def ensure_usable(name: str) -> None:
    """Raise HostUnfit if the context of the lab of that name, which may not exist yet, could not be
    added."""
    known = name in store.names()
    claim = (
        lab_entries.claim(store.load(name))
        if known
        else Claim(Owner("", labs_directory() / name), f"labgen-{name}")
    )
    target = path()
    if target == Path(os.devnull):
        return
    try:
        file.ensure_writable(target)
        _ensure_free(target, claim)
    except KubeconfigUnusable as error:
        raise HostUnfit(error.message, hint=error.hint) from error


def add(lab: Lab) -> bool:
    """Add or update cluster, user and context labgen-NAME; return True if anything changed.

    The current context does not change. If there is none, the lab's becomes the current one. With
    KUBECONFIG=/dev/null, nothing is added.
    """
    with _turn():
        target = next((it for it in all_paths() if _has(it, lab)), path())
        if target == Path(os.devnull):
            return False
        _ensure_free(target, lab_entries.claim(lab))
        is_new = not target.exists()
        _note(lab, target)
        others = any(_current(it) for it in all_paths() if it != target)
        changed = file.change(target, partial(lab_entries.put, lab=lab, as_current=not others))
        if is_new and changed:
            _remember(_made() | {str(target)})
        return changed


def remove(lab: Lab) -> list[str]:
    """Remove the lab's cluster, user and context wherever they are, and return for users what is
    left for them to take out by hand.

    A file of the user's is no reason for a lab to stay: one that cannot be changed is reported.
    """
    claim, noted = lab_entries.claim(lab), _noted(lab)
    left: list[str] = []
    with _turn():
        for target in dict.fromkeys([*noted, *all_paths()]):
            try:
                left += _remove_from(target, claim)
            except KubeconfigUnusable as error:
                if target in noted or _has(target, lab):
                    left.append(_by_hand(target, lab, error))
    return left


def remove_from(target: Path, lab: Owner) -> None:
    """Remove what the lab added to the file.

    Raises KubeconfigUnusable.
    """
    with _turn():
        _remove_from(target, Claim(lab))


def present(lab: Lab) -> Path | None:
    """Return the file that has something of the lab, of those that can be read."""
    with _turn():
        found = (it for it in dict.fromkeys([*_noted(lab), *all_paths()]) if _has(it, lab))
        return next(found, None)


def marked() -> Iterator[tuple[str, Path, Owner]]:
    """Yield the contexts, or clusters without one, that labs of this host added to the user's
    files: name, file, and lab."""
    for target in all_paths():
        found: dict[Owner, str] = {}
        with suppress(KubeconfigUnusable):
            content = file.load(target)
            for field in ("contexts", "clusters", "users"):
                for entry in file.entries(content, field):
                    if lab := lab_entries.owner_of(entry, field):
                        found.setdefault(lab, str(entry.get("name")))
        yield from ((name, target, lab) for lab, name in found.items())


def _remove_from(target: Path, claim: Claim) -> list[str]:
    """Remove the lab's entries from the file; return what users should know of it.

    A file that was created for a lab is removed when it contains nothing else.
    """
    if target == Path(os.devnull):
        return []
    before = file.load(target)
    clusters = lab_entries.owned(before, claim)["clusters"]
    drop_if = file.is_empty if str(target) in _made() else None
    file.change(target, partial(lab_entries.take_out, claim=claim), drop_if=drop_if)
    if drop_if and not target.exists():
        _remember(_made() - {str(target)})
    after = file.load(target)
    gone = set(lab_entries.names(before, "clusters", clusters))
    gone -= {str(it.get("name")) for it in file.entries(after, "clusters")}
    return [
        f"context {name} in {target} is yours and stays, but its cluster is gone; to remove it: "
        f"kubectl config --kubeconfig={target} delete-context {name}"
        for name in lab_entries.contexts_on(after, gone)
    ]


def _by_hand(target: Path, lab: Lab, error: KubeconfigUnusable) -> str:
    return (
        f"{target} was not changed: {error.why}\n"
        f"  {error.remedy}, then labgen gc {lab.name} --remove\n"
        f"  or take out by hand: cluster, user and context {lab.context}"
    )


def _ensure_free(target: Path, claim: Claim) -> None:
    """Raise KubeconfigUnusable if the lab's entries would replace others of the same name. Those of
    a lab that no longer exists may be replaced."""
    content = file.load(target)
    for field, position in lab_entries.taken(content, claim):
        other = lab_entries.owner_of(file.entries(content, field)[position], field)
        if other and not lab_exists(other):
            continue
        what = f"{file.LISTS[field]} {claim.name}"
        whose = f"of the lab at {other.directory}" if other else "that this lab did not add"
        raise KubeconfigUnusable(
            target,
            f"it has a {what} {whose}",
            f"use another name for this lab: --name OTHER\nor, if nobody needs it: kubectl config "
            f"--kubeconfig={target} delete-{what}",
        )


def _has(target: Path, lab: Lab) -> bool:
    """Return whether the file can be read and has something of the lab."""
    try:
        return any(lab_entries.owned(file.load(target), lab_entries.claim(lab)).values())
    except KubeconfigUnusable:
        return False


def _current(target: Path) -> str:
    with suppress(KubeconfigUnusable):
        return str(file.load(target).get(lab_entries.CURRENT) or "")
    return ""


def _made() -> set[str]:
    """Return the files that did not exist before a lab's context was added."""
    path = paths.state() / MADE
    return set(path.read_text().splitlines()) if path.exists() else set()


def _remember(made: set[str]) -> None:
    path = paths.state() / MADE
    if made:
        files.write(path, "".join(f"{it}\n" for it in sorted(made)))
    else:
        path.unlink(missing_ok=True)


def _noted(lab: Lab) -> list[Path]:
    """Return the files to which the lab's context was added: $KUBECONFIG may have changed since."""
    note = _note_of(lab)
    return [Path(line) for line in note.read_text().splitlines()] if note.exists() else []


def _note(lab: Lab, target: Path) -> None:
    noted = _noted(lab)
    if target not in noted:
        files.write(_note_of(lab), "".join(f"{it}\n" for it in [*noted, target]))


def _note_of(lab: Lab) -> Path:
    return lab.directory / "user-kubeconfig"


def _turn() -> AbstractContextManager[None]:
    return locked(paths.state() / ".kubeconfig.lock", timeout=TIMEOUT)
