"""Another process that has a lab, as a run of the acceptance suite or a command has it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.unit.system.processes import python

HOLDER = """
import sys, time
from labgen.lab import store
tier = sys.argv[1]
run = store.hold_for_suite("demo", print, doing=f"suite, tier {tier}", read_only=tier == "smoke")
command = store.hold_alone("demo", print, doing=f"fault {tier}")
with command if tier == "inject" else run:
    print("has it", flush=True)
    time.sleep(60)
"""


@contextmanager
def another_run(tier: str) -> Iterator[subprocess.Popen[str]]:
    """Have another process hold the lab demo as a run of that tier does; with "inject", as a
    command does that would disturb one."""
    holder = python(HOLDER, tier)
    assert holder.stdout
    try:
        assert holder.stdout.readline() == "has it\n"
        yield holder
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
