"""Faults that a machine does to itself: shell in provisioners/faults, sent along each time.

All that it makes there lies in /run: a machine that loses its power or boots has forgotten it.
"""

import io
import shlex
import tarfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from labgen.errors import HostUnfit, LabgenError
from labgen.faults.fault import Site
from labgen.lab.lab import Machine
from labgen.providers.base import State
from labgen.system import data
from labgen.system.parallel import gather
from labgen.system.process import Completed

PLACE = "/run/labgen/provisioners"
RECEIVE = (
    f"mkdir -p {PLACE} && tar -x -f - -C {PLACE} --no-same-owner && "
    f'exec bash {PLACE}/faults/run.sh "$@"'
)
SENT = ("faults", "lib")
TIMEOUT = 150.0  # seconds; longer than the waits of the slowest, an etcd member that comes back
ANSWER_TIMEOUT = 60.0  # seconds until SSH answers; a machine may just have been switched on
REFUSED, ABSENT = 3, 4  # exit codes of provisioners/faults/run.sh
EFFECT = "effect "


@dataclass(frozen=True)
class OnMachine:
    """The fault of that name in provisioners/faults.

    lasts_without_power: neither a power cut nor a boot ends it.
    """

    name: str
    survives_reboot: bool = False
    host_side: bool = False

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:
        words = [f"{duration:g}"] if duration else []
        tasks = {m.name: partial(self._inject, site, m, words) for m in machines}
        return max(gather(tasks).values())

    def heal(self, site: Site, machines: Sequence[Machine]) -> bool:
        tasks = {machine.name: partial(self._heal, site, machine) for machine in machines}
        return any(gather(tasks).values())

    def is_active(self, site: Site, machine: Machine) -> bool:
        """Raises LabgenError when the machine has power and does not say."""
        if site.state(machine) is not State.ON:
            return self.survives_reboot or site.state(machine) is State.PAUSED
        return self._run(site, machine, "holds").exit_code != ABSENT

    def _inject(self, site: Site, machine: Machine, words: list[str]) -> float:
        asked = time.monotonic()
        said = self._run(site, machine, "inject", *words).stdout
        return moment(said, asked, time.monotonic(), offset=time.time() - time.monotonic())

    def _heal(self, site: Site, machine: Machine) -> bool:
        state = site.state(machine)
        if state is not State.ON and not self.survives_reboot and state is not State.PAUSED:
            return False
        if state is not State.ON:
            raise LabgenError(
                f"{self.name} on {machine.name} cannot be undone: the machine is {state}",
                hint=f"labgen start {site.lab.name} {machine.name}    then heal again",
            )
        site.connect(machine, ANSWER_TIMEOUT)
        said = self._run(site, machine, "heal").stdout
        return any(line.startswith("changed") for line in said.splitlines())

    def _run(self, site: Site, machine: Machine, verb: str, *words: str) -> Completed:
        argv = ["bash", "-c", RECEIVE, "receive", verb, self.name, *words]
        archive = _archive(_facts(site, machine))
        done = site.ssh.run(machine.name, argv, timeout=TIMEOUT, input=archive, check=False)
        if done.ok or (verb == "holds" and done.exit_code == ABSENT):
            return done
        lines = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()
        last = lines[-1].removeprefix("error: ")
        if done.exit_code == REFUSED:
            raise HostUnfit(f"{self.name} cannot be done to {machine.name}: {last}")
        raise LabgenError(
            f"{machine.name}: {verb} of {self.name} failed with exit code {done.exit_code}",
            last_seen="\n    ".join(lines[-8:]),
            hint=f"to see the machine: labgen ssh {site.lab.name} {machine.name}",
        )


def moment(said: str, asked: float, done: float, *, offset: float) -> float:
    """When a machine did what it was asked, on this host's time.monotonic().

    The machine prints `effect SECONDS` by its own clock. That is believed where it lies between
    asked and done; a machine with another clock gets done, which is at most a connection late.
    offset is the host's clock (seconds since 1970) minus its time.monotonic().
    """
    for line in said.splitlines():
        if line.startswith(EFFECT):
            told = float(line.removeprefix(EFFECT)) - offset
            return told if asked <= told <= done else done
    return done


def _facts(site: Site, machine: Machine) -> Mapping[str, str]:
    """What the shell knows of the lab: KEY='value' lines, read as data."""
    lab = site.lab
    machine_profile = site.provider.machine_profile(lab, machine)
    return {
        "MACHINE": machine.name,
        "RUNTIME": lab.scenario.kubernetes.runtime,
        "ADDRESS": str(machine.address),
        "GATEWAY": str(machine_profile.host_address or lab.gateway),
        "SSH_PORT": str(machine.port),
        "SUBNET": str(lab.subnet),
        "POD_SUBNET": str(lab.scenario.kubernetes.pod_subnet),
        "CONTROL_PLANES": " ".join(f"{m.name}={m.address}" for m in lab.control_planes),
        "CORES_SHARED_BY": str(machine_profile.cores_shared_by),
    }


def _archive(facts: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in SENT:
            archive.add(data.directory("provisioners") / name, name)
        content = "".join(f"{key}={shlex.quote(value)}\n" for key, value in facts.items()).encode()
        entry = tarfile.TarInfo("faults/fault.env")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
