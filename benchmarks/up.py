"""How long labs take and what they cost: up, up again, memory, idle CPU, down; medians.

    python benchmarks/up.py [--runs 3] [SCENARIO ...]

Labs are brought up under names of their own, one after the other, with the bundle ready. Nothing
else should run on the host: memory and CPU are read for the whole of it.
"""

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from labgen.up.bring_up import UNCHANGED

IDLE_SECONDS = 30.0
SETTLE_SECONDS = 20.0  # after "up", leases, caches and probes are still busy
FIGURES = ("up s", "up again s", "memory GiB", "idle cores", "down s")


def main() -> None:
    """Measure each scenario and print a table of medians with all values."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("scenarios", nargs="*", default=["ha-3x3", "single"])
    options = parser.parse_args()
    print(f"{'scenario':<10} {'figure':<12} {'median':>8}  all")
    for scenario in options.scenarios:
        runs = [_measure(scenario) for _ in range(options.runs)]
        for figure in FIGURES:
            values = [run[figure] for run in runs]
            listed = " ".join(f"{value:.2f}" for value in values)
            print(f"{scenario:<10} {figure:<12} {statistics.median(values):>8.2f}  {listed}")


def _measure(scenario: str) -> dict[str, float]:
    name = f"bench-{scenario}"
    free = _memory_available()
    figures = {"up s": _timed("up", scenario, "--name", name)}
    try:
        figures["up again s"] = _timed("up", scenario, "--name", name, expect=UNCHANGED)
        time.sleep(SETTLE_SECONDS)
        figures["memory GiB"] = free - _memory_available()
        figures["idle cores"] = _busy_cores(IDLE_SECONDS)
    finally:
        figures["down s"] = _timed("down", name)
    return figures


def _timed(*words: str, expect: str = "") -> float:
    begin = time.monotonic()
    argv = [sys.executable, "-m", "labgen", *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begin
    if done.returncode or expect not in done.stderr:
        sys.exit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr}")
    return seconds


def _memory_available() -> float:
    """MemAvailable in GiB: what could be used without swapping, proc_meminfo(5)."""
    text = Path("/proc/meminfo").read_text()
    return int(re.findall(r"^MemAvailable:\s*(\d+)", text, re.MULTILINE)[0]) / 1024**2


def _busy_cores(seconds: float, now: Callable[[], float] = time.monotonic) -> float:
    """Return the number of cores that were busy on average, from /proc/stat over seconds."""
    begin, busy = now(), _busy_ticks()
    time.sleep(seconds)
    ticks_a_second = 100  # USER_HZ, proc_stat(5)
    return (_busy_ticks() - busy) / ticks_a_second / (now() - begin)


def _busy_ticks() -> int:
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    )
    return user + nice + system + irq + softirq


if __name__ == "__main__":
    main()
