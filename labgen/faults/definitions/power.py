"""Faults of a machine's power, injected and healed by the host through the provider."""

from collections.abc import Sequence
from dataclasses import dataclass

from labgen.errors import HostUnfit
from labgen.faults.fault import Expectation, Fault, Site
from labgen.lab.lab import Machine
from labgen.providers.base import Power, State
from labgen.timing import forecast

BOOT_TIMEOUT = 60.0  # seconds; a system container answers after two on an idle host


@dataclass(frozen=True)
class PowerDriver:
    """Change the power of machines by an action of the provider."""

    action: Power  # injects the fault
    undo: Power = Power.ON  # heals it
    state: State = State.OFF  # the power state in between
    host_side: bool = True

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:  # noqa: ARG002 - the host waits
        reasons = {
            site.provider.unsupported_reason(machine, action)
            for machine in machines
            for action in (self.action, self.undo)
        }
        if unsupported := sorted(reason for reason in reasons if reason):
            raise HostUnfit("; ".join(unsupported))
        return site.provider.power(site.lab, machines, self.action)

    def heal(self, site: Site, machines: Sequence[Machine]) -> bool:
        affected = [machine for machine in machines if self.is_active(site, machine)]
        site.provider.power(site.lab, affected, self.undo)
        limit = BOOT_TIMEOUT * site.lab.slowdown
        for machine in affected:
            site.connect(machine, limit)
        return bool(affected)

    def is_active(self, site: Site, machine: Machine) -> bool:
        return site.state(machine) is self.state


@dataclass(frozen=True)
class RebootDriver(PowerDriver):
    """Shut machines down and power them on again; the fault ends when they answer."""

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:
        moment = super().inject(site, machines, duration)
        self.heal(site, machines)
        return moment


POWER_CUT = Fault(
    name="power-cut",
    summary="the machine loses power, without a shutdown",
    target="holder",
    driver=PowerDriver(Power.OFF),
    does="Turns the machine's power off. Healing turns it on again.",
    expected=(
        Expectation(
            "of the holder: the next control plane takes the VIP",
            forecast.VIP_AWAY,
            forecast.vip_away,
        ),
        Expectation(
            "of the holder: the longest gap for new connections to the API",
            forecast.LONGEST_GAP,
            forecast.longest_gap,
        ),
        Expectation(
            "of a control plane: HAProxy marks its API server as down, sooner if clients use it",
            forecast.SERVER_OUT,
            forecast.server_out,
        ),
        Expectation(
            "of a control plane: connections to its API server through another HAProxy are closed",
            forecast.SESSIONS_END,
            forecast.sessions_end,
        ),
        Expectation(
            "of etcd's leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
    ),
    why=(
        "A machine without power does not even refuse connections, so everything that waits for it "
        "waits for a timeout. A system container uses the host's page cache, which survives: on a "
        "real machine, what etcd has written but not synced would be lost."
    ),
)

REBOOT = Fault(
    name="reboot",
    summary="the machine shuts down cleanly and starts again",
    target="holder",
    driver=RebootDriver(Power.SHUTDOWN),
    one_shot=True,
    does=(
        "Shuts the machine down and turns it on again. The fault ends when the machine answers on "
        "SSH; there is nothing to heal."
    ),
    expected=(
        Expectation(
            "of the holder: it releases the VIP, and the next control plane takes it",
            forecast.SKEW,
            forecast.handed_over,
        ),
        Expectation("connections through its HAProxy and to its API server break", "once"),
        Expectation(
            "of the holder: the VIP returns when keepalived and HAProxy run again, before the "
            "machine's API server does",
            "some seconds after power-on",
        ),
    ),
    why=(
        "A stopped keepalived sends an advert of priority 0, so the others do not wait for missed "
        "adverts. The API server may end before HAProxy has detected it: its port then refuses "
        "connections, and HAProxy tries the next server."
    ),
)

SHUTDOWN = Fault(
    name="shutdown",
    summary="the machine shuts down cleanly and stays off",
    target="holder",
    driver=PowerDriver(Power.SHUTDOWN),
    does="Shuts the machine down. Healing turns it on again.",
    expected=(
        Expectation(
            "of the holder: it releases the VIP, and the next control plane takes it",
            forecast.SKEW,
            forecast.handed_over,
        ),
        Expectation(
            "of a control plane: HAProxy marks its API server as down, sooner if clients use it",
            forecast.SERVER_OUT,
            forecast.server_out,
        ),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
    ),
    why="It begins like a reboot, but the machine stays off until the fault is healed.",
)

PAUSE = Fault(
    name="pause",
    summary="the machine is frozen: its processes do not run, its connections stay open",
    target="holder",
    driver=PowerDriver(Power.PAUSE, undo=Power.RESUME, state=State.PAUSED),
    does=(
        "Freezes all processes of the machine, as a hypervisor does during a live migration. Its "
        "kernel still answers ARP and accepts connections. Healing resumes the processes."
    ),
    expected=(
        Expectation(
            "of the holder: the next control plane takes the VIP",
            forecast.VIP_AWAY,
            forecast.vip_away,
        ),
        Expectation("open connections to it hang instead of breaking"),
        Expectation(
            "of a control plane: HAProxy marks its API server as down",
            forecast.SERVER_STUCK,
            forecast.server_stuck,
        ),
        Expectation(
            "of etcd's leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation(
            "after healing, two owners of the VIP until the first advert arrives",
            "advertInterval",
            forecast.one_advert,
        ),
    ),
    why=(
        "The machine does not know that it was frozen: it resumes as the VIP holder and as etcd's "
        "leader, until it receives adverts and a higher term."
    ),
)
