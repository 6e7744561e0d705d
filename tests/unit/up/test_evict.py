"""A join that did not finish is removed from the cluster before it is done again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from labgen.cluster import api
from labgen.cluster.nodes import Node
from labgen.errors import LabgenError
from labgen.lab.lab import Machine
from labgen.providers.container.provider import ContainerProvider
from labgen.render.files import File
from labgen.system import files, proxy
from labgen.system.process import CommandFailed, Completed, run
from labgen.up import evict as module
from labgen.up.context import Context
from labgen.up.evict import evict_member, evict_node
from labgen.up.graph import Outcome
from labgen.up.steps import join as step
from tests.unit.lab.samples import lab

BIG = 12593026477526642892  # member ids are unsigned 64 bit
MEMBERS = {
    "members": [
        {"ID": 1, "name": "master1", "peerURLs": ["https://10.89.0.3:2380"]},
        {"ID": BIG, "name": "", "peerURLs": ["https://10.89.0.4:2380"], "isLearner": True},
    ]
}


@dataclass
class Machines:
    """Replaces SSH: records commands by machine, and has the remains of an earlier join."""

    notes: str = ""
    failures: int = 0
    ran: list[tuple[str, ...]] = field(default_factory=list)
    flags: str = "--max-learners=2"  # of master1's etcd

    def run(
        self, host: str, argv: Sequence[str], *, timeout: float, check: bool = True
    ) -> Completed:
        if argv[0] == "grep":
            return Completed(tuple(argv), int(argv[-2] not in self.flags), "", "")
        if argv[0] == "sh":
            return Completed(tuple(argv), 0, self.notes, "")
        if argv[0] == "env":  # without proxies
            assert tuple(argv[:5]) == proxy.WITHOUT
            argv = argv[5:]
        self.ran.append((host, *(word for word in argv if not word.startswith("--"))))
        if self.failures:
            self.failures -= 1
            raise CommandFailed(Completed(tuple(argv), 1, "", "context deadline exceeded"))
        return Completed(tuple(argv), 0, json.dumps(MEMBERS) if "list" in argv else "", "")


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    found = Machines()
    monkeypatch.setattr(Context, "ssh", found)
    return found


@pytest.fixture
def context(machines: Machines) -> Context:
    return Context(lab("ha-3x3"), ContainerProvider())


def test_a_member_and_a_node_go_at_the_first_masters_word(
    machines: Machines, context: Context
) -> None:
    evict_member(context, context.lab.machine("master2"))
    evict_node(context, context.lab.machine("master2"))
    assert machines.ran == [
        ("master1", "etcdctl", "member", "list", "-w", "json"),
        ("master1", "etcdctl", "member", "remove", f"{BIG:x}"),
        ("master1", "kubectl", "delete", "node", "master2"),
    ]


def test_a_member_that_is_missing_needs_no_removal(machines: Machines, context: Context) -> None:
    evict_member(context, context.lab.machine("master3"))
    assert [words[1:4] for words in machines.ran] == [("etcdctl", "member", "list")]


def test_an_etcd_without_a_majority_is_waited_for(
    machines: Machines, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.failures = 1
    evict_member(context, context.lab.machine("master2"))
    assert machines.ran[-1][3] == "remove"
    machines.failures = 100
    monkeypatch.setattr(module, "TIMEOUT", 0.1)
    with pytest.raises(LabgenError, match="removing an earlier join of master2") as e:
        evict_member(context, context.lab.machine("master2"))
    assert "context deadline exceeded" in str(e.value.last_seen)


@pytest.mark.parametrize(
    ("seen", "forgotten"),
    [
        (("", []), []),  # the usual case: a new machine
        (("begun\n", []), ["master2"]),
        (("", ["master1", "master2"]), ["master2"]),  # a machine that was made anew
        (("joined\nbegun\n", ["master1", "master2"]), []),
    ],
)
def test_only_the_node_of_an_unfinished_join_is_forgotten(
    machines: Machines,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
    seen: tuple[str, list[str]],
    forgotten: list[str],
) -> None:
    machines.notes, nodes = seen
    told: list[str] = []
    monkeypatch.setattr(step, "evict_node", lambda _, machine: told.append(machine.name))
    monkeypatch.setattr(step, "ensure_secrets", lambda _: None)
    monkeypatch.setattr(step, "shared", lambda _: {})
    monkeypatch.setattr(api, "connect", lambda _: None)
    monkeypatch.setattr(step, "nodes", lambda _: [Node(name, True, "") for name in nodes])
    monkeypatch.setattr(Context, "ca_hash", "sha256:PIN")
    phases = _ran_phases(monkeypatch)
    step.join(context, context.lab.machine("master2"))
    assert told == forgotten
    step.join(context, context.lab.machine("node1"))
    assert told == [*forgotten, *(["node1"] if machines.notes == "begun\n" else [])]
    assert phases == [("master2", "join-control-plane"), ("node1", "join")]


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        # master2's member has not started yet, so it stays
        ("", (["add"], [], Outcome.CHANGED)),
        ("begun\n", (["remove", "add"], ["reset", "reset"], Outcome.CHANGED)),
        ("joined\nbegun\n", ([], [], Outcome.OK)),
    ],
)
def test_etcd_gets_the_members_that_are_missing_before_any_of_them_starts(
    machines: Machines,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
    notes: str,
    expected: tuple[list[str], list[str], Outcome],
) -> None:
    machines.notes = notes
    ran = _ran_phases(monkeypatch)
    outcome = step.announce_etcd_members(context)
    changes = [words[3] for words in machines.ran if words[3] != "list"]
    assert (changes, [phase for _, phase in ran], outcome) == expected


def test_etcd_of_an_older_lab_that_accepts_one_learner_is_not_asked_for_two(
    machines: Machines, context: Context
) -> None:
    machines.flags = ""
    with pytest.raises(LabgenError, match="accepts one new member at a time") as e:
        step.announce_etcd_members(context)
    assert e.value.hint == "to build it anew: labgen down demo; labgen up ha-3x3 --name demo"
    assert machines.ran == []


@pytest.mark.parametrize("notes", ["", "joined\nbegun\n"])
def test_keys_are_sent_only_to_a_control_plane_that_joins(
    machines: Machines, context: Context, monkeypatch: pytest.MonkeyPatch, notes: str
) -> None:
    machines.notes = notes
    lab_ = context.lab
    kubernetes = replace(lab_.scenario.kubernetes, certificates="copy")
    copying = replace(lab_, scenario=replace(lab_.scenario, kubernetes=kubernetes))
    monkeypatch.setattr(step, "ensure_secrets", lambda _: None)
    monkeypatch.setattr(step, "shared", lambda _: {"certificates/pki/ca.key": File("key", 0o600)})
    monkeypatch.setattr(step, "_known_nodes", lambda _: set())
    monkeypatch.setattr(Context, "ca_hash", "sha256:PIN")
    sent: list[str] = []

    def note(*_: object, files: Mapping[str, File], **__: object) -> Outcome:
        sent.extend(files)
        return Outcome.CHANGED

    monkeypatch.setattr(Context, "run_phases", note)
    step.join(Context(copying, ContainerProvider()), copying.machine("master2"))
    assert any("ca.key" in name for name in sent) == (not notes)


def test_a_member_of_a_machine_that_was_made_anew_is_replaced(
    machines: Machines, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = {**MEMBERS["members"][1], "name": "master2"}
    monkeypatch.setitem(MEMBERS, "members", [MEMBERS["members"][0], started])
    step.announce_etcd_members(context)
    assert [words[3:] for words in machines.ran if words[3] != "list"] == [
        ("remove", f"{BIG:x}"),
        ("add", "master2"),
        ("add", "master3"),
    ]


def _ran_phases(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the machines and phases that are run from now on."""
    ran: list[tuple[str, str]] = []

    def note(_: Context, machine: Machine, phase: str, **__: object) -> Outcome:
        ran.append((machine.name, phase))
        return Outcome.CHANGED

    monkeypatch.setattr(Context, "run_phases", note)
    return ran


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ((), ""),
        (("pki/ca.crt",), "begun"),
        (("pki/ca.crt", "kubelet.conf"), "begun"),
        (("pki/ca.crt", "kubelet.conf", "labgen/join-finished"), "joined begun"),
        (("labgen/join-finished",), ""),  # after `kubeadm reset` by hand
    ],
)
def test_a_member_that_was_reset_by_hand_joins_again(
    tmp_path: Path, left: Sequence[str], expected: str
) -> None:
    for name in left:
        files.write(tmp_path / name, "")
    script = step.NOTES.replace("/etc/kubernetes", str(tmp_path))
    assert run(["sh", "-c", script], timeout=10).stdout.split() == expected.split()
