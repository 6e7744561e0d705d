"""What is found in recordings: spans of states, runs of failures, the longest gap."""

from dataclasses import replace

import pytest

from labgen.report.reading import Gap, failed_runs, lanes, longest_gap
from labgen.report.recording import Band, Sample
from tests.unit.report.samples import stability


def spans(*bands: Band) -> list[tuple[float, float, tuple[str, ...]]]:
    """The spans of lane VIP in a recording from -2 to 30."""
    found = lanes(replace(stability(), bands=bands))["VIP"]
    return [(span.started, span.ended, span.states) for span in found]


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


def test_moments_that_differ_by_rounding_are_one() -> None:
    assert spans(Band("VIP", "a", -2, 3), Band("VIP", "b", 3.0004, 30)) == [
        (-2, 3, ("a",)),
        (3, 30, ("b",)),
    ]


def test_failures_belong_to_one_run_until_a_second_passes_without_any() -> None:
    failing = {0.0: "timeout", 0.4: "timeout", 1.2: "reset", 2.4: "reset"}
    probes = [Sample(tick / 5, tick / 5 + 0.01, failing.get(tick / 5)) for tick in range(20)]
    first, second = failed_runs("fresh", reversed(probes))
    assert (first.started, first.ended, first.probes) == (0.0, 1.2, 7)
    assert first.failures == {"timeout": 2, "reset": 1}
    assert (second.started, second.ended, second.failed) == (2.4, 2.4, 1)


@pytest.mark.parametrize(
    ("probes", "gap"),
    [
        ([], None),
        ([Sample(0, 1, None)], Gap(0, 1)),
        ([Sample(0, 2, "timeout")], Gap(0, 2)),
        (
            [Sample(0, 0.1, None), Sample(0.2, 2.2, "timeout"), Sample(0.4, 0.5, None)],
            Gap(0.5, 2.2),
        ),
        ([Sample(0, 0.1, None), Sample(0.2, 0.3, "reset"), Sample(0.4, 0.5, None)], Gap(0.1, 0.5)),
    ],
)
def test_the_longest_gap_lies_between_good_answers_or_an_end(
    probes: list[Sample], gap: Gap | None
) -> None:
    assert longest_gap(probes) == gap
