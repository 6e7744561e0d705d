"""Existing machines, reached over SSH. No machine is created, and facts are read before any
change."""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from ipaddress import IPv4Network

from labgen.bundle import store as bundles
from labgen.errors import HostUnfit, LabgenError
from labgen.lab import allocation, keys, ownership
from labgen.lab.lab import Lab, Machine
from labgen.machine import facts_cache, gather_facts
from labgen.machine.access import assert_route_isolated, ensure_route, write_ssh_config
from labgen.machine.finding import Finding
from labgen.machine.gather_facts import Surveyed
from labgen.machine.login import Unread
from labgen.machine.reachability import jump_findings, route_findings
from labgen.machine.ssh import Ssh
from labgen.providers import runtimes
from labgen.providers.base import BEFORE, Power, State
from labgen.providers.resource import Resource
from labgen.providers.ssh import host, planned_changes, power, preflight
from labgen.providers.ssh.resources import list_resources
from labgen.scenario.model import Role, Scenario
from labgen.system import files
from labgen.system.host import MachineProfile
from labgen.system.parallel import gather

ROUTER_ID = 1  # of a lab that is not created
NOWHERE = IPv4Network("192.0.2.0/24")  # see scenario/validate/hosts.py


class SshProvider:
    """See base.Provider."""

    name = "ssh"
    machine_kind = "existing machines"

    def __init__(self) -> None:
        self._read: dict[str, Surveyed | Unread] = {}

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        """See base.Provider."""
        if absent := host.findings():
            return absent
        drawn = lab or _on_paper(scenario)
        wrong = runtimes.only_default(scenario, "existing machines")
        if unreachable := _unreachable(drawn):
            return [*wrong, *unreachable]
        self._read = dict(gather_facts.survey(drawn, list(preflight.CONFLICTING)))
        found = preflight.judge(drawn, self._read, made=lab is not None)
        return [*wrong, *found, *_missing_packages(drawn, self._read)]

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
        """See base.Provider. Only the path to the machines is created."""
        ownership.claim(lab)
        files.write(keys.known_hosts(lab), gather_facts.known_hosts(lab))
        write_ssh_config(lab)
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
        """See base.Provider. The machines are kept; `down` has already uninstalled the cluster."""
        if lab.ssh_config.exists():
            Ssh(lab.ssh_config).close([machine.name for machine in lab.machines])
        if lab.jump:
            lab.jump.close()
        if lab.sockets.exists():
            shutil.rmtree(lab.sockets)

    def machines(self, lab: Lab) -> Mapping[str, State]:
        """See base.Provider. A machine that does not answer counts as switched off."""
        ensure_route(lab)
        answers = gather({m.name: partial(power.answers, lab, m) for m in lab.machines})
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
        took = gather({m.name: partial(power.switch, lab, m, action, acting) for m in acting})
        if action is not Power.ON:
            Ssh(lab.ssh_config).close([machine.name for machine in acting])
        return max(took.values(), default=time.monotonic())

    def unsupported_reason(self, machine: Machine, action: Power) -> str | None:
        """See base.Provider."""
        if action in (Power.PAUSE, Power.RESUME):
            return f"{machine.name} is an existing machine, which cannot be paused"
        return self._power(machine)

    def list_resources(self, lab: Lab | None = None) -> Sequence[Resource]:
        """See base.Provider. The lab's machines are queried for what it has on them. The machines
        of a lab that no longer exists are not known."""
        return list_resources(lab) if lab and lab.machines else []

    def _power(self, machine: Machine) -> str | None:
        if machine.host and machine.host.power_on:
            return None
        return f"the scenario names no command for the power of {machine.name}"


def _on_paper(scenario: Scenario) -> Lab:
    subnet = scenario.network.subnet or NOWHERE
    return allocation.settle(scenario, scenario.name, "ssh", subnet=subnet, router_id=ROUTER_ID)


def _missing_packages(lab: Lab, read: Mapping[str, Surveyed | Unread]) -> Iterator[Finding]:
    """Yield machines whose packages are to come from the bundle, if the bundle has none for their
    system."""
    if lab.scenario.software.packages != "bundle":
        return
    for name, said in read.items():
        if isinstance(said, Surveyed):
            try:
                bundles.require_packages(lab.scenario.kubernetes.version, said.facts.suite)
            except LabgenError as error:
                remedy = f"labgen bundle build --packages {said.facts.suite}"
                yield Finding(error.message, error.hint or remedy, name)


def _unreachable(lab: Lab) -> Sequence[Finding]:
    """Return why machines of a lab, which need not be created yet, are not reached."""
    return jump_findings(lab.jump) if lab.jump else route_findings(lab)


def _ensure_way(lab: Lab) -> None:
    """Verify the path to the machines of a lab, which need not be created yet. No connection stays
    open."""
    if lab.jump:
        lab.jump.try_out()
    assert_route_isolated(lab)
