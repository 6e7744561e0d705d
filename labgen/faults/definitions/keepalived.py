"""Faults of keepalived, which assigns the VIP to exactly one control plane."""

from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.machine_driver import MachineDriver
from labgen.timing import forecast

KEEPALIVED_STOPPED = Fault(
    name="keepalived-stopped",
    summary="keepalived is stopped and stays down; it releases the VIP",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    driver=MachineDriver("keepalived-stopped"),
    does=(
        "Stops keepalived as `systemctl stop` does, and keeps systemd from starting it. Healing "
        "starts it."
    ),
    expected=(
        Expectation("keepalived removes the VIP and sends an advert of priority 0", "immediately"),
        Expectation("the next control plane takes the VIP", forecast.SKEW, forecast.handed_over),
        Expectation("after healing, the VIP returns to the highest priority", "about 1 s"),
    ),
    why=(
        "After an advert of priority 0, the others do not wait for three missed adverts. This is "
        "the cost of maintaining the VIP holder, and the lowest cost of any of its faults."
    ),
)

KEEPALIVED_KILLED = Fault(
    name="keepalived-killed",
    summary="keepalived is killed with SIGKILL and stays down; it does not release the VIP",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    driver=MachineDriver("keepalived-killed"),
    does=(
        "Kills all keepalived processes with SIGKILL and keeps systemd from starting keepalived. "
        "Healing starts it."
    ),
    expected=(
        Expectation("systemd removes the VIP from the interface for it", "immediately"),
        Expectation("the next control plane takes the VIP", forecast.VIP_AWAY, forecast.vip_away),
        Expectation("after healing, the VIP returns to the highest priority", "about 1 s"),
    ),
    why=(
        "VRRP detects missing adverts, not a missing address: without `ExecStopPost` in "
        "keepalived's unit, two machines would have the VIP for as long as keepalived is down. "
        "That does no harm while HAProxy works on both, but nothing would monitor HAProxy on the "
        "old holder."
    ),
)
