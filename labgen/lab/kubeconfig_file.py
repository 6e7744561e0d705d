"""A kubeconfig file that is the user's: read, and changed without the risk of losing any of it.

kubectl itself writes in place, so a full disk cuts the file. Here the new content is computed and
compared first, then swapped. kubectl's own lock is held meanwhile, and comments stay.
"""

import copy
import io
import os
import re
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.util import load_yaml_guess_indent

from labgen.errors import LabgenError
from labgen.scenario import document
from labgen.scenario.document import NotYaml
from labgen.system import files, interrupt

LISTS = {"clusters": "cluster", "users": "user", "contexts": "context"}  # and the field of an entry
HEAD = ("kind", "apiVersion")
# kubectl holds its lock for some milliseconds; seconds until one that stays is stale.
LOCK_TIMEOUT = 5.0
POLL = 0.05
BEGINS = re.compile(r"(?P<field>[\w-]+:)|\s*- ")  # a line with which a field or an entry begins
UNLIMITED = 1 << 30  # columns: certificates are long, and kubectl never folds lines
Content = dict[str, Any]
Edit = Callable[[Content], object]


class KubeconfigUnusable(LabgenError):
    """The file cannot be read or changed. why is the reason, remedy what to do about it, and
    otherwise what helps a command that does not need this very file."""

    def __init__(self, path: Path, why: str, remedy: str, otherwise: str = "") -> None:
        super().__init__(f"{path} cannot be used as a kubeconfig: {why}", hint=remedy + otherwise)
        self.path, self.why, self.remedy = path, why, remedy


def load(path: Path) -> Content:
    """Return the file's content; it is empty if there is no file. Raises KubeconfigUnusable."""
    return _parse(path, _read(path))


def ensure_writable(path: Path) -> None:
    """Raise KubeconfigUnusable if the file, or a new one at path, could not be changed."""
    load(path)
    target = Path(os.path.realpath(path))
    if path.is_symlink() and not target.parent.is_dir():
        raise _unusable(path, f"it is a link to {target}, whose directory does not exist")
    for place in {path.absolute().parent, target.parent, *([target] if target.exists() else [])}:
        existing = next(it for it in (place, *place.parents) if it.exists())
        if place != target and not existing.is_dir():
            raise _unusable(path, f"{existing} is not a directory")
        if not os.access(existing, os.W_OK):
            raise _unusable(path, f"{existing} may not be written")
    with suppress(FileNotFoundError):
        if time.time() - _lock_of(path).stat().st_mtime > LOCK_TIMEOUT:
            raise _locked(path)


def change(path: Path, edit: Edit, *, drop_if: Callable[[Content], bool] | None = None) -> bool:
    """Apply edit to the content, and return True if that changed anything.

    edit is called several times and must do the same each time. The file is removed if drop_if is
    true for the new content. Raises KubeconfigUnusable; the file is then as before.
    """
    deadline = time.monotonic() + LOCK_TIMEOUT
    while _is_busy(path) and time.monotonic() < deadline:
        interrupt.pause(POLL)
    content = load(path)
    if _edited(content, edit) == content:
        return False
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(path, f"its directory cannot be made: {error.strerror}") from error
    with _kubectls_lock(path, deadline):
        before = _read(path)
        content = _parse(path, before)
        wanted = _edited(content, edit)
        if wanted == content:
            return False
        after = _rewritten(path, before, edit)
        if _parse(path, after) != wanted:
            raise _unusable(path, "it has YAML that cannot be written again without loss")
        try:
            if drop_if and drop_if(wanted):
                Path(os.path.realpath(path)).unlink(missing_ok=True)
            else:
                files.replace(path, after)
        except OSError as error:
            raise _unusable(path, f"it cannot be written: {error.strerror}") from error
    return True


def is_empty(content: Content) -> bool:
    """Return whether there are no entries, and nothing that kubectl and labgen do not write."""
    return not any(value for field, value in content.items() if field not in HEAD)


def entries(content: Content, field: str) -> list[Content]:
    """Return the clusters, users or contexts, for reading."""
    return [it for it in content.get(field) or () if isinstance(it, dict)]


def body(entry: Content, field: str) -> Content:
    """Return what an entry of clusters, users or contexts says besides its name, for reading."""
    found = entry.get(LISTS[field])
    return found if isinstance(found, dict) else {}


def _edited(content: Content, edit: Edit) -> Content:
    changed = copy.deepcopy(content)
    edit(changed)
    return changed


def _read(path: Path) -> bytes:
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    if not stat.S_ISREG(kind):
        what = "a directory" if stat.S_ISDIR(kind) else "not a regular file"
        raise _unusable(path, f"it is {what}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error


def _parse(path: Path, data: bytes) -> Content:
    try:
        found = document.read(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = f"line {line} has the byte 0x{data[error.start]:02x}, which is not UTF-8 text"
        raise _unusable(path, what) from error
    except NotYaml as error:
        raise _unusable(path, f"line {error.mark.line}: {error}") from error
    for wrong in found.diagnostics:
        at = wrong.mark or found.mark(wrong.field)
        raise _unusable(path, f"line {at.line}: {wrong.text}")
    content = found.data
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise _unusable(path, "it is YAML, but not a mapping")
    for field, inner in LISTS.items():
        listed = content.get(field) or []
        if not isinstance(listed, list):
            raise _unusable(path, f"its {field} are not a list")
        for entry in listed:
            if not isinstance(entry, dict) or not isinstance(entry.get(inner) or {}, dict):
                raise _unusable(path, f"its {field} are not a list of mappings with name, {inner}")
    return content


def _rewritten(path: Path, data: bytes, edit: Edit) -> bytes:
    """Return the file with the change; comments, order and quotes stay."""
    text = data.decode("utf-8-sig")
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = UNLIMITED
    yaml.composer.warn_double_anchors = False
    try:
        _, indent, offset = load_yaml_guess_indent(text)
        if offset:
            yaml.indent(mapping=2, sequence=indent, offset=offset)
        content = yaml.load(text) or {}
        edit(content)
        out = io.StringIO()
        yaml.dump(content, out)
    except (YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _unusable(path, "it has YAML that cannot be written again") from error
    bom = data[:3] if data.startswith(b"\xef\xbb\xbf") else b""
    return bom + _with_comments(text, out.getvalue()).encode()


def _with_comments(before: str, after: str) -> str:
    """Return after with the comments that it lacks: ruamel.yaml removes an entry together with the
    comments below it, which are about what follows.

    Each goes above the next entry or field that is in both texts.
    """
    old = before.replace("\r\n", "\n").split("\n")
    new = after.removesuffix("\n").split("\n")
    lost = Counter(filter(_is_comment, old)) - Counter(filter(_is_comment, new))
    if not lost:
        return after
    place = len(new)
    for line in reversed(old):
        if lost[line] > 0:
            lost[line] -= 1
            new.insert(place, line)
        elif begins := BEGINS.match(line):
            field = begins["field"]
            places = [it for it, text in enumerate(new) if _same(text, line, field)]
            place = places[0] if len(places) == 1 and places[0] < place else place
    return "".join(f"{line}\n" for line in new)


def _same(one: str, other: str, field: str | None) -> bool:
    """Return whether the lines begin the same entry, or the same field, whose value may differ."""
    return one.startswith(field) if field else one == other


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _unusable(path: Path, why: str) -> KubeconfigUnusable:
    return KubeconfigUnusable(path, why, "repair it", ", or name another file by KUBECONFIG")


def _lock_of(path: Path) -> Path:
    """Return the lock that kubectl makes while it writes the file."""
    return path.with_name(f"{path.name}.lock")


def _is_busy(path: Path) -> bool:
    """Return whether the file is being written: kubectl empties it first."""
    return os.path.lexists(_lock_of(path))


@contextmanager
def _kubectls_lock(path: Path, deadline: float) -> Iterator[None]:
    lock = _lock_of(path)
    while True:
        try:
            descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            break
        except FileExistsError:
            if time.monotonic() >= deadline:
                raise _locked(path) from None
            interrupt.pause(POLL)
        except OSError as error:
            raise _unusable(path, f"{lock}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w") as file, suppress(OSError):  # a full disk: no name
            file.write(f"labgen, process {os.getpid()}")
        yield
    finally:
        lock.unlink(missing_ok=True)


def _locked(path: Path) -> KubeconfigUnusable:
    lock = _lock_of(path)
    holder, age = "", 0.0
    with suppress(OSError):
        age = max(time.time() - lock.stat().st_mtime, 0)
        holder = lock.read_text(errors="replace").strip()
    why = f"{lock} has been there for {_duration(age)}; its holder is {holder or 'unknown'}"
    return KubeconfigUnusable(path, why, f"if no kubectl is running, remove it: rm {lock}")


def _duration(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
