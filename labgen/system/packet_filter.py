"""What this host's packet filter does with packets of a bridge, judged from its rules.

Every base chain at a hook has to accept a packet: an accept in one does not save it from the policy
of another. Rules that cannot be judged, for instance those with named sets, count in favour.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from labgen.system.process import run

TIMEOUT = 30.0
BRIDGED = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")  # of this network namespace
LEGACY = Path("/proc/net/ip_tables_names")  # the tables of iptables-legacy that exist
# Matches that only a part of all packets meets, whatever the rest of the rule says: ports and
# protocols, and NAT. What such a rule accepts is not everything that a lab needs.
PARTIAL = frozenset({"tcp", "udp", "icmp", "th", "icmpv6", "ip6"})
PARTIAL_XT = frozenset({"tcp", "udp", "icmp", "multiport"})
Ruleset = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Packet:
    """A packet at a hook: forward between two ports of a bridge, or input or output of the host."""

    hook: str
    bridge: str
    established: bool = False  # it answers one that was let through
    subnet: IPv4Network | None = None  # of source and destination; None if that is not known


@dataclass(frozen=True)
class Chain:
    """A chain that drops a packet."""

    family: str  # as nft writes it, or "legacy" for iptables-legacy
    table: str
    name: str


def dropping(
    packet: Packet, *, trusted: Sequence[Chain] = (), rules: Ruleset | None = None
) -> list[Chain]:
    """Return the base chains that drop the packet, without those in trusted.

    rules is what ruleset() returned, for callers that ask about several packets. The result is
    empty where the rules cannot be read. Packets between ports of a bridge pass the chains of IPv4
    only with br_netfilter.
    """
    families = {"ip", "inet", "bridge"} if packet.hook != "forward" or _bridged() else {"bridge"}
    known = ruleset() if rules is None else rules
    found = [it for it in _dropping(known, packet, families) if it not in trusted]
    if "ip" in families:
        found += [it for it in _dropping_legacy(packet) if it not in trusted]
    return found


def _bridged() -> bool:
    return BRIDGED.exists() and BRIDGED.read_text().strip() == "1"


def ruleset() -> Ruleset:
    """Return the rules of nft as its JSON has them; empty where they cannot be read."""
    if not shutil.which("nft"):
        return []
    listed = run(["nft", "-j", "list", "ruleset"], timeout=TIMEOUT, check=False)
    found: list[dict[str, Any]] = json.loads(listed.stdout)["nftables"] if listed.ok else []
    return found


def _dropping(
    ruleset: Sequence[Mapping[str, Any]], packet: Packet, families: set[str]
) -> Iterator[Chain]:
    rules: dict[Chain, list[Any]] = {}
    for rule in (it["rule"] for it in ruleset if "rule" in it):
        rules.setdefault(Chain(rule["family"], rule["table"], rule["chain"]), []).append(
            rule["expr"]
        )
    for chain in (it["chain"] for it in ruleset if "chain" in it):
        place = Chain(chain["family"], chain["table"], chain["name"])
        if chain.get("hook") == packet.hook and chain["family"] in families:
            verdict = _walk(place, rules, packet) or chain.get("policy", "accept")
            if verdict == "drop":
                yield place


def _walk(chain: Chain, rules: Mapping[Chain, Sequence[Any]], packet: Packet) -> str:
    """Return accept or drop, unknown where a rule cannot be judged that may accept; empty if no
    rule decides."""
    for statements in rules.get(chain, ()):
        matches = [_matches(it, packet) for it in statements]
        if False in matches:
            continue
        verdict = _verdict(chain, statements, rules, packet)
        if verdict and None in matches:
            verdict = "" if verdict == "drop" else "unknown"
        if verdict:
            return "" if verdict == "return" else verdict
    return ""


def _verdict(
    chain: Chain, statements: Sequence[Any], rules: Mapping[Chain, Sequence[Any]], packet: Packet
) -> str:
    """Return what a rule that the packet meets decides: as _walk(), or return."""
    for statement in statements:
        match statement:
            case {"drop": _} | {"reject": _}:
                return "drop"
            case {"accept": _}:
                return "accept"
            case {"return": _}:
                return "return"
            case {"jump": {"target": target}} | {"goto": {"target": target}}:
                inner = _walk(Chain(chain.family, chain.table, target), rules, packet)
                return inner or ("return" if "goto" in statement else "")
            case {"vmap": _} | {"queue": _}:
                return "unknown"
    return ""


def _matches(statement: Mapping[str, Any], packet: Packet) -> bool | None:
    """Return whether the packet meets the statement; None if that cannot be judged."""
    match statement:
        case {"match": {"op": operation, "left": left, "right": right}}:
            met = _compare(left, right, packet)
            return met if met is None or operation != "!=" else not met
        case {"xt": {"type": "match", "name": "comment"}}:
            return True
        case {"xt": {"type": "match", "name": "conntrack" | "state"}}:
            return None if packet.established else False
        case {"xt": {"type": "match", "name": name}}:
            return False if name in PARTIAL_XT else None
        case {"xt": _} | {"limit": _} | {"quota": _} | {"ct count": _}:
            return None  # nft before 1.0.6 does not say which match or target of iptables it is
    return True  # a counter, a log, a verdict


def _compare(left: Any, right: Any, packet: Packet) -> bool | None:
    values = right.get("set", [right]) if isinstance(right, dict) else right
    values = values if isinstance(values, list) else [values]
    match left:
        case {"meta": {"key": str(key)}}:
            return _meta(key, values, packet)
        case {"ct": {"key": "state"}}:
            return ("established" if packet.established else "new") in values
        case {"payload": {"protocol": "ip", "field": "saddr" | "daddr"}}:
            return _covered(values, packet)
        case {"ct": {"key": "status"}}:
            return False
        case {"payload": {"protocol": protocol}} if protocol in PARTIAL:
            return False
    return None


def _meta(key: str, values: Sequence[Any], packet: Packet) -> bool | None:
    if key in {"iifname", "iif", "ibrname"}:
        return packet.hook != "output" and _named(values, packet)
    if key in {"oifname", "oif", "obrname"}:
        return packet.hook != "input" and _named(values, packet)
    if key == "nfproto":
        return "ipv4" in values
    return False if key in {"l4proto", "protocol"} else None


def _named(values: Sequence[Any], packet: Packet) -> bool | None:
    """Return whether the packet's interface is one of the values; its bridge's ports have names
    that begin with the bridge's."""
    names = [it for it in values if isinstance(it, str) and not it.startswith("@")]
    if len(names) < len(values):
        return None
    return any(
        packet.bridge.startswith(it[:-1]) if it.endswith("*") else it == packet.bridge
        for it in names
    )


def _covered(values: Sequence[Any], packet: Packet) -> bool | None:
    """Return whether all addresses of the packet's subnet are in one of the values."""
    ranges = []
    for value in values:
        match value:
            case {"prefix": {"addr": str(address), "len": int(length)}}:
                text = f"{address}/{length}"
            case str(text) if not text.startswith("@"):
                pass
            case _:
                return None
        try:
            ranges.append(IPv4Network(text, strict=False))
        except ValueError:
            return None
    if packet.subnet is None:
        return None
    subnet = packet.subnet
    if any(subnet.subnet_of(it) for it in ranges):
        return True
    return None if any(subnet.overlaps(it) for it in ranges) else False


def _dropping_legacy(packet: Packet) -> Iterator[Chain]:
    """Yield the same for iptables-legacy, whose tables are not nft's. Only a chain without a rule
    that may accept is judged."""
    if not LEGACY.exists() or not shutil.which("iptables-legacy"):
        return
    chain = packet.hook.upper()
    for table in LEGACY.read_text().split():
        argv = ["iptables-legacy", "--wait", "-t", table, "-S", chain]
        lines = run(argv, timeout=TIMEOUT, check=False).stdout.splitlines()
        if f"-P {chain} DROP" in lines and not any(
            line.startswith("-A") and not line.endswith(("-j DROP", "-j REJECT")) for line in lines
        ):
            yield Chain("legacy", table, chain)
