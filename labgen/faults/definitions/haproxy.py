"""The fault of HAProxy, which balances connections to the VIP over the API servers."""

from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.machine_driver import MachineDriver
from labgen.timing import forecast

HAPROXY_KILLED = Fault(
    name="haproxy-killed",
    summary="HAProxy is killed with SIGKILL and stays down",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    driver=MachineDriver("haproxy-killed"),
    does=(
        "Kills all HAProxy processes with SIGKILL and keeps systemd from starting HAProxy. Healing "
        "starts it."
    ),
    expected=(
        Expectation("all connections through it break, and new ones are refused", "immediately"),
        Expectation(
            "of the holder: keepalived's check fails, and the next control plane takes the VIP",
            forecast.HAPROXY_NOTICED,
            forecast.haproxy_noticed,
        ),
        Expectation("of a control plane without the VIP: no client notices"),
    ),
    why=(
        "keepalived checks the machine's own HAProxy once every scriptInterval, which determines "
        "the gap. The holder then releases the VIP with an advert of priority 0, so the others do "
        "not have to miss three adverts first."
    ),
)
