"""The timeline as text."""

from dataclasses import replace

from labgen.recordings.recording import Band, Event, Recording, Sample
from labgen.report import timeline

CUT = Recording(
    fault="power-cut",
    target="master1",
    lab="gate",
    scenario="ha-3x3",
    profile="fast",
    moment="2026-11-24T20:00:00+00:00",
    started=-1.0,
    ended=5.0,
    samples={
        "fresh": (
            Sample(-0.5, -0.49, None),
            Sample(0.02, 2.02, "timeout"),
            Sample(0.04, 0.05, None),
            Sample(0.06, 0.07, "reset"),
            Sample(0.08, 2.08, "timeout"),
            Sample(3.0, 3.1, "refused"),
        ),
        "watch": (),
    },
    bands=(
        Band("VIP", "master1", -1.0, 0.0),
        Band("VIP", "master2", 0.38, 5.0),
        Band("node master1", "Ready", -1.0, 5.0),
        Band("node master2", "Ready", -1.0, 5.0),
    ),
    events=(Event(0.0, "power of master1 cut"),),
    figures=(),
    environment={},
)


def test_the_timeline_tells_what_happened_in_order_of_time() -> None:
    assert timeline.text(CUT).splitlines() == [
        "power-cut on master1: lab gate, scenario ha-3x3, profile fast, 2026-11-24T20:00:00+00:00",
        "recorded from -1.00 to +5.00 s, 0 is the fault; samples: 6 fresh, 0 watch",
        "    -1.00  VIP    master1",
        "     0.00  event  power of master1 cut",
        "     0.00  VIP    master1 -> not seen",
        "    +0.02  fresh  3 of 4 failed until +0.08: 2 timeout, 1 reset",
        "    +0.38  VIP    not seen -> master2",
        "    +3.00  fresh  1 failed: refused",
        "unchanged: all 2 nodes (master1, master2) Ready",
    ]


def test_two_owners_at_once_are_named_together() -> None:
    both = (Band("VIP", "master1", -1.0, 3.0), Band("VIP", "master2", 1.0, 5.0))
    shown = timeline.text(replace(CUT, bands=both, samples={}, events=()))
    assert [line.split("  ", 3)[-1].strip() for line in shown.splitlines()[2:]] == [
        "VIP  master1",
        "VIP  master1 -> master1, master2",
        "VIP  master1, master2 -> master2",
    ]


def test_bands_that_follow_each_other_with_the_same_state_are_no_change() -> None:
    same = (Band("VIP", "master1", -1.0, 3.0), Band("VIP", "master1", 3.0, 5.0))
    assert "unchanged: VIP master1" in timeline.text(replace(CUT, bands=same))


def test_a_recording_in_which_nothing_was_seen_has_a_timeline() -> None:
    empty = timeline.text(replace(CUT, samples={}, bands=(), events=()))
    assert empty.endswith("0 is the fault; samples: none")
