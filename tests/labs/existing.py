"""A lab of plain machines: labgen's own steps over SSH, without a provider that finds machines."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import cast

from labgen.build.context import Context
from labgen.build.graph import Done, Listener, run_steps
from labgen.build.plan import plan
from labgen.lab import keys, store, user_kubeconfig
from labgen.lab.lab import Lab, Machine
from labgen.providers.base import Provider
from labgen.render.ssh_config import ssh_config
from labgen.scenario import catalog
from labgen.scenario.load import load
from labgen.scenario.surroundings import Surroundings
from labgen.system import files, host
from tests.labs.plain import SUBNET, PlainMachine, PlainNetwork

FIRST = 11  # host number of the first plain machine


@dataclass(frozen=True)
class ExistingLab(Lab):
    """Its machines are on the test's own bridge."""

    plain_bridge: str = ""

    @property
    def bridge(self) -> str:
        return self.plain_bridge


class Found:
    """As much of a provider as the steps ask: the machines are there, and bare."""

    name = "ssh"

    def adaptation(self, lab: Lab, machine: Machine) -> host.Adaptation:
        return replace(host.adapt(host.probe()), bare=True)

    def create(self, lab: Lab) -> bool:
        return False


def context(network: PlainNetwork, machines: Sequence[PlainMachine], name: str) -> Context:
    """The lab of these machines, the first of them its one control plane."""
    words = [f"network.subnet={SUBNET}", f"network.firstHost={FIRST}"]
    groups = "{role: control-plane}"
    if machines[1:]:
        groups += f", {{role: worker, count: {len(machines) - 1}}}"
    words.append(f"machines=[{groups}]")
    scenario = load(catalog.find("single"), overrides=words, surroundings=Surroundings())
    made = store.settle(scenario, name, "ssh", subnet=SUBNET, router_id=77)
    values = {field.name: getattr(made, field.name) for field in fields(made)}
    lab = ExistingLab(**values, plain_bridge=network.bridge)
    files.private_directory(lab.directory)
    files.private_directory(lab.keys)
    files.private_directory(lab.sockets)
    lab.logs.mkdir(exist_ok=True)
    files.write(keys.client_key(lab), machines[0].key.read_bytes(), mode=files.PRIVATE)
    files.write(keys.known_hosts(lab), "".join(m.known_hosts.read_text() for m in machines))
    files.write(lab.ssh_config, ssh_config(lab, lab.sockets))
    return Context(lab, cast("Provider", Found()))


def share_key(machines: Sequence[PlainMachine]) -> None:
    """Whoever may log in to the first machine may log in to all."""
    public = machines[0].key.with_suffix(".pub").read_text()
    for machine in machines[1:]:
        machine.write("/root/.ssh/authorized_keys", public, "600")


def bring_up(context: Context) -> list[Done]:
    """Run labgen's own plan on the lab, and tell each step."""

    def told(result: Done) -> None:
        sys.stdout.write(f"  {result.outcome} {result.name} {result.seconds:.1f} s\n")
        sys.stdout.flush()

    return run_steps(plan(context), Listener(lambda _: None, told, lambda _step, _error: None))


def forget(context: Context) -> None:
    """The lab is no more."""
    lab = context.lab
    context.ssh.close([machine.name for machine in lab.machines])
    user_kubeconfig.remove(lab, context.bundle.bin / "kubectl")
    for directory in (lab.directory, lab.sockets):
        shutil.rmtree(directory)
