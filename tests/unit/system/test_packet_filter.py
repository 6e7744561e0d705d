"""What nft's and iptables-legacy's rules do with packets between a lab's machines."""

import json
from collections.abc import Sequence
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from labgen.system import packet_filter
from labgen.system.packet_filter import Chain, Packet, dropping
from tests.unit.system.stubs import stub

BRIDGE = "lab0a0b0c0d"
BETWEEN = Packet("forward", BRIDGE, subnet=IPv4Network("10.89.0.0/24"))
GUARD = Chain("inet", "guard", "f")
ACCEPT, DROP, REJECT = {"accept": None}, {"drop": None}, {"reject": {"type": "icmpx"}}


def meets(kind: str, key: str, right: object, operation: str = "==") -> dict[str, Any]:
    return {"match": {"op": operation, "left": {kind: {"key": key}}, "right": right}}


def payload(protocol: str, field: str, right: object) -> dict[str, Any]:
    left = {"payload": {"protocol": protocol, "field": field}}
    return {"match": {"op": "==", "left": left, "right": right}}


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set a host with br_netfilter and without iptables-legacy; return the file that says so."""
    bridged = tmp_path / "bridged"
    bridged.write_text("1\n")
    monkeypatch.setattr(packet_filter, "BRIDGED", bridged)
    monkeypatch.setattr(packet_filter, "LEGACY", tmp_path / "absent")
    return bridged


def ruleset(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    *rules: Sequence[object],
    policy: str = "drop",
    chain: Chain = GUARD,
    hook: str = "forward",
) -> None:
    """Set nft's ruleset: one base chain, and a chain "sub" that accepts."""
    place = {"family": chain.family, "table": chain.table}
    lines: list[dict[str, Any]] = [
        {"metainfo": {"version": "1.0.6"}},
        {"chain": {**place, "name": chain.name, "hook": hook, "prio": 10, "policy": policy}},
        {"chain": {**place, "name": "sub"}},
        {"rule": {**place, "chain": "sub", "expr": [ACCEPT]}},
        *({"rule": {**place, "chain": chain.name, "expr": list(rule)}} for rule in rules),
    ]
    text = json.dumps({"nftables": lines}).replace("'", "")
    stub(monkeypatch, directory, "nft", f"echo '{text}'")


ESTABLISHED = [meets("ct", "state", ["established", "related"], "in"), ACCEPT]
DROPS = {
    "nothing": [],
    "answers": [ESTABLISHED],
    "another interface": [[meets("meta", "iifname", "eth0"), ACCEPT]],
    "a port": [[payload("tcp", "dport", 22), ACCEPT]],
    "a protocol": [[meets("meta", "l4proto", "icmp"), ACCEPT]],
    "another network": [
        [payload("ip", "saddr", {"prefix": {"addr": "192.0.2.0", "len": 24}}), ACCEPT]
    ],
    "conntrack by iptables": [[{"xt": {"type": "match", "name": "conntrack"}}, ACCEPT]],
    "an end of firewalld": [[meets("meta", "iifname", "lo"), {"jump": {"target": "sub"}}]],
}
PASSES = {
    "everything": [[{"counter": {"packets": 3, "bytes": 4}}, ACCEPT]],
    "all labs": [
        [meets("meta", "iifname", "lab*"), meets("meta", "oifname", "lab*"), ACCEPT],
        [DROP],
    ],
    "this bridge": [[meets("meta", "iifname", {"set": ["eth0", BRIDGE]}), ACCEPT]],
    "all but one interface": [[meets("meta", "iifname", "eth0", "!="), ACCEPT]],
    "its network": [[payload("ip", "saddr", {"prefix": {"addr": "10.0.0.0", "len": 8}}), ACCEPT]],
    "new connections": [[meets("ct", "state", {"set": ["new", "established"]}), ACCEPT]],
    "by a jump": [[meets("meta", "nfproto", "ipv4"), {"jump": {"target": "sub"}}], [DROP]],
    "what cannot be judged: a set": [[payload("ip", "saddr", "@friends"), ACCEPT]],
    "what cannot be judged: a mark": [[meets("meta", "mark", 7), ACCEPT], [DROP]],
    "what cannot be judged: a match of iptables, by an old nft": [[{"xt": None}, ACCEPT], [DROP]],
    "what cannot be judged: a map": [[{"vmap": {}}]],
}


@pytest.mark.parametrize("rules", DROPS.values(), ids=DROPS)
def test_a_policy_that_no_rule_prevents_drops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rules: list[list[object]]
) -> None:
    ruleset(monkeypatch, tmp_path, *rules)
    assert dropping(BETWEEN) == [GUARD]


@pytest.mark.parametrize("rules", PASSES.values(), ids=PASSES)
def test_a_rule_that_accepts_or_cannot_be_judged_prevents_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rules: list[list[object]]
) -> None:
    ruleset(monkeypatch, tmp_path, *rules)
    assert dropping(BETWEEN) == []


def test_a_rule_drops_too_where_the_policy_accepts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ruleset(monkeypatch, tmp_path, ESTABLISHED, [REJECT], policy="accept")
    assert dropping(BETWEEN) == [GUARD]
    maybe = [payload("ip", "saddr", "@enemies"), {"xt": None}, {"limit": {"rate": 9, "inv": True}}]
    for statement in maybe:
        ruleset(monkeypatch, tmp_path, [statement, DROP], policy="accept")
        assert dropping(BETWEEN) == []


def test_without_br_netfilter_only_the_bridges_own_chains_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: Path
) -> None:
    host.write_text("0\n")
    ruleset(monkeypatch, tmp_path)
    assert dropping(BETWEEN) == []
    chain = Chain("bridge", "guard", "f")
    ruleset(monkeypatch, tmp_path, chain=chain)
    assert dropping(BETWEEN) == [chain]


def test_a_trusted_chain_is_not_judged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chain = Chain("ip", "filter", "FORWARD")
    ruleset(monkeypatch, tmp_path, chain=chain)
    assert dropping(BETWEEN, trusted=[chain]) == []
    assert dropping(BETWEEN) == [chain]


def test_answers_to_the_host_are_let_in_by_the_rule_for_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = Packet("input", BRIDGE, established=True)
    ruleset(monkeypatch, tmp_path, ESTABLISHED, hook="input")
    assert dropping(answer) == []
    ruleset(monkeypatch, tmp_path, [meets("meta", "iifname", "lo"), ACCEPT], hook="input")
    assert dropping(answer) == [GUARD]


def test_iptables_legacy_has_tables_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stub(monkeypatch, tmp_path, "nft", "exit 1")
    (tmp_path / "tables").write_text("filter\n")
    monkeypatch.setattr(packet_filter, "LEGACY", tmp_path / "tables")
    stub(monkeypatch, tmp_path, "iptables-legacy", "echo '-P FORWARD DROP'")
    assert dropping(BETWEEN) == [Chain("legacy", "filter", "FORWARD")]
    lab = "-A FORWARD -i lab+ -o lab+ -j ACCEPT"
    stub(monkeypatch, tmp_path, "iptables-legacy", f"printf '%s\\n' '-P FORWARD DROP' '{lab}'")
    assert dropping(BETWEEN) == []
