"""A dry run: a lab's plan and configuration files, without creating anything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from labgen.bundle.versions import release
from labgen.errors import HostUnfit, LabgenError
from labgen.lab import allocation, store
from labgen.lab.allocation import Template
from labgen.lab.keys import JoinSecrets
from labgen.lab.lab import Lab
from labgen.providers import capacity
from labgen.providers.base import Provider, State
from labgen.providers.capacity import Forecast
from labgen.providers.optional import Definitions, PlannedChanges
from labgen.providers.registry import choose, provider
from labgen.render.files import Images, kubeadm_init, kubeadm_join, payload
from labgen.scenario.model import Scenario
from labgen.system import files
from labgen.system.journal import Journal
from labgen.up import warm_cache
from labgen.up.context import Context
from labgen.up.graph import Step
from labgen.up.start import is_warm, planned
from labgen.up.steps.machines_from_checkpoint import MADE

CACHE = "cache"  # the origin of a warm start
CREATE, READY = "create machines", "await ready"  # kinds of steps that look at every machine
ANNOUNCE = "announce etcd members"
EXAMPLE_SUBNET = IPv4Network("10.89.0.0/24")
EXAMPLE_SECRETS = JoinSecrets(token="TOKEN", certificate_key="CERTIFICATE-KEY")  # noqa: S106


@dataclass(frozen=True)
class Preview:
    """What `up` would do for a lab."""

    lab: Lab  # as it is, or with the addresses that a new one would get now
    exists: bool
    steps: Sequence[Step]  # of a lab that exists: those still to be done
    origin: str  # the checkpoint from which machines would be made: a name, a file or CACHE; or ""
    forecast: Forecast | None  # None where its machines are not on this host


def preview(
    scenario: Scenario,
    name: str,
    *,
    stage: str | None = None,
    cold: bool = False,
    template: Template | None = None,
) -> Preview:
    """Return what `up` would do for the lab of that name, with the same options.

    Raises UsageError if the lab exists and has another scenario.
    """
    exists = name in store.names()
    if exists:
        machines = provider(store.load(name).provider, scenario.provider.uri)
    elif template:
        machines = provider(template.lab.provider, scenario.provider.uri)
    else:
        machines = _likely(scenario)
    scratch = cold or stage is not None
    if not (exists or scratch or template):
        template = _warm(scenario, machines)
    lab = store.preview(scenario, name, machines.name, template)
    made = lab.origin is not None and (not exists or store.is_pending(lab))
    made = made and not (scratch and is_warm(lab))
    steps = planned(Context(lab, machines), stage, from_checkpoint=made)
    return Preview(
        lab=lab,
        exists=exists,
        steps=_remaining(lab, machines, steps) if exists and not made else steps,
        origin=((lab.origin.words or CACHE) if lab.origin else "") if made else "",
        forecast=capacity.forecast(machines, scenario, lab if exists else None),
    )


def _warm(scenario: Scenario, machines: Provider) -> Template | None:
    """Return the checkpoint of a warm start. One that is damaged is not used, and without a bundle
    `up` is refused."""
    try:
        return warm_cache.find(scenario, machines)
    except LabgenError:
        return None


def _likely(scenario: Scenario) -> Provider:
    """Return the provider of a new lab. What it lacks on this host is the subject of `check`."""
    try:
        return choose(scenario, force=True).provider
    except HostUnfit:
        return provider(scenario.provider.name, scenario.provider.uri)


def _remaining(lab: Lab, machines: Provider, steps: Sequence[Step]) -> list[Step]:
    """Return the steps that were not done yet, by the lab's journal and its machines' power.

    Steps inspect what is there when they run, so `up` also repairs what neither of them shows.
    """
    states = machines.machines(lab)
    events = Journal(lab.journal).read()
    done = {it["step"] for it in events if it["event"] == "step-done"}
    if any(it["event"] == MADE for it in events):
        done |= {step.name for step in steps}
    absent = tuple(f" {name}" for name, state in states.items() if state is State.ABSENT)
    own = [step for step in steps if step.phase != ANNOUNCE]
    undone = [step for step in own if step.name not in done or step.name.endswith(absent)]
    if any(state is not State.ON for state in states.values()):
        undone += [step for step in steps if step.phase in {CREATE, READY} and step not in undone]
    joining = {name for step in undone for name in step.after}
    return [it for it in steps if it in undone or (it.phase == ANNOUNCE and it.name in joining)]


def changes(scenario: Scenario) -> Mapping[str, Sequence[str]]:
    """Return what `up` would change on existing machines, which are queried for this.

    Empty for a scenario whose machines labgen creates.
    """
    machines = provider(scenario.provider.name, scenario.provider.uri)
    return machines.planned_changes(scenario) if isinstance(machines, PlannedChanges) else {}


def render_files(scenario: Scenario, directory: Path) -> list[Path]:
    """Write the files of every machine to directory/MACHINE and return their paths.

    Secrets are placeholders; a subnet that is auto is 10.89.0.0/24.
    """
    lab, machines = _on_paper(scenario)
    wanted = release(scenario.kubernetes.version)
    images = Images(sandbox=wanted.pause_image, flannel=wanted.flannel_image)
    written = []
    for machine in lab.machines:
        machine_profile = machines.machine_profile(lab, machine)
        rendered = payload(lab, machine, machine_profile, images, EXAMPLE_SECRETS)
        if machine == lab.control_planes[0]:
            config = kubeadm_init(lab, machine_profile, EXAMPLE_SECRETS)
        else:
            pin = "sha256:PIN"
            config = kubeadm_join(lab, machine, machine_profile, EXAMPLE_SECRETS, ca_hash=pin)
        for name, file in {**rendered, "kubeadm.yaml": config}.items():
            path = directory / machine.name / name
            files.write(path, file.content, mode=file.mode)
            written.append(path)
    return written


def render_blueprint(scenario: Scenario, directory: Path) -> list[Path]:
    """Write the files that define the machines, such as the Vagrantfile, and return their paths.

    Some providers have none. Raises LabgenError if the bundle lacks something that the files name.
    """
    lab, machines = _on_paper(scenario)
    written = []
    rendered = machines.rendered_definition(lab) if isinstance(machines, Definitions) else {}
    for name, text in rendered.items():
        files.write(directory / name, text)
        written.append(directory / name)
    return written


def _on_paper(scenario: Scenario) -> tuple[Lab, Provider]:
    machines = provider(scenario.provider.name, scenario.provider.uri)
    subnet = scenario.network.subnet or EXAMPLE_SUBNET
    lab = allocation.settle(scenario, scenario.name, machines.name, subnet=subnet, router_id=1)
    return lab, machines
