"""Processes that tests start: whether they still run, and Python programs of a few lines."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def runs(pid: int) -> bool:
    """Return whether the process exists and is not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def eventually(observed: Callable[[], bool], seconds: float = 10) -> bool:
    """Return whether it becomes true within that time."""
    deadline = time.monotonic() + seconds
    while not observed():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def python(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Return a Python process that runs program; its standard output can be read as text."""
    words = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
