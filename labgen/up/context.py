"""What every step works with, and the way a step runs phases on a machine."""

import io
import shlex
import tarfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from labgen.bundle.store import Bundle, require
from labgen.errors import LabgenError
from labgen.lab import keys
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.ssh import Ssh
from labgen.providers.base import Provider
from labgen.render.files import DIRECTORY, File, Images
from labgen.system import data
from labgen.system.host import MachineProfile
from labgen.system.process import CommandTimedOut
from labgen.up.graph import Outcome

PROVISIONERS = "opt/labgen/provisioners"
# Unpacks standard input over / and runs phases, in one connection. `up` after Ctrl-C must not
# meet what the interrupted one still runs: run.sh waits for its own lock. What is done is to
# outlive a power cut, and a kernel writes new files to its disk up to half a minute later; that of
# a machine-container is the host's, which keeps its power.
RECEIVE = (
    'if [ "$1" = afresh ]; then rm -rf /etc/labgen/payload; fi; shift; '
    f'tar -x -f - -C / --no-same-owner && bash /{PROVISIONERS}/run.sh "$@" && '
    "{ [ -e /run/systemd/container ] || sync; }"
)


class PhaseFailed(LabgenError):
    """A phase ended badly on a machine."""


@dataclass(frozen=True)
class Context:
    """A lab under construction. join_gate lets one step at a time look after the join secrets."""

    lab: Lab
    provider: Provider
    join_gate: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def bundle(self) -> Bundle:
        return require(self.lab.scenario.kubernetes.version)

    @cached_property
    def ssh(self) -> Ssh:
        return access.ssh_client(self.lab)

    def machine_profile(self, machine: Machine) -> MachineProfile:
        """How the machine differs from one of its own."""
        return self.provider.machine_profile(self.lab, machine)

    @cached_property
    def images(self) -> Images:
        return Images(sandbox=self.bundle.pause_image, flannel=self.bundle.flannel_image)

    @cached_property
    def secrets(self) -> keys.JoinSecrets:
        return keys.join_secrets(self.lab)

    @cached_property
    def ca_hash(self) -> str:
        """The pin of the cluster's CA, sha256:HEX; there once the first master is initialised."""
        return (self.lab.keys / "ca.pin").read_text().strip()

    def run_phases(
        self,
        machine: Machine,
        *phases: str,
        files: Mapping[str, File],
        timeout: float,
        afresh: bool = False,
    ) -> Outcome:
        """Send files (by their paths from the root) to the machine and run phases there.

        timeout is for a machine of usual speed: a slow lab gets so many times as long.
        With afresh the provisioners are sent too and older payload files are removed first.
        Raises PhaseFailed with the last lines; the whole output is in the lab's logs.
        """
        archive = _archive(files, afresh)
        mode = "afresh" if afresh else "add"
        words = ["bash", "-c", RECEIVE, "receive", mode, *phases]
        limit = timeout * self.lab.slowdown
        try:
            done = self.ssh.run(machine.name, words, timeout=limit, input=archive, check=False)
        except CommandTimedOut as late:
            ended = f"did not end within {late.timeout:g} s"
            raise self._failed(machine, phases, ended, late.stdout, late.stderr) from late
        if not done.ok:
            ended = f"failed with exit code {done.exit_code}"
            raise self._failed(machine, phases, ended, done.stdout, done.stderr)
        self._log(machine, phases, "exit code 0", done.stdout + done.stderr)
        changed = any(line.startswith("changed") for line in done.stdout.splitlines())
        return Outcome.CHANGED if changed else Outcome.OK

    def _failed(
        self, machine: Machine, phases: tuple[str, ...], ended: str, stdout: str, stderr: str
    ) -> PhaseFailed:
        lines = (stderr.strip() or stdout.strip() or "no output").splitlines()
        return PhaseFailed(
            f"{machine.name}: phase {' '.join(phases)} {ended}",
            last_seen="\n    ".join(lines[-8:]),
            log=self._log(machine, phases, ended, stdout + stderr),
            hint=f"to see the machine: labgen ssh {self.lab.name} {machine.name}"
            f"    to resume: {self.lab.up_command}",
        )

    def _log(self, machine: Machine, phases: tuple[str, ...], ended: str, output: str) -> Path:
        path = self.lab.logs / f"{machine.name}-{phases[-1]}.log"
        with path.open("a") as file:
            file.write(f"--- {shlex.join(phases)}: {ended}\n{output}")
        return path


def in_payload(files: Mapping[str, File]) -> dict[str, File]:
    """The same files by their paths on a machine."""
    return {f"{DIRECTORY.lstrip('/')}/{name}": file for name, file in files.items()}


def _archive(files: Mapping[str, File], provisioners: bool) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        if provisioners:
            archive.add(data.directory("provisioners"), PROVISIONERS, filter=_as_root)
        for name, file in files.items():
            content = file.content.encode()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), file.mode
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    return entry
