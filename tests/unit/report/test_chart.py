"""Positions on a timeline."""

import re
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from labgen.recordings.lanes import lanes
from labgen.recordings.metrics import NEW_CONNECTION, SERVICE, WRITE
from labgen.recordings.recording import Band, Client, Moment, Sample
from labgen.report.chart import bands, flags, paths
from labgen.report.chart.chart import chart
from labgen.report.chart.frame import NARROW, Frame, LatencyScale, TimeAxis, fitting, wide
from labgen.report.chart.windows import calm_outside, windows
from tests.unit.report.samples import partition, power_cut, stability

WIDE = wide(["etcd leader", "service"])


def points(path: str) -> list[tuple[float, float]]:
    """Return the points at which a path of dots, columns or crosses draws."""
    x = y = 0.0
    found = []
    for command, numbers in re.findall(r"([mlhv])([^mlhv]*)", path):
        values = [float(it) for it in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        if command == "m":
            x, y = round(x + values[0], 1), round(y + values[1], 1)
            found.append((x, y))
        elif command == "v":
            y += values[0]
        elif command == "l":
            x, y = x + values[0], y + values[1]
    return found


def test_dots_are_where_they_belong_however_many_came_before() -> None:
    wanted = [(number * 1.13, number % 7 * 3.37) for number in range(500)]
    drawn = points(paths.dots(wanted))
    assert [it for point in drawn for it in point] == pytest.approx(
        [it for point in wanted for it in point], abs=0.051
    )


def test_pixels_one_below_the_other_are_one_column() -> None:
    assert paths.columns([(1, 5), (1.2, 6.1), (1, 7), (1, 9), (2, 5)]) == "m1 5v2m0 2h0m1-4h0"


def test_crosses_that_would_hide_each_other_are_one() -> None:
    assert len(points(paths.crosses([(10, 10), (10.1, 10.1)], 6))) == 2
    assert len(points(paths.crosses([(10, 10), (20, 10)], 6))) == 4


@pytest.mark.parametrize(
    ("begin", "end", "texts"),
    [
        (-2.0, 60.0, ["0", "10", "20", "30", "40", "50", "60"]),
        (
            -0.3,
            1.7,
            ["\N{MINUS SIGN}0.2", "0", "0.2", "0.4", "0.6", "0.8", "1.0", "1.2", "1.4", "1.6"],
        ),
        (
            19.6,
            20.0,
            ["19.60", "19.65", "19.70", "19.75", "19.80", "19.85", "19.90", "19.95", "20.00"],
        ),
    ],
)
def test_ticks_are_at_round_seconds(begin: float, end: float, texts: list[str]) -> None:
    assert [tick.text for tick in TimeAxis(begin, end, WIDE).ticks()] == texts


def test_ten_times_the_latency_is_always_as_much_higher() -> None:
    scale = LatencyScale(0, 40)
    assert [scale.y(at) for at in (0.0, 0.001, 0.01, 0.1, 1, 10, 99)] == pytest.approx(
        [40, 40, 30, 20, 10, 0, 0]
    )


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
def test_labels_of_moments_never_cover_each_other(frame: Frame) -> None:
    moments = [Moment("", at, f"moment {at} with some more words") for at in (0, 0, 1, 2, 9, 10)]
    placed = flags.flags(moments, TimeAxis(-1, 10, frame))
    assert len(placed) == len(moments) - 1  # two are at the same time
    for one, other in combinations(placed, 2):
        beside = one.right <= other.left or other.right <= one.left
        assert beside or one.bottom <= other.y or other.bottom <= one.y
    assert all(flag.left >= 0 and flag.right <= frame.width for flag in placed)


def test_moments_near_each_other_share_one_line() -> None:
    moments = [Moment("", 45.0, "healing begins"), Moment("", 45.6, "all faults are undone")]
    [both] = flags.flags(moments, TimeAxis(-2, 70, WIDE))
    assert both.lines == ("healing begins", "all faults are undone")
    assert both.title == "healing begins; all faults are undone"
    assert len(flags.flags(moments, TimeAxis(44, 47, WIDE))) == 2


def test_two_owners_are_two_bars_one_above_the_other() -> None:
    vip, *_ = lanes(partition())
    drawn = bands.lane(vip, TimeAxis(-2, 32, WIDE), 100, bands.looks(partition()))
    assert [(bar.title, bar.y) for bar in drawn.bars] == [
        ("master2, from +0.36 to +20.34 s", 120),
        ("master1, from -2.00 to +32.00 s", 100),
    ]


def test_lanes_that_never_change_share_one() -> None:
    labels = [lane.name for lane in lanes(power_cut())]
    assert labels == ["VIP", "etcd leader", "node master1", "5 other nodes"]
    assert [lane.name for lane in lanes(stability())] == [
        "VIP",
        "etcd leader",
        "all 6 nodes",
    ]


def test_a_machine_has_one_colour_in_all_lanes_and_bad_states_are_hatched() -> None:
    look = bands.looks(power_cut())
    assert look["Ready"] == "good"
    assert look["NotReady"] == "bad"
    assert len({look["master1"], look["master2"], look["master3"]}) == 3


def test_details_show_where_probes_failed() -> None:
    first, *others = windows(power_cut())
    assert first[0] < 0 and 0.62 < first[1] < 3  # noqa: PT018
    assert others == []
    assert [
        begin < at < end for (begin, end), at in zip(windows(partition()), (0.5, 20.1), strict=True)
    ]
    assert windows(stability()) == []


def test_of_failures_without_an_end_the_first_seconds_are_a_detail() -> None:
    probes = tuple(Sample(at / 10, at / 10 + 0.05, "refused") for at in range(5, 300))
    outage = replace(
        stability(), clients={NEW_CONNECTION: (Client("host", probes),)}, moments=(), bands=()
    )
    assert windows(outage) == [(-0.5, 3.0)]
    assert not calm_outside(outage, windows(outage))
    assert calm_outside(power_cut(), windows(power_cut()))
    assert windows(replace(outage, ended=4.0)) == []


def test_lanes_of_clients_come_first() -> None:
    kinds = ("other", SERVICE, NEW_CONNECTION)
    mixed = replace(stability(), clients={kind: stability().clients[WRITE] for kind in kinds})
    drawn = chart(mixed, (-2, 30), WIDE)
    assert [lane.kind for lane in drawn.probes] == [NEW_CONNECTION, SERVICE, "other"]


def test_lanes_follow_each_other_downwards() -> None:
    drawn = chart(power_cut(), (-2, 70), NARROW)
    edges = [(lane.y, lane.y + lane.height) for lane in drawn.probes]
    edges += [(lane.y, lane.y + lane.height) for lane in drawn.bands]
    assert edges == sorted(edges)
    assert all(above[1] < below[0] for above, below in pairwise(edges))
    assert edges[-1][1] < drawn.plot_bottom < drawn.height


def test_the_longest_gap_is_marked_where_probes_failed() -> None:
    new, *_ = chart(power_cut(), (-0.5, 2), WIDE).probes
    assert new.gap
    assert new.gap.text == "0.41 s"
    calm, *_ = chart(stability(), (-2, 30), WIDE).probes
    assert calm.gap is None


def test_names_have_room_or_are_cut() -> None:
    assert wide(["a"]).left < wide(["etcd member on master1"]).left < 250
    long = fitting("n" * 90, wide(["n" * 90]))
    assert long.endswith("n…")
    assert len(long) < 30


def test_a_band_of_an_instant_can_still_be_seen() -> None:
    instant = replace(stability(), bands=(Band("VIP", "a", -2, 3), Band("VIP", "b", 3, 3.01)))
    (vip,) = lanes(instant)
    drawn = bands.lane(vip, TimeAxis(-2, 30, WIDE), 0, bands.looks(instant))
    assert min(bar.width for bar in drawn.bars) >= 1


@pytest.mark.parametrize("window", [(-0.1, 0.5), (0.1, 0.3), (0.1, 2.0)])
def test_the_length_of_a_gap_is_within_the_drawing(window: tuple[float, float]) -> None:
    fresh, *_ = chart(power_cut(), window, NARROW).probes
    assert fresh.gap
    width = len(fresh.gap.text) * 11.5 * 0.6
    left = fresh.gap.text_x - (width if fresh.gap.anchor == "end" else 0)
    assert left >= 0
    assert left + width <= NARROW.end
