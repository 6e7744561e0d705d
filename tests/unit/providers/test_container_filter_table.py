"""The nft table below iptables: created with a label, and removed only when it is empty."""

from pathlib import Path

import pytest

from labgen.providers.container import filter_table, firewall
from tests.unit.lab.samples import lab
from tests.unit.system.stubs import Stub, stub

WARNING = "# Warning: table ip filter is managed by iptables-nft, do not touch!\n"
LABELLED = '\tcomment "labgen"\n'
FORWARD = """\
\tchain FORWARD {
\t\ttype filter hook forward priority filter; policy accept;
\t}
"""
INPUT = FORWARD.replace("FORWARD", "INPUT").replace("forward", "input")
RULE = INPUT.replace("accept;\n", 'accept;\n\t\tip saddr 192.0.2.1 counter drop comment "mine"\n')


def _nft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> Stub:
    (tmp_path / "table").write_text(f"table ip filter {{\n{content}}}\n")
    body = f"case $* in list*) cat '{tmp_path}/table' ;; esac"
    return stub(monkeypatch, tmp_path, "nft", body)


def test_the_table_is_created_with_a_label_before_the_first_rule(
    iptables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nft = stub(monkeypatch, tmp_path, "nft", f"test ! -s '{iptables}'")
    firewall.ensure(lab())
    assert nft.calls == [['create table ip filter { comment "labgen" ; }']]


@pytest.mark.parametrize("content", [LABELLED, WARNING + LABELLED + INPUT + "\n" + FORWARD])
def test_an_empty_table_of_labgens_is_removed_with_the_last_rule(
    iptables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    nft = _nft(tmp_path, monkeypatch, content)
    firewall.remove(lab().id)
    assert nft.calls[-1] == [filter_table.DELETE]


@pytest.mark.parametrize(
    "content",
    [
        FORWARD,
        '\tcomment "somebody\'s"\n' + FORWARD,
        LABELLED + FORWARD + RULE,
        LABELLED + FORWARD.replace("policy accept", "policy drop"),
        LABELLED + FORWARD + "\tchain DOCKER {\n\t}\n",
        LABELLED + "\tset mine {\n\t\ttype ipv4_addr\n\t}\n",
    ],
    ids=["no label", "another's label", "a rule", "a policy", "a chain of another", "a set"],
)
def test_a_table_with_anything_of_others_stays(
    iptables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    nft = _nft(tmp_path, monkeypatch, content)
    firewall.remove(lab().id)
    assert [call[0] for call in nft.calls] == ["list"]


def test_legacy_iptables_gets_no_nft_table(
    iptables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nft = stub(monkeypatch, tmp_path, "nft", "exit 1")
    stub(monkeypatch, tmp_path, "iptables", "echo 'iptables v1.8.9 (legacy)'")
    firewall.ensure(lab())
    assert nft.calls == []
