"""Faults of a machine's power: done and undone by the host, with the provider's switches."""

from collections.abc import Sequence
from dataclasses import dataclass

from labgen.faults import forecast
from labgen.faults.fault import Expectation, Fault, Site
from labgen.lab.lab import Machine
from labgen.providers.base import Power, State

BOOT_TIMEOUT = 60.0  # seconds; a machine-container answers after two on a quiet host


@dataclass(frozen=True)
class Switched:
    """action is done to a machine's power, undo brings it back from the state it leads to."""

    action: Power
    undo: Power = Power.ON
    state: State = State.OFF
    from_host: bool = True

    def inject(self, site: Site, machines: Sequence[Machine], lasting: float | None) -> float:  # noqa: ARG002 - the host waits
        return site.provider.power(site.lab, machines, self.action)

    def heal(self, site: Site, machines: Sequence[Machine]) -> bool:
        away = [machine for machine in machines if self.holds(site, machine)]
        site.provider.power(site.lab, away, self.undo)
        for machine in away:
            site.ssh.connect(machine.name, str(machine.address), timeout=BOOT_TIMEOUT)
        return bool(away)

    def holds(self, site: Site, machine: Machine) -> bool:
        return site.state(machine) is self.state


POWER_CUT = Fault(
    name="power-cut",
    summary="the power is cut: the machine is off from one moment to the next",
    target="holder",
    way=Switched(Power.OFF),
    does="Pulls the machine's plug. Healing switches it on again.",
    expected=(
        Expectation(
            "of the holder: the next master takes the VIP",
            f"{forecast.VIP_AWAY}, {forecast.SKEW}",
            forecast.vip_away,
        ),
        Expectation(
            "of the holder: the longest gap for new connections to the API",
            forecast.LONGEST_GAP,
            forecast.longest_gap,
        ),
        Expectation(
            "of any control plane: HAProxy takes its API server out",
            forecast.SERVER_OUT,
            forecast.server_out,
        ),
    ),
    why=(
        "A machine without power says nothing, not even that a connection is refused: everybody "
        "who waits for it waits for a timeout of his own. A machine-container's page cache is the "
        "host's and survives: what etcd wrote without syncing is not lost, as it would be."
    ),
)
