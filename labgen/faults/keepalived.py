"""Faults of keepalived, which has the VIP sit on exactly one control plane."""

from labgen.faults import forecast
from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.on_machine import OnMachine

KEEPALIVED_KILLED = Fault(
    name="keepalived-killed",
    summary="keepalived ends by SIGKILL and stays down; the VIP stays on the interface",
    target="holder",
    fits=CONTROL_PLANES,
    way=OnMachine("keepalived-killed"),
    does=(
        "Kills every process of keepalived with SIGKILL and keeps systemd from starting it again. "
        "Nobody takes the VIP off the interface. Healing starts keepalived."
    ),
    expected=(
        Expectation(
            "the next master takes the VIP as well: two owners",
            f"{forecast.VIP_AWAY}, {forecast.SKEW}",
            forecast.vip_away,
        ),
        Expectation(
            "clients follow the new owner's gratuitous ARP; to both owners the API answers"
        ),
        Expectation("after healing, keepalived settles for one owner: the higher priority"),
    ),
    why=(
        "VRRP has an owner that is silent, not one that is gone. That the VIP is left behind is "
        "harmless as long as HAProxy works on both machines: neighbours whose ARP cache is old "
        "still reach the API."
    ),
)
