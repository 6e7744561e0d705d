"""The timeline as text."""

from dataclasses import replace

from labgen.recordings.metrics import NEW_CONNECTION, WATCH
from labgen.recordings.recording import INJECTED, Band, Client, Figure, Moment, Recording, Sample
from labgen.report import timeline

CUT = Recording(
    fault="power-cut",
    target="master1",
    lab="gate",
    scenario="ha-3x3",
    profile="fast",
    injected_at="2026-11-24T20:00:00+00:00",
    started=-1.0,
    ended=5.0,
    clients={
        NEW_CONNECTION: (
            Client(
                "host",
                (
                    Sample(-0.5, -0.49, None),
                    Sample(0.02, 2.02, "timeout"),
                    Sample(0.04, 0.05, None),
                    Sample(0.06, 0.07, "reset"),
                    Sample(0.08, 2.08, "timeout"),
                    Sample(3.0, 3.1, "refused"),
                ),
            ),
        ),
        WATCH: (),
    },
    bands=(
        Band("VIP", "master1", -1.0, 0.0),
        Band("VIP", "master2", 0.38, 5.0),
        Band("node master1", "Ready", -1.0, 5.0),
        Band("node master2", "Ready", -1.0, 5.0),
    ),
    moments=(Moment(INJECTED, 0.0, "power of master1 cut"),),
    figures=(),
    environment={},
)


def test_the_timeline_tells_what_happened_in_order_of_time() -> None:
    assert timeline.text(CUT).splitlines() == [
        "power-cut on master1: lab gate, scenario ha-3x3, profile fast, 2026-11-24T20:00:00+00:00",
        "recorded from -1.00 to +5.00 s, 0 is the fault; requests: 6 new connection, 0 watch",
        "    -1.00  VIP             master1",
        "     0.00  event           power of master1 cut",
        "     0.00  VIP             master1 -> not seen",
        "    +0.02  new connection  3 of 4 failed until +0.08: 2 timeout, 1 reset",
        "    +0.38  VIP             not seen -> master2",
        "    +3.00  new connection  1 failed: refused",
        "unchanged: all 2 nodes (master1, master2) Ready",
    ]


def test_two_owners_at_once_are_named_together() -> None:
    both = (Band("VIP", "master1", -1.0, 3.0), Band("VIP", "master2", 1.0, 5.0))
    shown = timeline.text(replace(CUT, bands=both, clients={}, moments=()))
    assert [line.split("  ", 3)[-1].strip() for line in shown.splitlines()[2:]] == [
        "VIP  master1",
        "VIP  master1 -> master1, master2",
        "VIP  master1, master2 -> master2",
    ]


def test_bands_that_follow_each_other_with_the_same_state_are_no_change() -> None:
    same = (Band("VIP", "master1", -1.0, 3.0), Band("VIP", "master1", 3.0, 5.0))
    assert "unchanged: VIP master1" in timeline.text(replace(CUT, bands=same))


def test_a_recording_in_which_nothing_was_seen_has_a_timeline() -> None:
    empty = timeline.text(replace(CUT, clients={}, bands=(), moments=()))
    assert empty.endswith("0 is the fault; requests: none")


def test_figures_follow_as_a_table_with_a_column_for_each_kind_of_client() -> None:
    figures = (
        Figure("longest gap", NEW_CONNECTION, 0.34, "s", 0.61, 3.0),
        Figure("longest gap", WATCH, 14.0, "s", 2.9, 13.1),
        Figure("failed", NEW_CONNECTION, 12, "requests"),
        Figure("p99 after the fault", NEW_CONNECTION, 1043.2, "ms"),
        Figure("until the VIP has one owner", "", 0.31, "s", 0.38, 3.0),
    )
    shown = timeline.text(replace(CUT, figures=figures)).partition("Ready\n\n")[2]
    assert shown.splitlines() == [
        "                             new connection           watch",
        "longest gap                          0.34 s  14.00 s > 13.1",
        "failed                                   12               -",
        "p99 after the fault                1,043 ms               -",
        "until the VIP has one owner  0.31 s (expected 0.38, limit 3)",
    ]
