"""Changes of single machines become bands of states."""

import pytest

from acceptance.framework.experiment import tracks
from acceptance.framework.experiment.observers.changes import Change
from acceptance.framework.experiment.tracks import lasting, one, taken_away, within
from labgen.recordings.recording import Band

VIP, ETCD, NODE = "VIP", "etcd leader", "node"


def test_one_owner_after_the_other() -> None:
    changes = [
        Change(VIP, -1.0, "master1", "holds"),
        Change(VIP, -1.0, "master2", "free"),
        Change(VIP, 1.0, "master1", "free"),
        Change(VIP, 1.5, "master2", "holds"),
    ]
    assert tracks.bands(changes, -1.0, 4.0) == [
        Band(VIP, "master1", -1.0, 1.0),
        Band(VIP, "none", 1.0, 1.5),
        Band(VIP, "master2", 1.5, 4.0),
    ]


def test_two_owners_are_named_together() -> None:
    changes = [Change(VIP, 0.0, "master2", "holds"), Change(VIP, 1.0, "master1", "holds")]
    assert [band.state for band in tracks.bands(changes, 0.0, 2.0)] == [
        "master2",
        "master1, master2",
    ]


def test_machine_without_power_holds_nothing_from_the_cut_on() -> None:
    changes = [
        Change(VIP, -1.0, "master1", "holds"),
        Change(VIP, 0.3, "master2", "holds"),
        Change(VIP, 9.0, "master1", "unknown"),
        Change(ETCD, -1.0, "master1", "leader"),
        Change(ETCD, 1.2, "master3", "leader"),
    ]
    found = tracks.bands(taken_away(changes, ["master1"], 0.0), -1.0, 10.0)
    assert [(band.lane, band.state, band.started) for band in found] == [
        (VIP, "master1", -1.0),
        (VIP, "none", 0.0),
        (VIP, "master2", 0.3),
        (ETCD, "master1", -1.0),
        (ETCD, "none", 0.0),
        (ETCD, "master3", 1.2),
    ]


def test_every_node_has_a_lane() -> None:
    changes = [
        Change(NODE, 0.0, "node1", "Ready"),
        Change(NODE, 0.0, "master1", "Ready"),
        Change(NODE, 50.0, "node1", "NotReady"),
    ]
    assert tracks.bands(changes, 0.0, 60.0) == [
        Band("node master1", "Ready", 0.0, 60.0),
        Band("node node1", "Ready", 0.0, 50.0),
        Band("node node1", "NotReady", 50.0, 60.0),
    ]


def test_what_was_before_the_beginning_is_known_at_it() -> None:
    changes = [Change(VIP, -5.0, "master1", "holds"), Change(VIP, -3.0, "master2", "free")]
    assert tracks.bands(changes, -2.0, 1.0) == [Band(VIP, "master1", -2.0, 1.0)]


STATES = [Band(VIP, "master1", 0.0, 1.0), Band(VIP, "none", 1.0, 1.5), Band(VIP, "m2", 1.5, 9.0)]


@pytest.mark.parametrize(
    ("found", "since"),
    [(STATES, 1.5), (STATES[:1], 0.0), (STATES[:2], None), ([], None)],
    ids=["again", "always", "no-more", "never-seen"],
)
def test_state_lasts_since(found: list[Band], since: float | None) -> None:
    assert lasting(found, VIP, one) == since


def test_bands_are_cut_to_a_span() -> None:
    assert within(STATES, 0.5, 1.2) == [Band(VIP, "master1", 0.5, 1.0), Band(VIP, "none", 1.0, 1.2)]


@pytest.mark.parametrize(("state", "alone"), [("m1", True), ("none", False), ("m1, m2", False)])
def test_one_is_exactly_one(state: str, alone: bool) -> None:
    assert one(state) is alone
