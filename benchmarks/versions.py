"""Compare two versions of labgen in one run: up, idle, failover and down of one scenario.

    python benchmarks/versions.py --before PYTHON --after PYTHON [--runs 3] [--scenario ha-3x3]

PYTHON is the interpreter of an environment with that version, such as OTHER/.venv/bin/python. Both
versions take turns, so that a busy minute of the host meets both. Failover is probed by this file
alone, because each version has a prober of its own: a new TLS connection every 20 ms, every
request counted, and a request that is not answered within 5 s failed. Nothing else should run on
the host.
"""

import argparse
import base64
import http.client
import json
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

INTERVAL = 0.02  # seconds between two requests
PATIENCE = 5.0  # seconds for one request
BEFORE_CUT = 3.0  # seconds of probing before the power cut
AFTER_CUT = 12.0  # seconds of probing after it
SETTLE = 20.0  # seconds after `up`: leases, caches and probes are still busy
IDLE = 20.0  # seconds over which idle CPU is read
HOLDER = "master1"  # it has the highest VRRP priority, so it holds the VIP of a healthy lab


@dataclass(frozen=True)
class Request:
    """One request: seconds on the monotonic clock, and whether it was answered with 200."""

    started: float
    ended: float
    good: bool


def main() -> None:
    """Measure both versions in turn and print the median of each figure with all values."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", required=True, metavar="PYTHON")
    parser.add_argument("--after", required=True, metavar="PYTHON")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scenario", default="ha-3x3")
    options = parser.parse_args()
    found: dict[str, list[dict[str, float]]] = {"before": [], "after": []}
    for _ in range(options.runs):
        for version, measured in found.items():
            measured.append(_measure(getattr(options, version), options.scenario))
    print(f"{'figure':<34} {'before':>8} {'after':>8}  all before | all after")
    for figure in found["before"][0]:
        before, after = ([run[figure] for run in found[version]] for version in found)
        medians = [f"{statistics.median(values):>8.2f}" for values in (before, after)]
        listed = " | ".join(" ".join(f"{it:.2f}" for it in values) for values in (before, after))
        print(f"{figure:<34} {' '.join(medians)}  {listed}")


def _measure(python: str, scenario: str) -> dict[str, float]:
    name = "bench-versions"
    figures = {"up, s": _labgen(python, "up", scenario, "--name", name)}
    try:
        figures["up again, s"] = _labgen(python, "up", scenario, "--name", name)
        time.sleep(SETTLE)
        figures["idle, cores"] = _busy_cores(IDLE)
        figures |= _failover(python, name)
    finally:
        figures["down, s"] = _labgen(python, "down", name)
    return figures


def _labgen(python: str, *words: str) -> float:
    """Return the seconds of one command. -P: the version is that of the environment, not of this
    folder."""
    begin = time.monotonic()
    argv = [python, "-P", "-m", "labgen", *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr}")
    return time.monotonic() - begin


def _failover(python: str, name: str) -> dict[str, float]:
    """Return the figures of the holder's power cut, as one client with new connections sees it."""
    argv = [python, "-P", "-m", "labgen", "kubectl", name, "--"]
    shown = ["config", "view", "--raw", "--flatten", "-o", "json"]
    config = json.loads(subprocess.run([*argv, *shown], capture_output=True, check=True).stdout)
    with tempfile.TemporaryDirectory() as directory:
        server, context = _client(config, Path(directory))
        cut, requests = _probe(server, context, python, name)
    return figures(cut, requests)


def figures(cut: float, requests: Sequence[Request]) -> dict[str, float]:
    """Return what the requests add up to from the cut on.

    The last answer before the cut begins the first gap, the last request ends the last one: an API
    that is not back by then was away until then at least.
    """
    after = [it for it in requests if it.ended >= cut]
    answered = sorted(it.ended for it in requests if it.good and it.ended >= cut - 1)
    end = max(it.started for it in requests)
    gaps = [later - earlier for earlier, later in pairwise(sorted([*answered, end]))]
    took = [it.ended - it.started for it in after if it.good]
    return {
        "failover: longest gap, s": max(gaps, default=end - cut),
        "failover: requests failed": float(sum(not it.good for it in after)),
        "failover: slowest answer, s": max(took, default=0.0),
        "failover: answers over 0.5 s": float(sum(it > 0.5 for it in took)),
    }


def _probe(
    server: str, context: ssl.SSLContext, python: str, name: str
) -> tuple[float, list[Request]]:
    """Return the moment before the power is cut, on the monotonic clock, and all requests."""
    begin = time.monotonic()
    first = int(BEFORE_CUT / INTERVAL)
    before, after = range(first), range(first, first + int(AFTER_CUT / INTERVAL))
    workers = int(PATIENCE / INTERVAL) + 1  # requests that may be open, and the power switch
    with ThreadPoolExecutor(workers) as pool:
        asked = [_ask_at(pool, begin + number * INTERVAL, server, context) for number in before]
        cut = time.monotonic()
        stopped = pool.submit(_labgen, python, "stop", name, HOLDER, "--now")
        asked += [_ask_at(pool, begin + number * INTERVAL, server, context) for number in after]
        requests = [it.result() for it in asked]
        stopped.result()
    _labgen(python, "start", name, HOLDER)
    return cut, requests


def _ask_at(
    pool: ThreadPoolExecutor, moment: float, server: str, context: ssl.SSLContext
) -> Future[Request]:
    """Begin a request at that moment, however slow those before it are."""
    time.sleep(max(0.0, moment - time.monotonic()))
    return pool.submit(_request, server, context)


def _request(server: str, context: ssl.SSLContext) -> Request:
    """Request /readyz; the socket's patience is for each wait, so the whole is timed, too."""
    started = time.monotonic()
    place = urlsplit(server)
    connection = http.client.HTTPSConnection(
        str(place.hostname), place.port, timeout=PATIENCE, context=context
    )
    try:
        connection.request("GET", "/readyz")
        good = connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        good = False
    finally:
        connection.close()
    ended = time.monotonic()
    return Request(started, ended, good and ended - started <= PATIENCE)


def _client(config: dict[str, Any], place: Path) -> tuple[str, ssl.SSLContext]:
    """Return the API's URL and a context with the administrator's credentials. place is a directory
    with mode 0700."""
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    pem = place / "client.pem"
    parts = (user["client-certificate-data"], user["client-key-data"])
    pem.write_bytes(b"".join(base64.b64decode(part) for part in parts))
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    context = ssl.create_default_context(cadata=authority)
    context.load_cert_chain(pem)
    return cluster["server"], context


def _busy_cores(seconds: float) -> float:
    """Return the number of cores that were busy on average, from /proc/stat over that many
    seconds."""

    def read() -> tuple[int, int]:
        words = [int(it) for it in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(words) - words[3] - words[4], sum(words)

    busy, total = read()
    time.sleep(seconds)
    busy_then, total_then = read()
    cores = sum(line.startswith("cpu") for line in Path("/proc/stat").read_text().splitlines()) - 1
    return cores * (busy_then - busy) / (total_then - total)


if __name__ == "__main__":
    main()
