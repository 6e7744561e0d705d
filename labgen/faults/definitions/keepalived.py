"""Faults of keepalived, which has the VIP sit on exactly one control plane."""

from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.machine_driver import OnMachine
from labgen.timing import forecast

KEEPALIVED_STOPPED = Fault(
    name="keepalived-stopped",
    summary="keepalived ends in order and stays down; it gives the VIP away",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    driver=OnMachine("keepalived-stopped"),
    does=(
        "Stops keepalived as `systemctl stop` does, and keeps systemd from starting it again. "
        "Healing starts it."
    ),
    expected=(
        Expectation("the VIP leaves the machine, with an advert of priority 0", "at once"),
        Expectation("the next master takes the VIP", forecast.SKEW, forecast.handed_over),
        Expectation("after healing, the VIP returns to the highest priority", "about 1 s"),
    ),
    why=(
        "An owner that says goodbye is believed: nobody waits for three missed adverts. This is "
        "what maintenance of the holder costs, and the best that any fault of it can do."
    ),
)

KEEPALIVED_KILLED = Fault(
    name="keepalived-killed",
    summary="keepalived ends by SIGKILL and stays down; it gives nothing away",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    driver=OnMachine("keepalived-killed"),
    does=(
        "Kills every process of keepalived with SIGKILL and keeps systemd from starting it again. "
        "Healing starts keepalived."
    ),
    expected=(
        Expectation("systemd takes the VIP off the interface, as keepalived cannot", "at once"),
        Expectation("the next master takes the VIP", forecast.VIP_AWAY, forecast.vip_away),
        Expectation("after healing, the VIP returns to the highest priority", "about 1 s"),
    ),
    why=(
        "VRRP asks whether its owner speaks, not whether the address is gone: without "
        "`ExecStopPost` in keepalived's unit there would be two owners for as long as keepalived "
        "is down. Neither would harm while HAProxy works on both machines, and nobody would watch "
        "the one that was left behind."
    ),
)
