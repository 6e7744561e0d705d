"""The states of a recording become lanes."""

from dataclasses import replace

from labgen.recordings.lanes import lanes
from labgen.recordings.recording import Band
from tests.unit.report.samples import stability


def spans(*bands: Band) -> list[tuple[float, float, tuple[str, ...]]]:
    """Return the spans of the lane VIP in a recording from -2 to 30."""
    (vip,) = lanes(replace(stability(), bands=bands))
    return [(span.started, span.ended, span.states) for span in vip.spans]


def test_a_lane_has_no_holes_from_the_first_to_the_last_second() -> None:
    assert spans(Band("VIP", "a", 0, 5), Band("VIP", "b", 7, 20)) == [
        (-2, 0, ()),
        (0, 5, ("a",)),
        (5, 7, ()),
        (7, 20, ("b",)),
        (20, 30, ()),
    ]


def test_bands_that_overlap_are_states_at_once() -> None:
    assert spans(Band("VIP", "b", -2, 9), Band("VIP", "a", 4, 30)) == [
        (-2, 4, ("b",)),
        (4, 9, ("a", "b")),
        (9, 30, ("a",)),
    ]


def test_a_band_may_name_several_states() -> None:
    assert spans(Band("VIP", "b, a", -2, 9), Band("VIP", "none", 9, 30)) == [
        (-2, 9, ("a", "b")),
        (9, 30, ("none",)),
    ]


def names(*bands: Band) -> list[tuple[str, tuple[str, ...]]]:
    return [(lane.name, lane.members) for lane in lanes(replace(stability(), bands=bands))]


def test_lanes_of_one_sort_that_are_alike_are_one() -> None:
    ready = [Band(f"node {name}", "Ready", -2, 30) for name in "abc"]
    assert names(*ready) == [("all 3 nodes", ("a", "b", "c"))]
    gone = Band("node d", "NotReady", 0, 30)
    assert names(*ready, gone) == [("node d", ()), ("3 other nodes", ("a", "b", "c"))]


def test_lanes_that_change_together_are_alike() -> None:
    late = [
        Band(f"node {name}", "Ready", -2, 3 + number / 100) for number, name in enumerate("abcd")
    ]
    early = [Band("node a", "Ready", 4, 30), Band("node b", "Ready", 4, 30)]
    assert names(*late, *early) == [("nodes a, b", ("a", "b")), ("nodes c, d", ("c", "d"))]


def test_lanes_of_different_sorts_are_never_one() -> None:
    assert names(Band("VIP", "a", -2, 30), Band("etcd leader", "a", -2, 30)) == [
        ("VIP", ()),
        ("etcd leader", ()),
    ]


def test_moments_that_differ_by_rounding_are_one() -> None:
    assert spans(Band("VIP", "a", -2, 3), Band("VIP", "b", 3.0004, 30)) == [
        (-2, 3, ("a",)),
        (3, 30, ("b",)),
    ]
