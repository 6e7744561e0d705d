"""A process in the foreground is waited for, and has time to clean up."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from labgen.system.foreground import foreground
from labgen.system.wait import NotYet, until

ORDERLY = """
import signal, sys, time
from pathlib import Path

place = Path(sys.argv[1])
try:
    place.joinpath("begun").touch()
    time.sleep(20)
except KeyboardInterrupt:
    time.sleep(0.2)
    place.joinpath("in-order").touch()
"""


def begun(place: Path) -> None:
    if not (place / "begun").exists():
        raise NotYet("not begun")


def test_exit_code_is_the_process_own(tmp_path: Path) -> None:
    assert foreground([sys.executable, "-c", "raise SystemExit(5)"]) == 5


def test_output_is_not_caught(capfd: pytest.CaptureFixture[str]) -> None:
    foreground([sys.executable, "-c", "print('seen')"])
    assert capfd.readouterr().out == "seen\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_interrupts_the_process_and_waits_for_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    def tell() -> None:
        until(lambda: begun(tmp_path), what="the process", timeout=10, interval=0.02)
        os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    thread = threading.Thread(target=tell)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        foreground([sys.executable, "-c", ORDERLY, tmp_path])
    thread.join()
    assert (tmp_path / "in-order").exists()
    assert signal.getsignal(number) is before
