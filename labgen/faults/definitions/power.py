"""Faults of a machine's power: done and undone by the host, with the provider's switches."""

from collections.abc import Sequence
from dataclasses import dataclass

from labgen.errors import HostUnfit
from labgen.faults.fault import Expectation, Fault, Site
from labgen.lab.lab import Machine
from labgen.providers.base import Power, State
from labgen.timing import forecast

BOOT_TIMEOUT = 60.0  # seconds; a machine-container answers after two on a quiet host


@dataclass(frozen=True)
class Switched:
    """action is done to a machine's power, undo brings it back from the state it leads to."""

    action: Power
    undo: Power = Power.ON
    state: State = State.OFF
    host_side: bool = True

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:  # noqa: ARG002 - the host waits
        unsupported_reason = {
            site.provider.unsupported_reason(machine, action)
            for machine in machines
            for action in (self.action, self.undo)
        }
        if reasons := sorted(reason for reason in unsupported_reason if reason):
            raise HostUnfit("; ".join(reasons))
        return site.provider.power(site.lab, machines, self.action)

    def heal(self, site: Site, machines: Sequence[Machine]) -> bool:
        away = [machine for machine in machines if self.is_active(site, machine)]
        site.provider.power(site.lab, away, self.undo)
        limit = BOOT_TIMEOUT * site.lab.slowdown
        for machine in away:
            site.connect(machine, limit)
        return bool(away)

    def is_active(self, site: Site, machine: Machine) -> bool:
        return site.state(machine) is self.state


@dataclass(frozen=True)
class Restarted(Switched):
    """Shut down and switched on again: it is over when the machine answers."""

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:
        moment = super().inject(site, machines, duration)
        self.heal(site, machines)
        return moment


POWER_CUT = Fault(
    name="power-cut",
    summary="the machine is off from one moment to the next",
    target="holder",
    driver=Switched(Power.OFF),
    does="Pulls the machine's plug. Healing switches it on again.",
    expected=(
        Expectation(
            "of the holder: the next master takes the VIP", forecast.VIP_AWAY, forecast.vip_away
        ),
        Expectation(
            "of the holder: the longest gap for new connections to the API",
            forecast.LONGEST_GAP,
            forecast.longest_gap,
        ),
        Expectation(
            "of a control plane: HAProxy takes its API server out, sooner with clients about",
            forecast.SERVER_OUT,
            forecast.server_out,
        ),
        Expectation(
            "of a control plane: connections through another's HAProxy to its API server end",
            forecast.SESSIONS_END,
            forecast.sessions_end,
        ),
        Expectation(
            "of etcd's leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
    ),
    why=(
        "A machine without power says nothing, not even that a connection is refused: everybody "
        "who waits for it waits for a timeout. A machine-container's page cache is the host's and "
        "survives: what etcd wrote and had not synced would be lost on a machine of its own."
    ),
)

REBOOT = Fault(
    name="reboot",
    summary="the machine shuts down in order and starts again",
    target="holder",
    driver=Restarted(Power.SHUTDOWN),
    one_shot=True,
    does=(
        "Shuts the machine down and switches it on. Over when it answers on SSH; there is nothing "
        "to heal."
    ),
    expected=(
        Expectation(
            "of the holder: it gives the VIP away, and the next master takes it",
            forecast.SKEW,
            forecast.handed_over,
        ),
        Expectation("connections through its HAProxy and to its API server break", "once"),
        Expectation(
            "of the holder: the VIP returns once keepalived and HAProxy run again, before the API "
            "server of the machine does",
            "some seconds after its power is back",
        ),
    ),
    why=(
        "keepalived says goodbye when it is stopped, so nobody waits for missed adverts. The API "
        "server may end before HAProxy has noticed: its port then refuses, and HAProxy goes on to "
        "the next one."
    ),
)

SHUTDOWN = Fault(
    name="shutdown",
    summary="the machine shuts down in order and stays off",
    target="holder",
    driver=Switched(Power.SHUTDOWN),
    does="Shuts the machine down. Healing switches it on again.",
    expected=(
        Expectation(
            "of the holder: it gives the VIP away, and the next master takes it",
            forecast.SKEW,
            forecast.handed_over,
        ),
        Expectation(
            "of a control plane: HAProxy takes its API server out, sooner with clients about",
            forecast.SERVER_OUT,
            forecast.server_out,
        ),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
    ),
    why="As a reboot; what is missing afterwards is missing until it is healed.",
)

PAUSE = Fault(
    name="pause",
    summary="the machine stands still: nothing on it runs, and nothing is closed",
    target="holder",
    driver=Switched(Power.PAUSE, undo=Power.RESUME, state=State.PAUSED),
    does=(
        "Freezes all processes of the machine, as a hypervisor does while it moves one. Its "
        "kernel still answers ARP and takes connections. Healing lets them run on."
    ),
    expected=(
        Expectation(
            "of the holder: the next master takes the VIP", forecast.VIP_AWAY, forecast.vip_away
        ),
        Expectation("open connections to it hang instead of breaking"),
        Expectation(
            "of a control plane: HAProxy takes its API server out",
            forecast.SERVER_STUCK,
            forecast.server_stuck,
        ),
        Expectation(
            "of etcd's leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation(
            "after healing, two owners of the VIP until the first advert is heard",
            "advertInterval",
            forecast.one_advert,
        ),
    ),
    why=(
        "A machine that stood still does not know it: it wakes as the holder and as etcd's leader "
        "and has to be told otherwise, by adverts and by a higher term."
    ),
)
