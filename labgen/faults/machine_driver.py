"""Faults that happen on a machine: shell scripts in provisioners/faults, sent with each use.

Their state on the machine is in /run, unless survives_reboot is set, so a power cut or a boot
removes it.
"""

import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from labgen.errors import HostUnfit, LabgenError
from labgen.faults.fault import Site
from labgen.lab.lab import Machine
from labgen.machine.push import Script, push
from labgen.providers.base import State
from labgen.render.files import File
from labgen.system.parallel import gather
from labgen.system.process import Completed

PLACE = "/run/labgen/provisioners"
SENT = ("faults", "lib")
# Both in seconds, multiplied by the lab's slowdown. The slowest script waits for an etcd member
# that is replaced. The machine may just have been powered on when SSH has to answer.
TIMEOUT = 150.0
ANSWER_TIMEOUT = 60.0
REFUSED, ABSENT = 3, 4  # exit codes of provisioners/faults/run.sh
EFFECT = "effect "


@dataclass(frozen=True)
class MachineDriver:
    """Run the fault of that name in provisioners/faults on each machine."""

    name: str
    survives_reboot: bool = False  # neither a power cut nor a boot ends the fault
    host_side: bool = False

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:
        words = [f"{duration:g}"] if duration else []
        tasks = {m.name: partial(self._inject, site, m, words) for m in machines}
        return max(gather(tasks).values())

    def heal(self, site: Site, machines: Sequence[Machine]) -> bool:
        tasks = {machine.name: partial(self._heal, site, machine) for machine in machines}
        return any(gather(tasks).values())

    def is_active(self, site: Site, machine: Machine) -> bool:
        """Return whether the fault is active.

        Raises LabgenError if a running machine does not answer.
        """
        if site.state(machine) is not State.ON:
            return self.survives_reboot or site.state(machine) is State.PAUSED
        return self._run(site, machine, "is-active").exit_code != ABSENT

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
                f"{self.name} on {machine.name} cannot be healed: the machine is {state}",
                hint=f"labgen start {site.lab.name} {machine.name}    then heal again",
            )
        site.connect(machine, ANSWER_TIMEOUT * site.lab.slowdown)
        said = self._run(site, machine, "heal").stdout
        return any(line.startswith("changed") for line in said.splitlines())

    def _run(self, site: Site, machine: Machine, verb: str, *words: str) -> Completed:
        facts = {"faults/fault.env": File(_facts(site, machine))}
        asks = verb == "is-active"
        script = Script(
            name=f"{verb} of {self.name}",
            entry="faults/run.sh",
            arguments=(verb, self.name, *words),
            timeout=TIMEOUT,
            place=PLACE,
            directories={name: name for name in SENT},
            files=facts,
            answers=frozenset({0, REFUSED, ABSENT} if asks else {0, REFUSED}),
            log="" if asks else f"fault-{self.name}",
            hint=f"to inspect: labgen ssh {site.lab.name} {machine.name}",
        )
        done = push(site.lab, site.ssh, machine, script)
        if done.exit_code == REFUSED:
            lines = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()
            last = lines[-1].removeprefix("error: ")
            raise HostUnfit(f"{self.name} cannot be injected into {machine.name}: {last}")
        return done


def moment(said: str, asked: float, done: float, *, offset: float) -> float:
    """Return when a machine carried out a request, in this host's time.monotonic().

    The machine prints `effect SECONDS` by its own clock. That time is used if it lies between asked
    and done. Otherwise the machine's clock differs, and done is used, which is late by at most one
    connection. offset is the host's clock (seconds since 1970) minus its time.monotonic().
    """
    for line in said.splitlines():
        if line.startswith(EFFECT):
            reported = float(line.removeprefix(EFFECT)) - offset
            return reported if asked <= reported <= done else done
    return done


def _facts(site: Site, machine: Machine) -> str:
    """Return the lab's facts for the shell: lines of KEY='value', which it reads as data."""
    lab = site.lab
    machine_profile = site.provider.machine_profile(lab, machine)
    facts = {
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
    return "".join(f"{key}={shlex.quote(value)}\n" for key, value in facts.items())
