"""An experiment that has ended becomes a recording with figures."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from acceptance.framework.clients.api import Api
from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment import assertions, figures, probe_process
from acceptance.framework.experiment.experiment import Experiment
from acceptance.framework.experiment.figures import Span
from acceptance.framework.experiment.limits import Limits
from acceptance.framework.experiment.observers.changes import Change
from acceptance.framework.experiment.probe_process import Seen
from acceptance.framework.experiment.probes.protocol import Ended, Task
from acceptance.framework.experiment.result import Result, conclude
from acceptance.framework.experiment.testbed import Testbed
from labgen.faults import Injection
from labgen.recordings import metrics
from labgen.recordings.metrics import NEW_CONNECTION, SERVICE
from labgen.recordings.recording import (
    HEALING,
    INJECTED,
    STEADY_STATE,
    Band,
    Figure,
    Moment,
    Sample,
)
from labgen.report import figures_text
from labgen.timing.limits import Allowed
from tests.unit.lab.samples import made

ZERO = 100.0  # the fault's moment on the clock
CUT = Injection("1", "power-cut", ("master1",), "2026-11-24T20:00:00+00:00", ZERO)


def probes(begin: float, end: float, *, hz: float = 50.0) -> list[Sample]:
    """Return good probes from begin to end, in seconds from the fault."""
    count = int((end - begin) * hz)
    starts = [ZERO + begin + number / hz for number in range(count)]
    return [Sample(at, at + 0.01, None) for at in starts]


def good(at: float, took: float = 0.01) -> Sample:
    return Sample(ZERO + at, ZERO + at + took, None)


def failed(at: float, took: float = 0.1) -> Sample:
    return Sample(ZERO + at, ZERO + at + took, "timeout")


def experiment(tmp_path: Path, new: list[Sample]) -> Experiment:
    lab = made("ha-3x3", "demo")
    task = Task(kubeconfig="", ssh_config="", vip="", masters={})
    seen = Seen(
        clients={
            (NEW_CONNECTION, "host"): new,
            (SERVICE, "node1"): probes(-2, 10, hz=10),
            (SERVICE, "master1"): [failed(1.0)],
        },
        changes=[
            Change("VIP", ZERO - 3, "master1", "holds"),
            Change("VIP", ZERO + 0.3, "master2", "holds"),
            Change("node", ZERO - 3, "master1", "Ready"),
        ],
        ended=Ended((0, 1, 2), (3,), ()),
    )
    testbed = Testbed(lab, Api("", 0, None), None, task, dict)  # type: ignore[arg-type]
    moments = [
        Moment(INJECTED, ZERO, "power-cut on master1"),
        Moment(HEALING, ZERO + 5, "healing begins"),
        Moment(STEADY_STATE, ZERO + 9, "steady state restored"),
    ]
    return Experiment(
        testbed, seen, started=ZERO - 2, ended=ZERO + 10, moments=moments, injections=[CUT]
    )


def power_cut(tmp_path: Path, limits: Limits | None = None, *more: Sample) -> Result:
    new = [*probes(-2, 0), failed(0.02), failed(0.3), *more, *probes(0.4, 10)]
    return conclude(experiment(tmp_path, new), limits or Limits())


def test_times_are_seconds_from_the_fault(tmp_path: Path) -> None:
    found = power_cut(tmp_path).recording
    assert (found.started, found.ended) == (-2.0, 10.0)
    assert found.clients[NEW_CONNECTION][0].samples[0].started == pytest.approx(-2.0)
    assert found.moments[1] == Moment(HEALING, 5.0, "healing begins")
    owned = [(band.state, round(band.started, 6), round(band.ended, 6)) for band in found.bands[:3]]
    assert owned == [("master1", -2.0, 0.0), ("none", 0.0, 0.3), ("master2", 0.3, 10.0)]


def test_gap_is_from_the_last_answer_before_the_fault_to_the_first_after(tmp_path: Path) -> None:
    found = power_cut(tmp_path).recording
    gap = found.figure(metrics.LONGEST_GAP, NEW_CONNECTION)
    assert gap.value == pytest.approx(0.42, abs=0.005)
    assert found.figure(metrics.FAILED, NEW_CONNECTION).value == 2
    assert found.figure(metrics.LAST_FAILURE, NEW_CONNECTION).value == pytest.approx(0.3)


def test_request_begun_before_the_fault_and_failed_after_it_counts(tmp_path: Path) -> None:
    found = power_cut(tmp_path, None, failed(-0.01, took=2), good(-0.005, took=0.1)).recording
    assert found.figure(metrics.IN_FLIGHT, NEW_CONNECTION).value == 2
    assert found.figure(metrics.IN_FLIGHT_FAILED, NEW_CONNECTION).value == 1
    assert found.figure(metrics.FAILED, NEW_CONNECTION).value == 3
    assert found.figure(metrics.REQUESTS, NEW_CONNECTION).value == 2 + 2 + 230  # 4.6 s, 50 a second


def test_answers_that_waited_for_a_lost_syn_are_seen(tmp_path: Path) -> None:
    """End the gap at 0.42 s: connections that begin after it are answered before these."""
    slow = [good(0.05, took=1.04), good(0.15, took=1.02)]
    found = power_cut(tmp_path, None, *slow).recording
    gap = found.figure(metrics.LONGEST_GAP, NEW_CONNECTION)
    assert gap.value == pytest.approx(0.42, abs=0.005)
    assert found.figure(metrics.SLOWEST_ANSWER, NEW_CONNECTION).value == pytest.approx(1.04)
    assert found.figure(metrics.SLOW_ANSWERS, NEW_CONNECTION).value == 2
    assert found.figure(metrics.P99_BEFORE, NEW_CONNECTION).value == pytest.approx(10)
    assert found.figure(metrics.P50_AFTER, NEW_CONNECTION).value == pytest.approx(10)


def test_slowest_answer_has_a_limit(tmp_path: Path) -> None:
    limits = Limits(slowest={NEW_CONNECTION: Allowed(1.3, 3.3)})
    assert power_cut(tmp_path, limits, good(0.05, took=3.2)).over_limit() == []
    assert power_cut(tmp_path, limits, good(0.05, took=3.4)).over_limit() == [
        "slowest answer, new connection: 3.40 s (expected 1.3, limit 3.3)"
    ]


def test_each_client_of_a_kind_keeps_its_requests(tmp_path: Path) -> None:
    done = experiment(tmp_path, probes(-2, 10))
    done.seen.clients[SERVICE, "node2"] = [good(-1), good(6)]
    found = conclude(done, Limits()).recording
    assert [client.name for client in found.clients[SERVICE]] == ["node1", "node2"]
    assert found.figure(metrics.LONGEST_GAP, SERVICE).value == pytest.approx(5.99)  # node2's


def test_failures_while_healing_are_counted_apart(tmp_path: Path) -> None:
    found = power_cut(tmp_path, None, failed(6), good(7, took=1.03)).recording
    assert found.figure(metrics.FAILED, NEW_CONNECTION).value == 2
    assert found.figure(metrics.FAILED_WHILE_HEALING, NEW_CONNECTION).value == 1
    slowest = found.figure(metrics.SLOWEST_WHILE_HEALING, NEW_CONNECTION)
    assert slowest.value == pytest.approx(1.03)


def test_pods_of_a_machine_without_power_do_not_count(tmp_path: Path) -> None:
    assert power_cut(tmp_path).recording.figure(metrics.FAILED, SERVICE).value == 0


def test_clients_next_to_the_lab_are_no_pods_of_a_machine_of_their_name(tmp_path: Path) -> None:
    done = experiment(tmp_path, probes(-2, 10))
    done.injections[:] = [replace(CUT, machines=("host",))]
    assert conclude(done, Limits()).recording.figure(metrics.FAILED, NEW_CONNECTION).value == 0


def test_states_become_times(tmp_path: Path) -> None:
    found = power_cut(tmp_path).recording
    assert found.figure(metrics.ONE_OWNER).value == pytest.approx(0.3)
    assert found.figure(metrics.STEADY_STATE).value == pytest.approx(4.0)


def test_figure_that_exceeds_its_limit_is_named_with_it(tmp_path: Path) -> None:
    wide = Limits(gaps={NEW_CONNECTION: Allowed(0.3, 0.5)})
    assert power_cut(tmp_path, wide).over_limit() == []
    narrow = Limits(gaps={NEW_CONNECTION: Allowed(0.3, 0.4)})
    assert power_cut(tmp_path, narrow).over_limit() == [
        "longest gap, new connection: 0.42 s (expected 0.3, limit 0.4)"
    ]


def test_lost_write_belongs_to_a_promise_of_its_own(tmp_path: Path) -> None:
    done = experiment(tmp_path, probes(-2, 10))
    done.lost = [1]
    found = conclude(done, Limits())
    assert not found.recording.figure(metrics.LOST).within_limit
    assert found.over_limit() == []
    with pytest.raises(AssertionError, match=r"lost: \[1\]"):
        assertions.no_lost_write(found)


def test_vip_that_moved_is_reported_with_keepaliveds_log(tmp_path: Path) -> None:
    done = experiment(tmp_path, probes(-2, 10))
    found = conclude(done, Limits())
    zero = datetime.fromisoformat(found.recording.injected_at).timestamp()
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
        assertions.vip_never_moved(found, replace(done.testbed, on=on))
    assert str(raised.value).splitlines()[0] == (
        "['master1', 'none', 'master2']; 0.10 s master1: VRRP_Script(haproxy) timed_out; "
        "0.30 s master2: (VI_1) Entering MASTER STATE"
    )


def test_prober_that_starved_is_an_error_of_the_harness(tmp_path: Path) -> None:
    slow = probes(-2, 10, hz=10)
    with pytest.raises(HarnessError, match=r"the prober was too slow: 10\.0 probes a second"):
        conclude(experiment(tmp_path, slow), Limits())


def test_prober_that_stood_still_is_an_error_of_the_harness(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=r"a pause of 1\.\d\d s"):
        conclude(experiment(tmp_path, [*probes(-2, 1), *probes(2.5, 10)]), Limits())


def test_api_that_was_away_when_healing_began_is_timed_from_there() -> None:
    samples = [Sample(0.0, 0.1, "timeout"), Sample(4.0, 6.0, None), Sample(3.0, 3.1, "timeout")]
    span = Span(started=-2.0, healing=5.0, restored=None, ended=9.0)
    [back] = figures.of_return(samples, span, Limits(back=Allowed(10, 20)))
    assert back == Figure(metrics.API_BACK, "", 1.0, "s", 10, 20)


def test_api_is_away_although_no_request_has_failed_yet_when_healing_begins() -> None:
    """All machines are without power for two seconds, and a new connection waits for five."""
    before = [Sample(at / 50, at / 50 + 0.01, None) for at in range(-100, 0)]
    lost = [Sample(at / 50, at / 50 + 5, "timeout") for at in range(1000)]
    span = Span(started=-2.0, healing=2.2, restored=None, ended=60.0)
    samples = [*before, *lost, Sample(20.0, 20.2, None)]
    [back] = figures.of_return(samples, span, Limits(back=Allowed(10, 60)))
    assert back.metric == metrics.API_BACK
    assert back.value == pytest.approx(18.0)


def test_api_that_answers_is_there_whatever_an_old_request_comes_to() -> None:
    answered = [Sample(at / 50, at / 50 + 0.01, None) for at in range(20, 500)]
    span = Span(started=-2.0, healing=5.005, restored=None, ended=9.0)
    assert figures.of_return([*answered, Sample(0.0, 5.0, "timeout")], span, Limits()) == []


def test_api_that_was_there_when_healing_began_is_not_timed() -> None:
    samples = [Sample(0.0, 0.1, "timeout"), Sample(3.0, 3.1, None), Sample(5.5, 6.0, None)]
    span = Span(started=-2.0, healing=5.0, restored=None, ended=9.0)
    assert figures.of_return(samples, span, Limits()) == []


def test_time_until_a_node_is_not_ready_is_a_figure() -> None:
    states = [Band("node node3", "Ready", -2.0, 48.0), Band("node node3", "NotReady", 48.0, 60.0)]
    span = Span(started=-2.0, healing=60.0, restored=None, ended=60.0)
    [found] = figures.of_states(states, span, Limits(), ["node3", "node1"])
    assert (found.name, found.value) == ("until node3 is NotReady", 48.0)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure("gap", "", 0.456, "s"), "gap: 0.46 s"),
        (
            Figure("gap", "watch", 0.4, "s", 0.608, 3.0),
            "gap, watch: 0.40 s (expected 0.608, limit 3)",
        ),
        (Figure("lost", "", 0, "writes", limit=0), "lost: 0 writes (limit 0)"),
    ],
)
def test_figures_as_text(figure: Figure, text: str) -> None:
    assert figures_text.sentence(figure) == text


def test_process_that_breaks_is_an_error_of_the_harness_with_its_output(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "no-such-kubeconfig")
    task = Task(kubeconfig=nowhere, ssh_config="", vip="", masters={})
    with pytest.raises(HarnessError, match="no-such-kubeconfig"), probe_process.watching(task):
        pass
