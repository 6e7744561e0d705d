"""Chains of this host's packet filter that keep a lab from working, with the rule that helps.

labgen's and libvirt's own rules stand in iptables' chains of the table filter. Other chains are not
theirs to change.
"""

import shutil
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from labgen.lab.lab import Lab
from labgen.machine.finding import Finding
from labgen.system.packet_filter import Chain, Packet, dropping, ruleset
from labgen.system.process import run

TIMEOUT = 30.0
ANY_BRIDGE = "lab00000000"  # of a lab that is not created yet, see lab.bridge
LABS = IPv4Network("10.89.0.0/16")  # has the first 256 subnets that are chosen
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
    rules = ruleset()
    for hook, (packets, accepted) in PACKETS.items():
        if hook == "forward" and machines == 1:
            continue
        packet = Packet(hook, bridge, established=hook == "input", subnet=subnet)
        for chain in dropping(packet, trusted=trusted, rules=rules):
            what = f"the chain {chain.name} of nft's table {chain.family} {chain.table}"
            if chain.family == "legacy":
                what = f"the chain {chain.name} of iptables-legacy's table {chain.table}"
            remedy = f"let it pass: {_remedy(chain, accepted, subnet or LABS)}"
            yield Finding(f"{what} drops {packets}", remedy)


def _remedy(chain: Chain, accepted: Sequence[str], subnet: IPv4Network) -> str:
    """Return the command that lets the packets pass."""
    if chain.family == "legacy":
        words = ["iptables-legacy", "-t", chain.table, "-I", chain.name, *accepted]
        return " ".join([*words, "-j ACCEPT"])
    if chain.table == "firewalld":  # which lets nobody else change its table
        trust = f"firewall-cmd --zone=trusted --add-source={subnet}"
        return f"{trust} && {trust} --permanent"
    names = {"-i lab+": 'iifname "lab*"', "-o lab+": 'oifname "lab*"'}
    matches = " ".join(names[it] for it in accepted)
    return f"nft 'insert rule {chain.family} {chain.table} {chain.name} {matches} accept'"
