"""Injecting, healing and observing, with machines that only record the actions on them."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from labgen import faults
from labgen.errors import LabgenError, UsageError
from labgen.faults import heal_timer
from labgen.lab.lab import Lab
from labgen.providers.base import Power, State
from tests.unit.faults.machines import Switches
from tests.unit.system.stubs import stub


def _journal(lab: Lab) -> list[dict[str, object]]:
    lines = (lab.directory / "journal.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def _killed(*_: object) -> float:
    raise KeyboardInterrupt


def _kept(lab: Lab) -> Sequence[Path]:
    return list(lab.directory.glob("faults/*"))


def test_a_fault_of_power_is_done_kept_and_journalled(lab: Lab, switches: Switches) -> None:
    done = faults.inject(lab, "power-cut", "master2,node1")
    assert switches.done == [(Power.OFF, ["master2", "node1"])]
    assert done.machines == ("master2", "node1")
    assert faults.active(lab) == [done]
    events = [(entry["event"], entry["id"], entry["machines"]) for entry in _journal(lab)]
    assert events == [
        ("fault-asked", done.id, ["master2", "node1"]),
        ("fault-injected", done.id, ["master2", "node1"]),
    ]


def test_heal_undoes_all_and_returns_it_and_the_second_time_nothing(
    lab: Lab, switches: Switches
) -> None:
    first = faults.inject(lab, "power-cut", "master2")
    second = faults.inject(lab, "power-cut", "node1")
    assert set(faults.heal(lab)) == {first, second}
    assert switches.states == {"master2": State.ON, "node1": State.ON}
    assert (faults.heal(lab), faults.active(lab), _kept(lab)) == ([], [], [])


def test_what_was_killed_before_it_took_effect_is_healed_too(
    lab: Lab, switches: Switches, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Switches, "power", _killed)
        with pytest.raises(KeyboardInterrupt):
            faults.inject(lab, "power-cut", "master1")
    assert len(_kept(lab)) == 1
    switches.states["master1"] = State.OFF  # as far as it had come
    assert [done.fault for done in faults.heal(lab)] == ["power-cut"]
    assert switches.states["master1"] is State.ON


def test_the_same_fault_twice_on_a_machine_is_a_wrong_call(lab: Lab, switches: Switches) -> None:
    done = faults.inject(lab, "power-cut", "master2")
    with pytest.raises(UsageError) as refused:
        faults.inject(lab, "power-cut", "all")
    assert refused.value.message == f"power-cut on master2 is active already, since {done.since}"
    assert len(switches.done) == 1


def test_a_fault_that_the_user_ended_by_hand_is_no_longer_active(
    lab: Lab, switches: Switches
) -> None:
    faults.inject(lab, "power-cut", "master2")
    switches.states["master2"] = State.ON
    assert faults.active(lab) == []
    faults.inject(lab, "power-cut", "master2")
    assert len(_kept(lab)) == 1


def test_a_fault_that_fails_is_undone_and_forgotten(
    lab: Lab, switches: Switches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stub(
        monkeypatch, tmp_path, "ssh", "case $* in *heal*) ;; *) echo no >&2; exit 1; esac"
    )
    with pytest.raises(LabgenError, match="master1: inject of haproxy-killed failed"):
        faults.inject(lab, "haproxy-killed", "master1")
    assert [call[-1].split()[-2:] for call in program.calls] == [
        ["inject", "haproxy-killed"],
        ["heal", "haproxy-killed"],
    ]
    assert _kept(lab) == []


def test_a_fault_of_a_machine_without_power_is_over(
    lab: Lab, switches: Switches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null")
    faults.inject(lab, "haproxy-killed", "master1")
    assert len(faults.active(lab)) == 1
    switches.states["master1"] = State.OFF
    assert faults.active(lab) == []
    assert faults.heal(lab) == []


def test_what_takes_the_machine_away_is_healed_after_its_time_by_a_process_of_the_host(
    lab: Lab, switches: Switches, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[tuple[float | None, int]] = []
    monkeypatch.setattr(
        heal_timer, "start", lambda _, done: before.append((done.duration, len(switches.done)))
    )
    faults.inject(lab, "power-cut", "master1", duration=30)
    assert (before, len(switches.done)) == ([(30, 0)], 1)


def test_a_machine_that_stays_is_told_to_heal_itself(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null")
    monkeypatch.setattr(heal_timer, "start", lambda *_: pytest.fail("the machine has a timer"))
    faults.inject(lab, "haproxy-killed", "master1", duration=1.5)
    assert program.calls[0][-1].endswith("faults/run.sh inject haproxy-killed 1.5")


def test_what_is_over_by_itself_is_not_kept_and_takes_no_time(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null")
    faults.inject(lab, "api-server-killed", "master1")
    assert _kept(lab) == []
    with pytest.raises(UsageError, match="ends by itself"):
        faults.inject(lab, "api-server-killed", "master1", duration=30)


def test_an_unknown_fault_is_a_wrong_call_with_those_there_are(lab: Lab) -> None:
    with pytest.raises(UsageError) as refused:
        faults.inject(lab, "earthquake")
    assert refused.value.hint
    assert "haproxy-killed" in refused.value.hint
