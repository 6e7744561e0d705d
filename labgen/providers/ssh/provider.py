"""Machines that exist, reached over SSH: nothing is made, all is read before it is changed."""

import shutil
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Network

from labgen.bundle import store as bundles
from labgen.errors import HostUnfit, LabgenError
from labgen.lab import keys, ownership, store
from labgen.lab.lab import Lab, Machine
from labgen.machine import facts_cache, gather_facts
from labgen.machine.access import assert_route_isolated, ensure_route, ssh_client
from labgen.machine.finding import Finding
from labgen.machine.gather_facts import Surveyed
from labgen.machine.login import Unread
from labgen.machine.ssh import GREET, Ssh
from labgen.providers import runtimes
from labgen.providers.base import BEFORE, Power, State
from labgen.providers.power_sequence import await_turn
from labgen.providers.programs import SSH, missing
from labgen.providers.resources import Resource
from labgen.providers.ssh import planned_changes, preflight
from labgen.providers.ssh.resources import list_resources
from labgen.render.ssh_config import ssh_config
from labgen.scenario.model import Role, Scenario
from labgen.system import files
from labgen.system.host import MachineProfile
from labgen.system.jump_host import JumpHostFailed
from labgen.system.parallel import gather
from labgen.system.process import CommandFailed, CommandTimedOut, run
from labgen.system.wait import NotYet, until

PROGRAMS = {
    "ip": "apt-get install iproute2",
    **SSH,
    "ssh-keyscan": "apt-get install openssh-client",
}
ANSWER = 1.0  # seconds for a port of a machine that is on
SWITCH = 60.0  # seconds for a command of the user's
DARK = 60.0  # seconds from the end of that command until the machine is silent
SHUTDOWN = 180.0
BOOT = 600.0  # seconds; servers look at all their memory first
ROUTER_ID = 1  # of a lab on paper
NOWHERE = IPv4Network("192.0.2.0/24")  # a scenario without a subnet was refused, checks/hosts.py


class SshProvider:
    """See base.Provider."""

    name = "ssh"
    machine_kind = "existing machines"

    def __init__(self) -> None:
        self._read: dict[str, Surveyed | Unread] = {}

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        """See base.Provider."""
        if unsupported_reason := missing(PROGRAMS):
            return unsupported_reason
        drawn = lab or _on_paper(scenario)
        wrong = runtimes.only_default(scenario, "existing machines")
        _ensure_way(drawn)
        self._read = dict(gather_facts.survey(drawn, list(preflight.CONFLICTING)))
        found = preflight.judge(drawn, self._read, made=lab is not None)
        return [*wrong, *found, *_lacking_packages(drawn, self._read)]

    def planned_changes(self, scenario: Scenario) -> Mapping[str, Sequence[str]]:
        """See optional.PlannedChanges."""
        drawn = _on_paper(scenario)
        _ensure_way(drawn)
        wanted = {name for role in Role for name in planned_changes.packages(role)}
        read = gather_facts.survey(drawn, sorted(wanted))
        return {
            machine.name: planned_changes.changes(drawn, machine, said.facts)
            for machine in drawn.machines
            if isinstance(said := read[machine.name], Surveyed)
        }

    def machine_profile(self, lab: Lab, machine: Machine) -> MachineProfile:
        """See base.Provider."""
        return facts_cache.machine_profile(facts_cache.load(lab), machine)

    def create(self, lab: Lab) -> bool:
        """See base.Provider: here, all that is made is the way to the machines."""
        ownership.claim(lab)
        files.write(keys.known_hosts(lab), gather_facts.known_hosts(lab))
        files.write(lab.ssh_config, ssh_config(lab, lab.sockets))
        states = self.machines(lab)
        off = [m for m in lab.machines if states[m.name] is State.OFF and not self._power(m)]
        self.power(lab, off, Power.ON)
        settled = facts_cache.load(lab)
        unknown = [machine.name for machine in lab.machines if machine.name not in settled]
        if any(not isinstance(self._read.get(name), Surveyed) for name in unknown):
            self._read = dict(gather_facts.survey(lab, list(preflight.CONFLICTING)))
        facts_cache.settle(lab, self._read)
        return bool(off or unknown)

    def destroy(self, lab: Lab) -> None:
        """See base.Provider. The machines stay; `down` has taken the cluster off them."""
        if lab.ssh_config.exists():
            Ssh(lab.ssh_config).close([machine.name for machine in lab.machines])
        if lab.jump:
            lab.jump.close()
        if lab.sockets.exists():
            shutil.rmtree(lab.sockets)

    def machines(self, lab: Lab) -> Mapping[str, State]:
        """See base.Provider. A machine that does not answer counts as switched off."""
        ensure_route(lab)
        answers = gather({m.name: partial(_answers, lab, m) for m in lab.machines})
        return {name: State.ON if there else State.OFF for name, there in answers.items()}

    def power(self, lab: Lab, machines: Sequence[Machine], action: Power) -> float:
        """See base.Provider."""
        if not machines:
            return time.monotonic()
        reasons = [why for machine in machines if (why := self.unsupported_reason(machine, action))]
        if reasons:
            raise HostUnfit("; ".join(reasons), hint="machines[].hosts[].power in the scenario")
        states = self.machines(lab)
        acting = [m for m in machines if states[m.name] in BEFORE[action]]
        took = gather({m.name: partial(_switch, lab, m, action, acting) for m in acting})
        if action is not Power.ON:
            Ssh(lab.ssh_config).close([machine.name for machine in acting])
        return max(took.values(), default=time.monotonic())

    def unsupported_reason(self, machine: Machine, action: Power) -> str | None:
        """See base.Provider."""
        if action in (Power.PAUSE, Power.RESUME):
            return f"{machine.name} exists by itself and cannot be made to stand still"
        return self._power(machine)

    def list_resources(self, lab: Lab | None = None) -> Sequence[Resource]:
        """See base.Provider. Existing machines are queried for what the lab has on them; of labs
        that are gone, nobody knows the machines."""
        return list_resources(lab) if lab and lab.machines else []

    def _power(self, machine: Machine) -> str | None:
        if machine.host and machine.host.power_on:
            return None
        return f"the scenario names no command for the power of {machine.name}"


def _on_paper(scenario: Scenario) -> Lab:
    subnet = scenario.network.subnet or NOWHERE
    return store.settle(scenario, scenario.name, "ssh", subnet=subnet, router_id=ROUTER_ID)


def _lacking_packages(lab: Lab, read: Mapping[str, Surveyed | Unread]) -> Iterator[Finding]:
    """Machines whose system's packages are not in the bundle, though they shall come from there."""
    if lab.scenario.software.packages != "bundle":
        return
    for name, said in read.items():
        if isinstance(said, Surveyed):
            try:
                bundles.require_packages(lab.scenario.kubernetes.version, said.facts.suite)
            except LabgenError as error:
                yield Finding(error.message, error.hint or "labgen bundle build --packages", name)


def _ensure_way(lab: Lab) -> None:
    """For labs that may be on paper only: no connection stays."""
    if lab.jump:
        lab.jump.try_out()
    assert_route_isolated(lab)


def _answers(lab: Lab, machine: Machine) -> bool:
    if lab.ssh_config.exists() and Ssh(lab.ssh_config, lab.jump).answers(machine.name):
        return True
    address, port = str(machine.address), machine.port
    try:
        if lab.jump:
            return bool(lab.jump.greeting(address, port, timeout=GREET))
        socket.create_connection((address, port), timeout=ANSWER).close()
    except (OSError, JumpHostFailed):
        return False
    return True


def _switch(lab: Lab, machine: Machine, action: Power, acting: Sequence[Machine]) -> float:
    """Returns the time.monotonic() at which it had taken effect."""
    if action is Power.ON:
        await_turn(lab, machine, acting)
        _command(machine, action)
        until(partial(_is, lab, machine, there=True), what=f"{machine.name} booting", timeout=BOOT)
        return time.monotonic()
    if action is Power.SHUTDOWN:
        moment = time.monotonic()
        with suppress(CommandTimedOut):  # the connection ends with the machine
            words = ["systemctl", "poweroff"]
            ssh_client(lab).run(machine.name, words, timeout=10, check=False)
        until(partial(_is, lab, machine, there=False), what="its shutdown", timeout=SHUTDOWN)
        return moment
    _command(machine, action)
    return until(partial(_dark, lab, machine), what=f"{machine.name} being off", timeout=DARK)


def _is(lab: Lab, machine: Machine, *, there: bool) -> None:
    if _answers(lab, machine) is not there:
        raise NotYet("it does not answer yet" if there else "it still answers")


def _dark(lab: Lab, machine: Machine) -> float:
    asked = time.monotonic()
    _is(lab, machine, there=False)
    return asked


def _command(machine: Machine, action: Power) -> None:
    """The user's own. Without one, lacking() has refused."""
    host = machine.host
    words = (host.power_on if action is Power.ON else host.power_off) if host else ()
    try:
        run(words, timeout=SWITCH)
    except (CommandFailed, CommandTimedOut) as error:
        raise LabgenError(
            f"the power command of {machine.name} did not work: {error.message}",
            hint="it is the scenario's own; try it by hand",
        ) from error
