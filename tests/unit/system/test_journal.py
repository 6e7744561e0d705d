"""The journal: events in order, even if a crash truncated a line."""

import threading
from pathlib import Path

from labgen.system.journal import Journal


def _events(journal: Journal) -> list[str]:
    return [entry["event"] for entry in journal.read()]


def test_events_come_back_in_order_with_time_and_facts(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.write("up", scenario="ha-3x3")
    journal.write("step-done", seconds=1.5)
    first, second = journal.read()
    assert (first["event"], first["scenario"]) == ("up", "ha-3x3")
    assert second["seconds"] == 1.5
    assert first["time"] <= second["time"]
    assert first["time"].endswith("+00:00")


def test_a_lab_without_journal_has_no_events(tmp_path: Path) -> None:
    assert Journal(tmp_path / "journal.jsonl").read() == []


def test_a_line_cut_off_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path).write("before")
    with path.open("a") as file:
        file.write('{"time": "2026-01-01T00:00:00+00:00", "eve')
    assert _events(Journal(path)) == ["before"]


def test_the_event_after_a_line_that_was_cut_off_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"time": "2026-01-01T00:00:00+00:00", "eve')
    Journal(path).write("after")
    assert _events(Journal(path)) == ["after"]


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")

    def write() -> None:
        for _ in range(20):
            journal.write("event", text="x" * 5000)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _events(journal) == ["event"] * 80
