"""Read the facts of existing machines, concurrently, before anything is changed on them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine import facts as ssh_facts
from labgen.machine.access import sudo
from labgen.machine.facts import Facts
from labgen.machine.login import LOGIN, Unread, become_root, greet, place
from labgen.machine.push import Script, push
from labgen.machine.ssh import Ssh
from labgen.render.ssh_config import ssh_config
from labgen.system import files
from labgen.system.parallel import gather

# Seconds, multiplied by the lab's slowdown; two or three usually, a minute where the VIP was in use
# just before.
SURVEY = 120.0
# What only labgen creates, or only a cluster, which preflight found absent.
TRACES = (
    "/etc/labgen",
    "/opt/labgen",
    "/var/lib/labgen",
    "/etc/kubernetes/kubelet.conf",
    "/var/lib/etcd/member",
    "/var/lib/kubelet/config.yaml",
    "/sys/class/net/cni0",
    "/sys/class/net/flannel.1",
)
LIST = 'for path in "$@"; do [ ! -e "$path" ] || echo "$path"; done'


@dataclass(frozen=True)
class Surveyed:
    """A machine's facts. clock is its difference to this host's clock in seconds (positive: ahead),
    within uncertainty; seen_from is this host's address as the machine sees it."""

    facts: Facts
    clock: float
    uncertainty: float
    seen_from: str


def survey(lab: Lab, packages: Sequence[str]) -> Mapping[str, Surveyed | Unread]:
    """Return the facts of each machine of the lab, or why there are none; packages are those whose
    presence is checked."""
    with _connections(lab) as (plain, ssh):
        return read(lab, packages, plain=plain, ssh=ssh)


def read(
    lab: Lab, packages: Sequence[str], *, plain: Ssh, ssh: Ssh
) -> Mapping[str, Surveyed | Unread]:
    """Do the same over existing connections: plain as the machines' users, ssh as root."""
    ask = {m.name: partial(_survey, lab, m, plain, ssh, packages) for m in lab.machines}
    return gather(ask)


def traces(lab: Lab) -> list[str]:
    """Return, for users, what labgen has on the lab's machines."""
    with _connections(lab) as (_, ssh):
        found = gather({m.name: partial(_traces, m, ssh) for m in lab.machines})
    return [line for lines in found.values() for line in lines]


@contextmanager
def _connections(lab: Lab) -> Iterator[tuple[Ssh, Ssh]]:
    """Yield SSH clients for the machines, as their users and as root; connections end with the
    block."""
    with TemporaryDirectory(prefix="labgen-") as directory:
        config = Path(directory) / "ssh_config"
        known = Path(directory) / "known_hosts"
        files.write(known, known_hosts(lab))
        files.write(config, ssh_config(lab, Path(directory), known))
        plain = Ssh(config)
        try:
            yield plain, Ssh(config, sudo=sudo(lab))
        finally:
            plain.close([machine.name for machine in lab.machines])


def known_hosts(lab: Lab) -> str:
    """Return the host keys that the scenario names, as lines of known_hosts, sshd(8)."""
    return known_keys(lab.machines)


def known_keys(machines: Sequence[Machine]) -> str:
    """Do the same for any existing machines."""
    return "".join(
        f"{place(machine)} {machine.host.host_key}\n"
        for machine in machines
        if machine.host and machine.host.host_key
    )


def _survey(
    lab: Lab, machine: Machine, plain: Ssh, ssh: Ssh, packages: Sequence[str]
) -> Surveyed | Unread:
    try:
        clock, uncertainty, seen_from = greet(lab.jump, plain, machine)
        become_root(plain, ssh, machine)
        others = [f"{m.address}:{m.port}" for m in lab.machines if m != machine]
        script = Script(
            name="facts",
            entry="facts.sh",
            arguments=(str(lab.vip), *others, "--", *packages),
            timeout=SURVEY,
            directories={"facts.sh": "facts.sh"},
            hint=f"to inspect: ssh {machine.address}",
        )
        reported = push(lab, ssh, machine, script).stdout
        return Surveyed(ssh_facts.parse(reported), clock, uncertainty, seen_from)
    except Unread as unread:
        return unread
    except LabgenError as error:
        return Unread(error.reason, error.hint or f"to inspect: ssh {machine.address}")


def _traces(machine: Machine, ssh: Ssh) -> list[str]:
    try:
        said = ssh.run(machine.name, ["sh", "-c", LIST, "list", *TRACES], timeout=LOGIN)
    except LabgenError as error:
        return [f"{machine.name}, which cannot be inspected: {error.reason}"]
    return [f"{path} on {machine.name}" for path in said.stdout.splitlines()]
