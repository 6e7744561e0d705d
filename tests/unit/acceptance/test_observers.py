"""Observers parse what machines, etcd and the API report."""

import json

import pytest

from acceptance.framework.experiment.observers import leader, nodes, owners
from acceptance.framework.experiment.observers.changes import Change, Changes

VIP = "10.89.0.244"
CAME = f"7: eth0    inet {VIP}/24 scope global secondary eth0\\       valid_lft forever"
OTHER = "7: eth0    inet 10.89.0.24/24 brd 10.89.0.255 scope global eth0\\       valid_lft forever"


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (f"now {CAME}\n", "holds"),
        ("now \n", "free"),
        (f"{CAME}\n", "holds"),
        (f"Deleted {CAME}\n", "free"),
        (f"{OTHER}\n", None),
        (f"Deleted {OTHER}\n", None),
        ("\n", None),
    ],
)
def test_line_about_the_vip_tells_whether_it_is_held(line: str, state: str | None) -> None:
    assert owners.read(line, VIP) == state


def status(member: str, leading: str | None) -> bytes:
    found = {"header": {"cluster_id": "1", "member_id": member}, "version": "3.7.0"}
    return json.dumps(found if leading is None else {**found, "leader": leading}).encode()


@pytest.mark.parametrize(
    ("leading", "state"),
    [("42", "leader"), ("7", "follower"), ("0", "no leader"), (None, "no leader")],
)
def test_member_tells_whether_it_leads(leading: str | None, state: str) -> None:
    assert leader.read(status("42", leading)) == state


def test_nodes_are_read_from_the_table_that_kubectl_prints() -> None:
    columns = [{"name": name} for name in ("Name", "Status", "Roles", "Age", "Version")]
    rows = [
        {"cells": ["master1", "Ready", "control-plane", "5m", "v1.37.2"]},
        {"cells": ["node1", "NotReady,SchedulingDisabled", "<none>", "5m", "v1.37.2"]},
    ]
    table = json.dumps({"columnDefinitions": columns, "rows": rows}).encode()
    assert nodes.read(table) == {"master1": "Ready", "node1": "NotReady"}


def test_only_what_changed_is_told() -> None:
    told: list[Change] = []
    changes = Changes("VIP", told.append)
    for at, state in enumerate(["free", "free", "holds", "holds", "free"]):
        changes.see(at, "master1", state)
    assert [(change.at, change.state) for change in told] == [
        (0, "free"),
        (2, "holds"),
        (4, "free"),
    ]
