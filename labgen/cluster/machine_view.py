"""One machine's view of the cluster, read by one SSH command: the VIP and its HAProxy's servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from labgen.cluster import haproxy, vip
from labgen.lab.lab import Lab, Machine
from labgen.machine.ssh import Ssh
from labgen.scenario.model import Role
from labgen.system.process import CommandFailed

SEPARATOR = "---"
# Prints when the machine booted, as @ and seconds since 1970: what its clock showed at that moment,
# and by its clock of now, from the age of process 1 (field 22 of proc_pid_stat(5), in ticks). They
# differ if the clock was set meanwhile.
BOOTED = (
    "systemctl show --property=UserspaceTimestamp --value --timestamp=unix;"
    " read -r up _ </proc/uptime; first=$(</proc/1/stat); first=(${first##*) });"
    ' age=$((${up%.*} - first[19] / 100)); ((age < 0)) || echo "@$((EPOCHSECONDS - age))"'
)
TIMEOUT = 10.0  # seconds, multiplied by the lab's slowdown
SOCKET_TIMEOUT = 2  # seconds until socat gives up, multiplied by the lab's slowdown


@dataclass(frozen=True)
class MachineView:
    """What a machine reported. api_servers is empty on a worker; haproxy_error is the reason where
    it is empty on a control plane. booted is in seconds since 1970 by the machine's own clock, and
    never too late; 0 if it is unknown."""

    holds_vip: bool
    api_servers: Mapping[str, str] = field(default_factory=dict)
    haproxy_error: str = ""
    booted: float = 0.0


def query(ssh: Ssh, lab: Lab, machine: Machine) -> MachineView:
    """Query one machine over SSH. Raises CommandFailed or CommandTimedOut."""
    script = f"{' '.join(vip.QUERY)} $1; {BOOTED}; echo {SEPARATOR}"
    balances = machine.role is Role.CONTROL_PLANE
    if balances:
        script += f"; {haproxy.query(timeout=SOCKET_TIMEOUT * lab.slowdown)}"
    words = ["bash", "-c", script, "view", str(lab.vip)]
    done = ssh.run(machine.name, words, timeout=TIMEOUT * lab.slowdown, check=False)
    addresses, separator, stats = done.stdout.partition(SEPARATOR)
    if not separator:
        raise CommandFailed(done)
    holds = f" {lab.vip}/" in addresses
    booted = _booted(addresses)
    if not balances:
        return MachineView(holds, booted=booted)
    if not done.ok:
        # socat's line ends with the reason: DATE socat[PID] E connect(...): Connection refused
        why = done.stderr.strip().rpartition(": ")[2]
        return MachineView(holds, {}, why or f"exit code {done.exit_code}", booted)
    return MachineView(holds, haproxy.parse(stats), booted=booted)


def _booted(lines: str) -> float:
    """Return the earliest time in lines that begin with @, or 0.0 without one. A clock that was set
    back since the boot must not make everything that was reported later look older."""
    found = (line[1:].strip() for line in lines.splitlines() if line.startswith("@"))
    return float(min((int(it) for it in found if it.isdecimal()), default=0))
