"""locks: between processes and threads, released when the holder dies."""

import threading
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.system.locks import locked
from tests.unit.system.processes import eventually, python

HOLDER = """
import sys, time
from pathlib import Path
from labgen.system.locks import locked
with locked(Path(sys.argv[1]), timeout=10):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_held_by_another_process_is_waited_for_and_then_named(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "lock"
    holder = python(HOLDER, str(path))
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    told: list[str] = []
    try:
        with (
            pytest.raises(LabgenError) as refused,
            locked(path, timeout=0.3, waiting=told.append),
        ):
            pytest.fail("two hold the lock")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    assert told == [f"process {holder.pid}"]
    assert refused.value.message == f"{path} is held by process {holder.pid}"
    with locked(path, timeout=1):  # a holder that was killed holds nothing
        pass


def test_a_free_lock_asks_nobody_to_wait(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        with locked(tmp_path / "lock", timeout=1, waiting=told.append):
            pass
    assert not told


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), locked(tmp_path / "lock", timeout=1):
        raise RuntimeError
    with locked(tmp_path / "lock", timeout=0):
        pass


def test_only_one_holds_a_lock_whose_file_was_removed_while_others_waited(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    at_once: list[int] = []
    inside: set[int] = set()
    held, waiting, removed = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with locked(path, timeout=10):
            held.set()
            waiting.wait(10)
            path.unlink()
            removed.set()

    def other(number: int) -> None:
        with locked(path, timeout=10, waiting=lambda _: waiting.set()):
            inside.add(number)
            eventually(lambda: len(inside) > 1, seconds=0.4)
            at_once.append(len(inside))
            inside.discard(number)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert held.wait(10)
    threads.append(threading.Thread(target=other, args=[1]))
    threads[1].start()
    assert removed.wait(10)
    threads.append(threading.Thread(target=other, args=[2]))
    threads[2].start()
    for thread in threads:
        thread.join()
    assert at_once == [1, 1]
