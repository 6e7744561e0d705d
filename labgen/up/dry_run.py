"""A dry run: a lab's plan and configuration files, without creating anything else."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from pathlib import Path

from labgen.bundle.versions import release
from labgen.lab import store
from labgen.lab.keys import JoinSecrets
from labgen.lab.lab import Lab
from labgen.providers.base import Provider
from labgen.providers.optional import Definitions, PlannedChanges
from labgen.providers.registry import provider
from labgen.render.files import Images, kubeadm_init, kubeadm_join, payload
from labgen.scenario.model import Scenario
from labgen.system import files
from labgen.up.context import Context
from labgen.up.graph import Step
from labgen.up.plan import plan

EXAMPLE_SUBNET = IPv4Network("10.89.0.0/24")
EXAMPLE_SECRETS = JoinSecrets(token="TOKEN", certificate_key="CERTIFICATE-KEY")  # noqa: S106


def steps(scenario: Scenario) -> list[Step]:
    """Return the steps that would bring the scenario up."""
    lab, machines = _on_paper(scenario)
    return plan(Context(lab, machines))


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
    lab = store.settle(scenario, scenario.name, machines.name, subnet=subnet, router_id=1)
    return lab, machines
