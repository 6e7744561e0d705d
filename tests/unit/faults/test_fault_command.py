"""`labgen fault` as a user types it."""

import json
from pathlib import Path

import pytest

from labgen.cluster import query
from labgen.faults import FAULTS, heal_timer
from labgen.lab.lab import Lab
from tests.unit.cli.calling import labgen
from tests.unit.faults.machines import Switches
from tests.unit.system.stubs import stub


def test_list_shows_every_fault_with_its_target() -> None:
    _headings, *lines = labgen("fault", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == list(FAULTS)
    assert lines[0].split()[:2] == ["power-cut", "holder"]


def test_list_of_a_lab_shows_what_is_on_it(lab: Lab) -> None:
    assert labgen("fault", "list", "demo").out == ""
    labgen("fault", "inject", "demo", "power-cut", "node1,node2")
    _headings, line = labgen("fault", "list", "demo").out.splitlines()
    assert line.startswith("power-cut  node1, node2  20")


def test_inject_says_what_was_done_and_how_to_undo_it(lab: Lab) -> None:
    said = labgen("fault", "inject", "demo", "power-cut", "node1")
    assert (said.exit_code, said.out) == (0, "")
    assert said.err.splitlines() == [
        "power-cut on node1",
        "  to undo it: labgen fault heal demo",
    ]


def test_inject_says_what_random_was_drawn_with(lab: Lab) -> None:
    drawn = labgen("fault", "inject", "demo", "power-cut", "random", "--seed", "7").err
    assert drawn.splitlines()[0].endswith(", drawn with --seed 7")


def test_inject_says_when_the_fault_heals_itself(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null")
    monkeypatch.setattr(heal_timer, "start", lambda *_: None)
    words = ("demo", "power-cut", "node1", "--for", "1.5s")
    assert "  heals automatically after 1.5 s" in labgen("fault", "inject", *words).err.splitlines()
    hog = labgen("fault", "inject", "demo", "cpu-hog", "node2").err.splitlines()
    assert "  heals automatically after 60 s" in hog


def test_what_is_over_by_itself_needs_no_undoing(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null")
    said = labgen("fault", "inject", "demo", "api-server-killed", "master1")
    assert said.err.splitlines() == ["api-server-killed on master1"]


def test_a_time_without_a_unit_is_a_wrong_call(lab: Lab, switches: Switches) -> None:
    said = labgen("fault", "inject", "demo", "power-cut", "node1", "--for", "30")
    assert (said.exit_code, switches.done) == (2, [])
    assert said.err.startswith("error: --for: '30' has no unit")


def test_heal_says_what_was_undone_or_that_nothing_was(lab: Lab) -> None:
    labgen("fault", "inject", "demo", "power-cut", "node1")
    assert labgen("fault", "heal", "demo").err == "healed: power-cut on node1\n"
    assert labgen("fault", "heal", "demo").err == "no fault is in effect on lab demo\n"


def test_explain_computes_with_the_timings_of_profile_or_lab(lab: Lab) -> None:
    fast = labgen("fault", "explain", "power-cut").out
    assert "What should happen, with the timings of profile fast" in fast
    assert "0.23 to 0.33 s = 2 to 3 x advertInterval + skew" in fast
    assert "2.26 to 3.26 s" in labgen("fault", "explain", "power-cut", "--profile", "standard").out
    assert "of lab demo" in labgen("fault", "explain", "power-cut", "--lab", "demo").out


@pytest.mark.parametrize("words", [["inject", "absent", "pause"], ["heal", "absent"]])
def test_an_unknown_lab_is_a_wrong_call(words: list[str], lab: Lab) -> None:
    said = labgen("fault", *words)
    assert said.exit_code == 2
    assert said.err.splitlines() == ["error: there is no lab absent", "  labs: demo"]


def test_status_names_the_faults_that_are_in_effect(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "podman", "echo '[]'")
    monkeypatch.setattr(query, "nodes", lambda _: [])
    labgen("fault", "inject", "demo", "power-cut", "all")
    injected = "power-cut on master1, master2, master3, node1, node2, node3"
    assert f"fault: {injected}" in labgen("status", "demo").out.splitlines()
    assert json.loads(labgen("status", "demo", "-o", "json").out)["faults"] == [injected]
