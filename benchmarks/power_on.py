"""Where the time goes after a power cut of all machines: a timeline of each machine.

    python benchmarks/power_on.py [--runs 3] LAB

Cuts the power of a healthy lab, switches all machines on, waits until the cluster is healthy as
`labgen up` does, and prints when each part of each machine started and was Ready, in seconds since
the power was on, and how many core-seconds all of that took. Times of pods are whole seconds.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from labgen.cluster import api
from labgen.cluster.api import ApiUnreachable, KubeApi
from labgen.cluster.health import NAMESPACES
from labgen.console import print_table
from labgen.lab import store
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.providers.base import Power
from labgen.providers.registry import provider
from labgen.system.parallel import gather
from labgen.system.wait import NotYet, until
from labgen.up.context import Context
from labgen.up.steps.await_ready import await_ready

OFF_SECONDS = 1.0
LIMIT = 240.0
UNITS = ("containerd", "haproxy", "keepalived", "kubelet")
STATIC = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
PARTS = ("boot", *UNITS, *STATIC, "node", "kube-proxy", "kube-flannel", "coredns")
STAMP = "%a %Y-%m-%d %H:%M:%S.%f UTC"  # of systemctl --timestamp=us+utc
ASK = (
    "systemctl show --timestamp=us+utc --property=UserspaceTimestamp; "
    "systemctl show --timestamp=us+utc --property=Id,ActiveEnterTimestamp "
    + " ".join(UNITS)
    + "; journalctl --unit kubelet --output short-unix --grep 'Successfully registered node'"
)


@dataclass(frozen=True)
class Run:
    """One power cut: seconds since the power was on, and the host's core-seconds."""

    answered: float
    healthy: float
    cores: float
    table: Mapping[str, Mapping[str, str]]  # by machine and part


def main() -> None:
    """Measure, and print each run's timeline and all medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("lab")
    options = parser.parse_args()
    lab = store.load(options.lab)
    runs = [_measure(lab) for _ in range(options.runs)]
    for figure in ("answered", "healthy", "cores"):
        values = [getattr(run, figure) for run in runs]
        listed = " ".join(f"{value:.1f}" for value in values)
        print(f"{figure:<10} {statistics.median(values):>6.1f}  {listed}")


def _measure(lab: Lab) -> Run:
    machines = provider(lab.provider)
    machines.power(lab, lab.machines, Power.OFF)
    time.sleep(OFF_SECONDS)
    begin, busy = time.time(), _busy_seconds()

    def switch_on() -> float:
        machines.power(lab, lab.machines, Power.ON)
        await_ready(Context(lab, machines))
        return time.time() - begin

    tasks: dict[str, Callable[[], float]] = {
        "answered": partial(_await_api, lab, begin),
        "healthy": switch_on,
    }
    ended = gather(tasks)
    table = _timeline(lab, begin)
    run = Run(ended["answered"], ended["healthy"], _busy_seconds() - busy, table)
    print(f"API after {run.answered:.1f} s, healthy after {run.healthy:.1f} s")
    rows = [(part, *(table[m.name].get(part, "") for m in lab.machines)) for part in PARTS]
    print_table(("PART", *(m.name for m in lab.machines)), rows)
    return run


def _await_api(lab: Lab, begin: float) -> float:
    client = api.connect(lab)

    def look() -> float:
        try:
            client.get("/api/v1/namespaces/default")
        except ApiUnreachable as error:
            raise NotYet(error.message) from error
        return time.time() - begin

    return until(look, what="the API's answer", timeout=LIMIT, interval=0.2)


def _timeline(lab: Lab, begin: float) -> Mapping[str, Mapping[str, str]]:
    """Return when each part started and, after a slash, was Ready; by machine and part."""
    table = dict(gather({m.name: partial(_of_machine, lab, m, begin) for m in lab.machines}))
    for pod in _pods(api.connect(lab)):
        name, node = pod["metadata"]["name"], pod["spec"].get("nodeName", "")
        part = next((part for part in PARTS if name.startswith(part)), "")
        running = [it["state"].get("running") for it in pod["status"]["containerStatuses"]]
        ready = next(c for c in pod["status"]["conditions"] if c["type"] == "Ready")
        if part and all(running):
            started = min(_seconds(it["startedAt"]) for it in running)
            changed = _seconds(ready["lastTransitionTime"])
            table[node][part] = f"{started - begin:.0f} / {changed - begin:.0f}"
    return table


def _of_machine(lab: Lab, machine: Machine, begin: float) -> dict[str, str]:
    told = access.ssh_client(lab).run(machine.name, ["sh", "-c", ASK], timeout=30, check=False)
    boot, *lines = told.stdout.splitlines()
    found = {"boot": _stamp(boot)}
    for one, other in pairwise(lines):
        if other.startswith("ActiveEnterTimestamp=") and one.startswith("Id="):
            found[one.removeprefix("Id=").removesuffix(".service")] = _stamp(other)
    registered = [line for line in lines if "registered node" in line]
    if registered:
        found["node"] = float(registered[0].split()[0])
    return {part: f"{at - begin:.1f}" for part, at in found.items() if at}


def _stamp(line: str) -> float:
    text = line.partition("=")[2]
    return datetime.strptime(text, STAMP).replace(tzinfo=UTC).timestamp() if text else 0.0


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _pods(client: KubeApi) -> list[dict[str, Any]]:
    items = client.get("/api/v1/pods")["items"]
    return [pod for pod in items if pod["metadata"]["namespace"] in NAMESPACES]


def _busy_seconds() -> float:
    """Return how long the host's cores have been busy, from /proc/stat."""
    first = Path("/proc/stat").read_text().splitlines()[0]
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(int, first.split()[1:])
    return (user + nice + system + irq + softirq) / 100  # USER_HZ, proc_stat(5)


if __name__ == "__main__":
    main()
