"""Chains of this host's packet filter that keep a lab from working, with the rule that helps.

labgen's and libvirt's own rules stand in iptables' chains of the table filter. Other chains are not
theirs to change.
"""

import shutil
from collections.abc import Iterator

from labgen.lab.lab import Lab
from labgen.machine.finding import Finding
from labgen.system.packet_filter import Chain, Packet, dropping
from labgen.system.process import run

TIMEOUT = 30.0
ANY_BRIDGE = "lab00000000"  # of a lab that is not created yet, see lab.bridge
# by hook: what the packets are, for users, and which of them a rule has to accept
PACKETS = {
    "forward": ("what machines send each other", ("-i lab+", "-o lab+")),
    "input": ("what machines answer this host", ("-i lab+",)),
    "output": ("what this host sends to machines", ("-o lab+",)),
}


def findings(lab: Lab | None, *, machines: int) -> list[Finding]:
    """Return a finding for each chain that drops packets of the lab, or of any lab, with that
    number of machines."""
    return list(_findings(lab, machines)) if shutil.which("iptables") else []


def _findings(lab: Lab | None, machines: int) -> Iterator[Finding]:
    version = run(["iptables", "--version"], timeout=TIMEOUT, check=False).stdout
    family = "ip" if "nf_tables" in version else "legacy"
    trusted = [Chain(family, "filter", name) for name in ("INPUT", "FORWARD")]
    bridge, subnet = (lab.bridge, lab.subnet) if lab else (ANY_BRIDGE, None)
    for hook, (packets, accepted) in PACKETS.items():
        if hook == "forward" and machines == 1:
            continue
        packet = Packet(hook, bridge, established=hook == "input", subnet=subnet)
        for chain in dropping(packet, trusted=trusted):
            if chain.family == "legacy":
                what = f"the chain {chain.name} of iptables-legacy's table {chain.table}"
                words = ["iptables-legacy", "-t", chain.table, "-I", chain.name, *accepted]
                remedy = " ".join([*words, "-j ACCEPT"])
            else:
                what = f"the chain {chain.name} of nft's table {chain.family} {chain.table}"
                matches = " ".join(accepted).replace("-i lab+", 'iifname "lab*"')
                matches = matches.replace("-o lab+", 'oifname "lab*"')
                place = f"{chain.family} {chain.table} {chain.name}"
                remedy = f"nft 'insert rule {place} {matches} accept'"
            yield Finding(f"{what} drops {packets}", f"let it pass: {remedy}")
