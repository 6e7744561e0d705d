"""The benchmarks' own arithmetic; what they measure takes a host of its own."""

import json
import os
import signal
from pathlib import Path
from threading import Timer

import pytest

from benchmarks import __main__ as command
from benchmarks import classes, compare, failover, idle, measure, results
from benchmarks.api import Request
from benchmarks.command import Labgen
from benchmarks.compare import Row
from benchmarks.results import Figure, Results
from labgen.cli import class_progress
from labgen.console import Console
from labgen.errors import LabgenError, UsageError
from labgen.operations.class_seats import Ended
from labgen.operations.class_up import Seat

CUT = 10.0


def requests(begin: float, end: float, *, good: bool, seconds: float = 0.01) -> list[Request]:
    """Return requests every 20 ms."""
    starts = [begin + number * 0.02 for number in range(round((end - begin) / 0.02))]
    return [Request(start, start + seconds, good) for start in starts]


def test_longest_gap_lies_between_two_answers() -> None:
    seen = [*requests(7, CUT, good=True), *requests(10.5, 22, good=True)]
    found = failover.figures(CUT, seen)
    assert found[failover.GAP] == pytest.approx(0.52)
    assert found[failover.FAILED] == 0


def test_api_that_does_not_come_back_was_away_to_the_end() -> None:
    seen = [*requests(7, CUT, good=True), *requests(CUT, 22, good=False)]
    found = failover.figures(CUT, seen)
    assert found[failover.GAP] == pytest.approx(11.99)
    assert found[failover.FAILED] == 600


@pytest.mark.parametrize("holders", [[], ["first", "second"]])
def test_power_of_no_machine_is_cut_unless_one_holds_the_vip(
    monkeypatch: pytest.MonkeyPatch, holders: list[str]
) -> None:
    monkeypatch.setattr(Labgen, "data", lambda *_: {"holders": holders})
    with pytest.raises(LabgenError, match="the VIP of lab bench-x is held by "):
        failover.failover(Labgen("python"), "bench-x")


def stat(number: int, name: str, own: int, children: int = 0) -> str:
    """Return a line of /proc/PID/stat, with ticks of 10 ms."""
    return f"{number} ({name}) S 1 1 1 0 -1 0 0 0 0 0 {own} 0 {children} 0 20 0 1 0 7"


def reading(uptime: float, total: str, *lines: str) -> idle.Reading:
    return idle.parse("\n".join([f"{uptime} 1.0", total, *lines]))


def test_components_and_the_rest_add_up_to_the_machine() -> None:
    before = reading(100.0, "5000000000", stat(1, "systemd", 10), stat(20, "etcd", 100))
    after = reading(110.0, "6000000000", stat(1, "systemd", 12), stat(20, "etcd", 150))
    found = idle.between(before, after)
    assert found["etcd"] == pytest.approx(0.05)
    assert found["systemd"] == pytest.approx(0.002)
    assert sum(found.values()) == pytest.approx(0.1)


def test_sum_of_cgroup_v2_is_in_microseconds() -> None:
    assert reading(1.0, "usage_usec 2500000").total == pytest.approx(2.5)


def test_script_of_keepalived_is_counted_apart() -> None:
    before = reading(0.0, "0", stat(30, "keepalived", 10, 100))
    after = reading(10.0, "1000000000", stat(30, "keepalived", 20, 150))
    found = idle.between(before, after)
    assert found["keepalived"] == pytest.approx(0.01)
    assert found[idle.SCRIPT] == pytest.approx(0.05)


def test_ended_service_is_not_counted_with_its_whole_life() -> None:
    before = reading(0.0, "0", stat(1, "systemd", 0, 0), stat(40, "kubelet", 900))
    after = reading(10.0, "1000000000", stat(1, "systemd", 0, 950), stat(41, "kubelet", 20))
    found = idle.between(before, after)
    assert found["systemd"] == 0
    assert found["kubelets"] == pytest.approx(0.02)


def test_process_whose_name_has_spaces_and_brackets_is_read() -> None:
    found = reading(1.0, "0", stat(7, "a (b) c", 4)).processes
    assert found[7].name == "a (b) c"
    assert found[7].own == pytest.approx(0.04)


def figure(*values: float, unit: str = "s") -> Figure:
    return Figure(unit=unit, median=sorted(values)[len(values) // 2], values=values)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (figure(10, 11, 12), figure(11.5, 12, 13), ""),
        (figure(10, 11, 12), figure(12.5, 13, 14), "worse"),
        (figure(10, 11, 12), figure(8, 8.5, 9), "better"),
        (figure(1.00, 1.01, 1.02), figure(1.03, 1.04, 1.05), ""),
        (figure(10), figure(11.5), ""),
        (figure(10), figure(13), "worse"),
        (figure(0, 0, 0, unit="requests"), figure(1, 1, 2, unit="requests"), "worse"),
        (figure(0.001, unit="cores"), figure(0.004, unit="cores"), ""),
    ],
    ids=["overlap", "worse", "better", "too little", "one run", "one run, worse", "zero", "tiny"],
)
def test_change_is_told_from_noise(before: Figure, after: Figure, verdict: str) -> None:
    assert Row("ha-3x3", "up", before, after).verdict == verdict


def test_only_what_is_worse_than_allowed_fails() -> None:
    row = Row("ha-3x3", "up", figure(10, 10, 10), figure(11, 11, 11))
    assert row.worse_by(5)
    assert not row.worse_by(20)
    assert not Row("ha-3x3", "up", figure(11, 11, 11), figure(10, 10, 10)).worse_by(0)


def test_ratio_to_nothing_is_unknown() -> None:
    assert Row("ha-3x3", "failed", figure(0), figure(3)).ratio is None


def found(**figures: Figure) -> Results:
    scenarios = {"ha-3x3": figures}
    return Results(taken="2026-11-30T20:00:00+00:00", host={"cores": 2}, scenarios=scenarios)


def test_figures_that_only_one_side_has_are_not_compared() -> None:
    before, after = found(up=figure(10), gone=figure(1)), found(up=figure(9), new=figure(1))
    assert [row.figure for row in compare.rows(before, after)] == ["up"]


def test_facts_that_differ_are_named() -> None:
    differing = list(compare.differing_facts({"cores": 2, "kernel": "6.1"}, {"cores": 4}))
    assert differing == [("cores", "2", "4"), ("kernel", "6.1", "unknown")]


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = found(up=figure(10, 11, 12))
    results.write(tmp_path / "now.json", written)
    assert results.read(tmp_path / "now.json") == written


@pytest.mark.parametrize("content", ["", "{}", "[1]"])
def test_file_without_results_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "before.json").write_text(content)
    with pytest.raises(UsageError, match=r"before\.json has no results of benchmarks"):
        results.read(tmp_path / "before.json")


def test_runs_become_medians_with_all_values() -> None:
    runs = [{"up": 12.0, "idle: etcd": 0.05}, {"up": 10.0}, {"up": 11.0, "idle: etcd": 0.07}]
    assert results.collect(runs) == {
        "up": Figure(unit="s", median=11.0, values=(12.0, 10.0, 11.0)),
        "idle: etcd": Figure(unit="cores", median=0.06, values=(0.05, 0.07)),
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "up,idel"], "idel is not a part; the parts are up, memory"),
        (["--runs", "0"], "0 is not a number of runs; use 1 or more"),
        (["--against", "a.json", "--before", "python"], "not allowed with argument"),
    ],
)
def test_bad_option_is_refused(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        command.main(words)
    assert raised.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("place", ["absent/now.json", "."])
def test_place_that_cannot_have_results_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    assert command.main(["-o", str(tmp_path / place), "no-such-scenario"]) == UsageError.exit_code
    assert "cannot write results" in capsys.readouterr().err


def test_unreadable_earlier_file_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--against", str(tmp_path / "none.json")]) == UsageError.exit_code
    assert "cannot read results" in capsys.readouterr().err


def fake_labgen(tmp_path: Path, *, fails: str = "") -> Path:
    """Return an interpreter whose labgen writes its arguments down, and fails in one command."""
    script = tmp_path / "python"
    script.write_text(
        "#!/bin/bash\n"
        f'shift 3; echo "$*" >>{tmp_path}/calls\n'
        '[[ $* == "list -o json" ]] && echo "[]"\n'
        '[[ $* == "up --help" ]] && echo " --cold "\n'
        '[[ $1 == up && $2 != --help && -e slow ]] && { trap "exit 1" TERM; sleep 30 & wait; }\n'
        f'[[ $(grep -c ^up {tmp_path}/calls) == 4 ]] && echo "warm start: of it" >&2\n'
        f'[[ $2 == --help || $1 != "{fails}" ]]\n'
    )
    script.chmod(0o755)
    return script


def calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "calls").read_text().splitlines()


def test_warm_start_follows_a_lab_that_was_taken_down(tmp_path: Path) -> None:
    labgen = Labgen(str(fake_labgen(tmp_path)))
    figures = measure.measure(labgen, "single", ["down", "warm"])
    assert list(figures) == ["down", "warm up"]
    up = "up single --name bench-single"
    assert calls(tmp_path)[2:] == [up, "down bench-single"] * 3


def test_failed_command_leaves_no_lab(tmp_path: Path) -> None:
    labgen = Labgen(str(fake_labgen(tmp_path, fails="up")))
    with pytest.raises(LabgenError, match="labgen up single"):
        measure.measure(labgen, "single", ["up"])
    assert calls(tmp_path)[-1] == "down bench-single"


def test_interrupt_ends_the_command_and_leaves_no_lab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labgen = Labgen(str(fake_labgen(tmp_path)))
    (tmp_path / "slow").touch()
    monkeypatch.chdir(tmp_path)
    before = signal.signal(signal.SIGUSR1, signal.default_int_handler)
    timer = Timer(1.0, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            measure.measure(labgen, "single", ["down"])
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, before)
    assert calls(tmp_path)[-2:] == ["up single --name bench-single", "down bench-single"]


def test_lab_of_an_earlier_run_is_left_alone(tmp_path: Path) -> None:
    labgen = fake_labgen(tmp_path)
    labgen.write_text("#!/bin/bash\n" + f"echo '{json.dumps([{'name': 'bench-single'}])}'\n")
    with pytest.raises(LabgenError, match="a lab bench-single exists"):
        measure.measure(Labgen(str(labgen)), "single", ["up"])


def test_seconds_of_seats_are_those_that_class_up_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = class_progress.reporting(Console(), 2)
    progress.ended(Ended("anna", 25.94, Seat("x-anna", changed=True)))
    progress.ended(Ended("ben", 6.0, Seat("x-ben", changed=True)))
    assert classes.SEAT.findall(capsys.readouterr().err) == ["25.9", "6.0"]
