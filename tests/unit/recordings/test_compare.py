"""Comparison of two sets of recordings."""

import json
from dataclasses import replace

import pytest

from labgen.recordings.compare import compare
from labgen.recordings.loader import Named
from labgen.recordings.recording import Figure, Recording
from labgen.report.comparison_text import data, print_comparison
from tests.unit.report.samples import hostile

GAP = Figure("longest gap", "", 0.4, "s", limit=0.6)


def cut(*figures: Figure, target: str = "master1", fault: str = "power-cut", **facts: str) -> Named:
    made: Recording = replace(
        hostile(), fault=fault, target=target, figures=figures, environment=facts
    )
    return Named("cut", made)


def test_a_figure_has_both_values_their_difference_and_ratio() -> None:
    found = compare([cut(GAP)], [cut(replace(GAP, value=0.5))])
    (row,) = found.faults[0].rows
    assert row.difference is not None
    assert round(row.difference, 6) == 0.1
    assert row.ratio == 1.25


def test_repetitions_are_compared_by_their_medians() -> None:
    runs = [cut(replace(GAP, value=value)) for value in (0.4, 0.9, 0.5)]
    (row,) = compare(runs, [cut(GAP)]).faults[0].rows
    assert row.a
    assert (row.a.median, row.a.runs, row.a.exceeded) == (0.5, 3, 1)


def test_faults_and_figures_of_one_side_only_are_listed() -> None:
    lost = Figure("writes lost", "", 0, "writes", limit=0)
    found = compare([cut(GAP), cut(fault="pause")], [cut(GAP, lost), cut(fault="reboot")])
    assert found.only_a == (("pause", "master1"),)
    assert found.only_b == (("reboot", "master1"),)
    assert [(row.metric, row.a is None) for row in found.faults[0].rows] == [
        ("longest gap", False),
        ("writes lost", True),
    ]


def test_the_same_fault_on_another_machine_is_compared_when_there_is_no_choice() -> None:
    one, two, three = (cut(GAP, target=f"master{number}") for number in (1, 2, 3))
    (fault,) = compare([one], [two]).faults
    assert (fault.target_a, fault.target_b) == ("master1", "master2")
    unclear = compare([one], [two, three])
    assert unclear.faults == ()
    assert len(unclear.only_b) == 2


def test_a_ratio_to_nothing_is_none() -> None:
    zero = Figure("writes lost", "", 0, "writes", limit=0)
    (row,) = compare([cut(zero)], [cut(replace(zero, value=2))]).faults[0].rows
    assert row.ratio is None
    assert row.difference == 2


def test_people_read_a_table_with_exceeded_limits_marked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    zero = Figure("writes lost", "", 0, "writes", limit=0)
    found = compare(
        [cut(GAP, zero, kernel="6.1"), cut(fault="pause")],
        [cut(replace(GAP, value=1.02), zero, kernel="6.18")],
    )
    print_comparison(found, "before", "after")
    assert capsys.readouterr().out.splitlines() == [
        "A: before",
        "B: after",
        "kernel differs: 6.1 (A), 6.18 (B)",
        "",
        "power-cut on master1",
        "FIGURE              A         B     B - A  B / A  LIMITS",
        "longest gap    0.40 s    1.02 s   +0.62 s   2.55  B exceeded its limit of 0.60 s",
        "writes lost  0 writes  0 writes  0 writes      -",
        "",
        "only in A: pause on master1",
    ]


def test_repetitions_show_their_median_least_and_most_and_no_minus_before_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = [cut(replace(GAP, value=value)) for value in (0.4, 0.3, 0.55)]
    print_comparison(compare(runs, [cut(replace(GAP, value=0.399))]), "before", "after")
    shown = capsys.readouterr().out.splitlines()
    assert " ".join(shown[-1].split()) == "longest gap 0.40 (0.30 to 0.55) s 0.40 s 0 s 1.00"


def test_machines_read_the_same_as_json() -> None:
    found = compare([cut(GAP), cut(fault="pause")], [cut(replace(GAP, value=0.8))])
    read = json.loads(json.dumps(data(found)))
    (row,) = read["faults"][0]["rows"]
    assert (row["metric"], row["client"]) == ("longest gap", "")
    assert row["b"] == {
        "median": 0.8,
        "least": 0.8,
        "most": 0.8,
        "runs": 1,
        "limit": 0.6,
        "exceeded": 1,
    }
    assert (row["difference"], row["ratio"]) == (0.4, 2.0)
    assert read["only_a"] == [{"fault": "pause", "target": "master1"}]


def test_figures_of_different_clients_are_different_figures() -> None:
    watch, write = replace(GAP, client="watch"), replace(GAP, client="write", value=0.9)
    found = compare([cut(watch, write)], [cut(write, watch)])
    shown = [(row.name, row.difference) for row in found.faults[0].rows]
    assert shown == [("longest gap, watch", 0), ("longest gap, write", 0)]
