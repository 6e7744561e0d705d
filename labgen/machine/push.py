"""Run labgen's shell scripts on a machine: one archive over one connection.

The archive has the script and all files that it reads. It is sent on standard input, so no secret
is in the arguments of a process, and nothing is fetched later.
"""

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine.ssh import Ssh
from labgen.render.files import File
from labgen.system import data, proxy
from labgen.system.process import CommandTimedOut, Completed

SHOWN_LINES = 8
# {proxies}, {before} and {after} are shell of this package. A directory that is only for this
# script is in /run, which is memory, so a machine with a full disk can still be queried.
RECEIVE = """\
set -e; place=$1 entry=$2; shift 2
{proxies}
if [ -z "$place" ]; then
  place=$(mktemp -d /run/labgen.XXXXXX); trap 'rm -rf "$place"' EXIT
fi
{before}
mkdir -p "$place"; tar -x -f - -C "$place" --no-same-owner
bash "${{place%/}}/$entry" "$@"
{after}
"""


# /etc/environment or .bashrc may name proxies. kubeadm would write them into static pods, and
# kubectl would send the cluster's own addresses to them.
WITHOUT_PROXIES = f"unset {' '.join((*proxy.ALL, *proxy.EXCEPT))}"


class ScriptFailed(LabgenError):
    """A script ended with an unexpected exit code, or not in time."""


@dataclass(frozen=True)
class Script:
    """A shell script of the provisioners, and how to run it on a machine."""

    name: str  # as an error names it: "phase join"
    entry: str  # the script's path in the archive
    arguments: tuple[str, ...]
    timeout: float  # seconds, multiplied by the lab's slowdown
    place: str = ""  # where the archive is unpacked; empty: in a directory that is removed again
    # Parts of provisioners/ that are sent: by path in the archive, the path below provisioners/.
    directories: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)  # by path in the archive
    before: str = ":"  # shell to run before the archive is unpacked
    after: str = ":"  # shell to run after the script has succeeded
    answers: frozenset[int] = frozenset({0})  # exit codes that the caller reads
    downloads: bool = False  # it may use the proxies that the machine's login names
    log: str = ""  # the log's name in the lab's logs; empty for none
    hint: str = ""  # what to type after a failure


def push(lab: Lab, ssh: Ssh, machine: Machine, script: Script) -> Completed:
    """Send the script to the machine and run it as root.

    The whole output is appended to the script's log. Raises ScriptFailed with the last lines of the
    output and the log's path.
    """
    proxies = ":" if script.downloads else WITHOUT_PROXIES
    receive = RECEIVE.format(proxies=proxies, before=script.before, after=script.after)
    words = ["bash", "-c", receive, "receive", script.place, script.entry, *script.arguments]
    limit = script.timeout * lab.slowdown
    try:
        done = ssh.run(machine.name, words, timeout=limit, input=_archive(script), check=False)
    except CommandTimedOut as late:
        ended = f"did not end within {late.timeout:g} s"
        raise _failure(lab, machine, script, ended, (late.stdout, late.stderr)) from late
    if done.exit_code not in script.answers:
        ended = f"failed with exit code {done.exit_code}"
        raise _failure(lab, machine, script, ended, (done.stdout, done.stderr))
    _log(lab, machine, script, f"exit code {done.exit_code}", done.stdout + done.stderr)
    return done


def _failure(
    lab: Lab, machine: Machine, script: Script, ended: str, output: tuple[str, str]
) -> ScriptFailed:
    stdout, stderr = output
    lines = (stderr.strip() or stdout.strip() or "no output").splitlines()
    return ScriptFailed(
        f"{machine.name}: {script.name} {ended}",
        last_seen="\n    ".join(lines[-SHOWN_LINES:]),
        log=_log(lab, machine, script, ended, stdout + stderr),
        hint=script.hint or None,
    )


def _log(lab: Lab, machine: Machine, script: Script, ended: str, output: str) -> Path | None:
    if not script.log:
        return None
    path = lab.logs / f"{machine.name}-{script.log}.log"
    with path.open("a") as file:
        file.write(f"--- {' '.join(script.arguments)}: {ended}\n{output}")
    return path


def _archive(script: Script) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, source in script.directories.items():
            archive.add(data.directory("provisioners") / source, name, filter=_as_root)
        for name, file in script.files.items():
            content = file.content.encode()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), file.mode
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    return entry
