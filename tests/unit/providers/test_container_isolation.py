"""What status and check say about this host's packet filter around labs of system containers."""

import json
from pathlib import Path

import pytest

from labgen.operations import status
from labgen.providers import obstacles
from labgen.providers.container import firewall
from labgen.providers.container.provider import ContainerProvider
from labgen.system import packet_filter
from tests.unit.lab.samples import lab, made, scenario
from tests.unit.providers.test_container_host import equipped  # noqa: F401 - a fixture
from tests.unit.system.hosts import USUAL
from tests.unit.system.stubs import stub


@pytest.fixture(autouse=True)
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a host with br_netfilter."""
    (tmp_path / "bridged").write_text("1\n")
    monkeypatch.setattr(packet_filter, "BRIDGED", tmp_path / "bridged")
    monkeypatch.setattr(packet_filter, "LEGACY", tmp_path / "absent")


def _drops(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, table: str = "guard") -> None:
    """Add a second chain at the forward hook, whose policy is drop."""
    chain = {"family": "inet", "table": table, "name": "f", "hook": "forward", "policy": "drop"}
    text = json.dumps({"nftables": [{"chain": chain}]})
    stub(monkeypatch, tmp_path, "nft", f"case $* in '-j list ruleset') echo '{text}' ;; esac")


def test_flushed_rules_are_a_problem_with_the_remedy_until_they_are_restored(
    iptables: Path,
) -> None:
    sample = made("single")
    firewall.ensure(sample)
    assert status.isolation_problems(sample) == []
    lines = iptables.read_text().splitlines(keepends=True)
    iptables.write_text("".join(lines[1:]))
    [problem] = status.isolation_problems(sample)
    assert (problem.what, problem.message) == (
        "isolation",
        (
            "1 of the firewall rules that isolate lab demo are missing, so its machines reach this "
            "host; to restore them: labgen start demo"
        ),
    )
    assert firewall.ensure(sample)
    assert firewall.missing(sample) == 0


def test_rules_as_iptables_prints_them_are_the_labs(iptables: Path) -> None:
    sample = lab("single")
    firewall.ensure(sample)
    printed = iptables.read_text().replace("ESTABLISHED,RELATED", "RELATED,ESTABLISHED")
    iptables.write_text(printed.replace("-j REJECT", "-j REJECT --reject-with icmp-port-unreach"))
    assert firewall.missing(sample) == 0


def test_a_second_chain_that_drops_is_found_by_check_and_status_with_the_rule_that_helps(
    iptables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _drops(monkeypatch, tmp_path)
    sample = made("ha-3x0")
    firewall.ensure(sample)
    what = "the chain f of nft's table inet guard drops what machines send each other"
    rule = 'insert rule inet guard f iifname "lab*" oifname "lab*" accept'
    [problem] = status.isolation_problems(sample)
    assert problem.message == f"{what}; let it pass: nft '{rule}'"
    [finding] = obstacles.findings(None, machines=3)
    assert (finding.what, finding.remedy) == (what, f"let it pass: nft '{rule}'")
    assert obstacles.findings(None, machines=1) == []


def test_check_reports_such_a_chain(
    equipped: Path,  # noqa: F811
    iptables: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _drops(monkeypatch, tmp_path)
    provider = ContainerProvider()
    provider.__dict__["_facts"] = USUAL
    found = provider.check(scenario("ha-3x0"))
    assert [it.what for it in found] == [
        "the chain f of nft's table inet guard drops what machines send each other"
    ]


def test_firewalld_is_told_in_its_own_words(
    iptables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _drops(monkeypatch, tmp_path, "firewalld")
    [finding] = obstacles.findings(made("ha-3x0"), machines=3)
    trust = "firewall-cmd --zone=trusted --add-source=10.89.0.0/24"
    assert finding.remedy == f"let it pass: {trust} && {trust} --permanent"
