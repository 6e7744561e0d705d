"""The data that every step uses, and how a step runs phases on a machine."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from labgen.bundle.store import Bundle, require
from labgen.lab import keys
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.push import Script, push
from labgen.machine.ssh import Ssh
from labgen.providers.base import Provider
from labgen.render.files import DIRECTORY, File, Images
from labgen.system.host import MachineProfile
from labgen.up.graph import Outcome

PROVISIONERS = "opt/labgen/provisioners"  # below /
CLEAR = "rm -rf /etc/labgen/payload"
# The result of a step must survive a power cut, but a kernel may write new files to its disk up to
# half a minute later. The disk of a system container is the host's, which keeps its power.
SYNC = "[ -e /run/systemd/container ] || sync"


@dataclass(frozen=True)
class Context:
    """A lab during `up`. join_gate lets only one step at a time renew the join secrets."""

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
        """Return how the machine differs from a machine with its own kernel."""
        return self.provider.machine_profile(self.lab, machine)

    @cached_property
    def images(self) -> Images:
        return Images(sandbox=self.bundle.pause_image, flannel=self.bundle.flannel_image)

    @cached_property
    def secrets(self) -> keys.JoinSecrets:
        return keys.join_secrets(self.lab)

    @cached_property
    def ca_hash(self) -> str:
        """Return the pin of the cluster's CA, sha256:HEX, which init control plane writes."""
        return (self.lab.keys / "ca.pin").read_text().strip()

    def run_phases(
        self,
        machine: Machine,
        *phases: str,
        files: Mapping[str, File],
        timeout: float,
        afresh: bool = False,
        downloads: bool = False,
    ) -> Outcome:
        """Send files (by their paths below /) to the machine and run phases there.

        timeout is in seconds, multiplied by the lab's slowdown. With afresh, the provisioners are
        sent too and older payload files are removed first. With downloads, the phases may use the
        machine's proxies. run.sh waits for its own lock, because
        after Ctrl-C phases of the interrupted `up` may still be running.

        Raises ScriptFailed with the last lines of output and the log's path.
        """
        inspect = f"to inspect: labgen ssh {self.lab.name} {machine.name}"
        script = Script(
            name=f"phase {' '.join(phases)}",
            entry=f"{PROVISIONERS}/run.sh",
            arguments=phases,
            timeout=timeout,
            place="/",
            directories={PROVISIONERS: ""} if afresh else {},
            files=files,
            before=CLEAR if afresh else ":",
            after=SYNC,
            downloads=downloads,
            log=phases[-1],
            hint=f"{inspect}    to resume: {self.lab.up_command}",
        )
        done = push(self.lab, self.ssh, machine, script)
        changed = any(line.startswith("changed") for line in done.stdout.splitlines())
        return Outcome.CHANGED if changed else Outcome.OK


def in_payload(files: Mapping[str, File]) -> dict[str, File]:
    """Return the payload's files by their paths below /."""
    return {f"{DIRECTORY.lstrip('/')}/{name}": file for name, file in files.items()}
