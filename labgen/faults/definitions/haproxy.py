"""The fault of HAProxy, which spreads connections to the VIP over the API servers."""

from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.machine_driver import OnMachine
from labgen.timing import forecast

HAPROXY_KILLED = Fault(
    name="haproxy-killed",
    summary="HAProxy ends by SIGKILL and stays down",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    driver=OnMachine("haproxy-killed"),
    does=(
        "Kills every process of HAProxy with SIGKILL and keeps systemd from starting it again. "
        "Healing starts it."
    ),
    expected=(
        Expectation("every connection through it breaks, and new ones are refused", "at once"),
        Expectation(
            "of the holder: keepalived's check fails, and the next master takes the VIP",
            forecast.HAPROXY_NOTICED,
            forecast.haproxy_noticed,
        ),
        Expectation("of a master without the VIP: no client notices anything"),
    ),
    why=(
        "The check asks the machine's own HAProxy once every scriptInterval: that is the gap. The "
        "holder then gives the VIP away by an advert of priority 0, and no three adverts have to "
        "be missed."
    ),
)
