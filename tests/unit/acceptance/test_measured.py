"""An observation that is over, told in figures."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from acceptance.framework.clients.api import Api
from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment import assertions, figures, probe_process
from acceptance.framework.experiment.figures import Budgets, Span
from acceptance.framework.experiment.measured import Measured, measured, tell
from acceptance.framework.experiment.observation import Bench, Observation
from acceptance.framework.experiment.observers.changes import Change
from acceptance.framework.experiment.probe_process import Seen
from acceptance.framework.experiment.probes.task import Ended, Task
from labgen.faults import Injection
from labgen.recordings.recording import Band, Event, Figure, Sample
from labgen.timing.limits import Budget
from tests.unit.lab.samples import made

ZERO = 100.0  # the fault's moment on the clock
CUT = Injection("1", "power-cut", ("master1",), "2026-11-24T20:00:00+00:00", ZERO)


def probes(begin: float, end: float, *, hz: float = 50.0) -> list[Sample]:
    """Good probes from begin to end, in seconds from the fault."""
    count = int((end - begin) * hz)
    starts = [ZERO + begin + number / hz for number in range(count)]
    return [Sample(at, at + 0.01, None) for at in starts]


def failed(at: float, took: float = 0.1) -> Sample:
    return Sample(ZERO + at, ZERO + at + took, "timeout")


def observation(tmp_path: Path, fresh: list[Sample]) -> Observation:
    lab = made("ha-3x3", "demo")
    task = Task(kubeconfig="", ssh_config="", vip="", masters={})
    seen = Seen(
        samples={
            "fresh": fresh,
            "service node1": probes(-2, 10, hz=10),
            "service master1": [failed(1.0)],
        },
        changes=[
            Change("VIP", ZERO - 3, "master1", "holds"),
            Change("VIP", ZERO + 0.3, "master2", "holds"),
            Change("node", ZERO - 3, "master1", "Ready"),
        ],
        ended=Ended((0, 1, 2), (3,), ()),
    )
    bench = Bench(lab, Api("", 0, None), None, task, dict)  # type: ignore[arg-type]
    return Observation(
        bench,
        seen,
        begun=ZERO - 2,
        ended=ZERO + 10,
        moment=ZERO,
        mended=ZERO + 5,
        healed=ZERO + 9,
        events=[Event(ZERO, "power-cut on master1"), Event(ZERO + 5, "healing begins")],
        injections=[CUT],
    )


def power_cut(tmp_path: Path, budgets: Budgets | None = None) -> Measured:
    fresh = [*probes(-2, 0), failed(0.02), failed(0.3), *probes(0.4, 10)]
    return measured(observation(tmp_path, fresh), budgets or Budgets())


def test_times_are_told_from_the_fault_on(tmp_path: Path) -> None:
    found = power_cut(tmp_path).recording
    assert (found.started, found.ended) == (-2.0, 10.0)
    assert found.samples["fresh"][0].started == pytest.approx(-2.0)
    assert found.events[1] == Event(5.0, "healing begins")
    owned = [(band.state, round(band.started, 6), round(band.ended, 6)) for band in found.bands[:3]]
    assert owned == [("master1", -2.0, 0.0), ("none", 0.0, 0.3), ("master2", 0.3, 10.0)]


def test_gap_is_from_the_last_answer_before_the_fault_to_the_first_after(tmp_path: Path) -> None:
    found = power_cut(tmp_path)
    assert found.figure("longest gap, fresh").value == pytest.approx(0.42, abs=0.005)
    assert found.figure("failed, fresh").value == 2
    assert found.figure("last failure, fresh").value == pytest.approx(0.3)


def test_pods_of_a_machine_without_power_are_not_asked(tmp_path: Path) -> None:
    assert power_cut(tmp_path).figure("failed, service").value == 0


def test_states_become_times(tmp_path: Path) -> None:
    found = power_cut(tmp_path)
    assert found.figure("until the VIP has one owner").value == pytest.approx(0.3)
    assert found.figure("until all is healed").value == pytest.approx(4.0)


def test_figure_over_its_budget_is_told_with_it(tmp_path: Path) -> None:
    kept = Budgets(gaps={"fresh": Budget(0.3, 0.5)})
    assert power_cut(tmp_path, kept).over_budget() == []
    broken = Budgets(gaps={"fresh": Budget(0.3, 0.4)})
    assert power_cut(tmp_path, broken).over_budget() == [
        "longest gap, fresh: 0.42 s (aim 0.3, budget 0.4)"
    ]


def test_lost_write_is_a_matter_of_its_own_promise(tmp_path: Path) -> None:
    seen = observation(tmp_path, probes(-2, 10))
    seen.lost = [1]
    found = measured(seen, Budgets())
    assert not found.figure(figures.LOST).kept
    assert found.over_budget() == []
    with pytest.raises(AssertionError, match=r"lost: \[1\]"):
        assertions.writes(found)


def test_vip_that_moved_is_told_with_what_its_keepers_said(tmp_path: Path) -> None:
    seen = observation(tmp_path, probes(-2, 10))
    found = measured(seen, Budgets())
    zero = datetime.fromisoformat(found.recording.moment).timestamp()
    journals = {
        "master1": f"{zero + 0.1:f} master1 Keepalived_vrrp[9]: VRRP_Script(haproxy) timed_out",
        "master2": (
            f"{zero - 1:f} master2 Keepalived[8]: Startup complete\n"
            f"{zero + 0.3:f} master2 Keepalived_vrrp[9]: (VI_1) Entering MASTER STATE"
        ),
        "master3": "",
    }

    def on(name: str) -> SimpleNamespace:
        return SimpleNamespace(run=lambda *_: SimpleNamespace(stdout=journals[name]))

    with pytest.raises(AssertionError) as raised:
        assertions.never_moved(found, replace(seen.bench, on=on))
    assert str(raised.value).splitlines()[0] == (
        "['master1', 'none', 'master2']; 0.10 s master1: VRRP_Script(haproxy) timed_out; "
        "0.30 s master2: (VI_1) Entering MASTER STATE"
    )


def test_prober_that_starved_is_an_error_of_the_harness(tmp_path: Path) -> None:
    slow = probes(-2, 10, hz=10)
    with pytest.raises(HarnessError, match=r"the prober starved: 10\.0 probes a second"):
        measured(observation(tmp_path, slow), Budgets())


def test_prober_that_stood_still_is_an_error_of_the_harness(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=r"once none for 1\.\d\d s"):
        measured(observation(tmp_path, [*probes(-2, 1), *probes(2.5, 10)]), Budgets())


def test_api_that_was_away_when_healing_began_is_timed_from_there() -> None:
    samples = [Sample(0.0, 0.1, "timeout"), Sample(4.0, 6.0, None), Sample(3.0, 3.1, "timeout")]
    span = Span(begun=-2.0, mended=5.0, healed=None, ended=9.0)
    [back] = figures.of_return(samples, span, Budgets(back=Budget(10, 20)))
    assert back == Figure("until the API answers again", 1.0, "s", 20, 10)


def test_api_that_was_there_when_healing_began_is_not_timed() -> None:
    samples = [Sample(0.0, 0.1, "timeout"), Sample(3.0, 3.1, None), Sample(5.5, 6.0, None)]
    span = Span(begun=-2.0, mended=5.0, healed=None, ended=9.0)
    assert figures.of_return(samples, span, Budgets()) == []


def test_node_is_told_when_it_was_known_to_be_away() -> None:
    states = [Band("node node3", "Ready", -2.0, 48.0), Band("node node3", "NotReady", 48.0, 60.0)]
    span = Span(begun=-2.0, mended=60.0, healed=None, ended=60.0)
    [found] = figures.of_states(states, span, Budgets(), ["node3", "node1"])
    assert (found.name, found.value) == ("until node3 is NotReady", 48.0)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure("gap", 0.456, "s"), "gap: 0.46 s"),
        (Figure("gap", 0.4, "s", 3.0, 0.608), "gap: 0.40 s (aim 0.608, budget 3)"),
        (Figure("lost", 0, "writes", 0), "lost: 0 writes (budget 0)"),
    ],
)
def test_figures_are_told_to_people(figure: Figure, text: str) -> None:
    assert tell(figure) == text


def test_process_that_breaks_is_an_error_of_the_harness_with_what_it_said(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "no-such-kubeconfig")
    task = Task(kubeconfig=nowhere, ssh_config="", vip="", masters={})
    with pytest.raises(HarnessError, match="no-such-kubeconfig"), probe_process.watching(task):
        pass
