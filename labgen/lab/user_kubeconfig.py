"""The lab's context in the user's kubeconfig, added and removed by kubectl itself.

kubectl preserves everything else in the file. It fails while another kubectl writes the file, so a
lock makes labs write one after the other.
"""

import json
import os
import re
from contextlib import AbstractContextManager
from pathlib import Path

from labgen.lab.lab import Lab
from labgen.system import files, paths
from labgen.system.locks import locked
from labgen.system.process import Completed, run

TIMEOUT = 30.0
MADE = "kubeconfigs-made"  # in labgen's state
HEAD = ("kind", "apiVersion")
FIELDS = {*HEAD, "clusters", "users", "contexts", "current-context"}  # of a plain kubeconfig


def path() -> Path:
    """Return the file that kubectl would write: the first in $KUBECONFIG, else ~/.kube/config."""
    named = [name for name in os.environ.get("KUBECONFIG", "").split(os.pathsep) if name]
    return Path(named[0]) if named else Path.home() / ".kube/config"


def path_of(lab: Lab) -> Path:
    """Return the file with the lab's context: $KUBECONFIG may have changed since it was added."""
    noted = _note(lab)
    return Path(noted.read_text()) if noted.exists() else path()


def add(lab: Lab, kubectl: Path) -> bool:
    """Add or update cluster, user and context labgen-NAME; return True if anything changed.

    The current context does not change. If there is none, the lab's becomes the current one.
    """
    target = path().absolute()
    name = lab.context
    ca, certificate, key = (lab.keys / part for part in ("ca.crt", "admin.crt", "admin.key"))
    config = [str(kubectl), "config", f"--kubeconfig={target}"]
    server = [f"--server={lab.server}", f"--certificate-authority={ca}"]
    server += [f"--tls-server-name={lab.vip}"] if lab.jump else []
    login = [f"--client-certificate={certificate}", f"--client-key={key}"]
    with _turn():
        files.write(_note(lab), str(target))
        if not target.exists():
            _remember(_made() | {str(target)})
        before = target.read_bytes() if target.exists() else b""
        target.parent.mkdir(parents=True, exist_ok=True)
        _run([*config, "set-cluster", name, *server, "--embed-certs=true"])
        _run([*config, "set-credentials", name, *login, "--embed-certs=true"])
        _run([*config, "set-context", name, f"--cluster={name}", f"--user={name}"])
        if not _run([*config, "current-context"], check=False).ok:
            _run([*config, "use-context", name])
        return target.read_bytes() != before


def remove(lab: Lab, kubectl: Path) -> None:
    """Remove the context labgen-NAME, its cluster and user, where they exist."""
    remove_context(lab.context, path_of(lab), kubectl)


def remove_context(name: str, target: Path, kubectl: Path) -> None:
    """Remove the context of that name, its cluster and user from the file, where they exist.

    A file that was created for a lab is removed when it contains nothing else.
    """
    config = [str(kubectl), "config", f"--kubeconfig={target}"]
    with _turn():
        if not _names(name, target):
            return
        if _run([*config, "current-context"], check=False).stdout.strip() == name:
            _run([*config, "unset", "current-context"])
        for kind in ("delete-context", "delete-cluster", "delete-user"):
            _run([*config, kind, name], check=False)
        if str(target) in _made() and _is_empty(config):
            target.unlink()
            _remember(_made() - {str(target)})


def present(lab: Lab) -> bool:
    """Return whether the user's kubeconfig has the lab's context. The lock is held, because the
    file is empty for a moment while kubectl writes it."""
    return names(lab.context, path_of(lab))


def names(context: str, target: Path) -> bool:
    """Return whether the file names that context."""
    with _turn():
        return _names(context, target)


def _names(context: str, target: Path) -> bool:
    # labgen-demo-2 is no labgen-demo
    named = rf"(?<![\w.-]){re.escape(context)}(?![\w.-])"
    return target.exists() and re.search(named, target.read_text()) is not None


def _is_empty(config: list[str]) -> bool:
    """Return whether the file has no entries. Fields that kubectl does not write belong to the
    user."""
    told = _run([*config, "view", "--raw", "--output=json"], check=False).stdout
    content = json.loads(told or "{}")
    return set(content) == FIELDS and not any(content[field] for field in FIELDS - {*HEAD})


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


def _note(lab: Lab) -> Path:
    return lab.directory / "user-kubeconfig"


def _turn() -> AbstractContextManager[None]:
    return locked(paths.state() / ".kubeconfig.lock", timeout=TIMEOUT)


def _run(argv: list[str], *, check: bool = True) -> Completed:
    return run(argv, timeout=TIMEOUT, check=check)
