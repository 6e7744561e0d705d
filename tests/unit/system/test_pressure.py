"""An overloaded host is named in one sentence."""

from pathlib import Path

import pytest

from labgen.system import pressure

LINES = "{line} avg10={now:.2f} avg60=0.00 avg300=0.00 total=1\n"


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory that replaces /proc in unit tests; it has no such files yet."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    return tmp_path


def write(proc: Path, resource: str, *, some: float, full: float) -> None:
    place = proc / "pressure" / resource
    place.parent.mkdir(exist_ok=True)
    place.write_text(LINES.format(line="some", now=some) + LINES.format(line="full", now=full))


def test_a_host_that_keeps_up_is_not_overloaded(proc: Path) -> None:
    for resource in ("cpu", "io", "memory"):
        write(proc, resource, some=30, full=0)
    assert pressure.overload() == ""


def test_every_resource_that_tasks_wait_for_is_named(proc: Path) -> None:
    write(proc, "cpu", some=98.6, full=0)
    write(proc, "io", some=90, full=60)
    assert pressure.overload() == (
        "this host is overloaded: tasks waited for a processor in 99 % and for a disk in 60 % "
        "of the last 10 seconds"
    )


@pytest.mark.parametrize(
    ("load", "said"),
    [("3.00 1 1", ""), ("14.5 9 9", "this host is overloaded: its load is 14.5 on 2 cores")],
)
def test_without_pressure_files_the_load_is_read(proc: Path, load: str, said: str) -> None:
    (proc / "loadavg").write_text(load)
    assert pressure.overload() == said


def test_a_host_that_reports_nothing_is_not_called_overloaded(proc: Path) -> None:
    assert pressure.overload() == ""
