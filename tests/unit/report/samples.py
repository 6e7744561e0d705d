"""Recordings as of a 3x3 lab, computed with fixed seeds: a power cut, a partition, load."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from random import Random

from labgen.recordings import metrics
from labgen.recordings.metrics import (
    NEW_CONNECTION,
    PERSISTENT_CONNECTION,
    SERVICE,
    WATCH,
    WRITE,
)
from labgen.recordings.recording import (
    HEALED,
    HEALING,
    INJECTED,
    STEADY_STATE,
    Band,
    Client,
    Clients,
    Figure,
    Moment,
    Recording,
    Sample,
)
from labgen.recordings.requests import longest_gap

Failure = Callable[[str, float, Random], tuple[float, str | None] | None]

# requests per second
HZ = {NEW_CONNECTION: 50, PERSISTENT_CONNECTION: 50, WATCH: 50, WRITE: 20, SERVICE: 50}
# milliseconds
USUAL = {NEW_CONNECTION: 6.0, PERSISTENT_CONNECTION: 1.6, WATCH: 2.4, WRITE: 9.0, SERVICE: 1.1}
# seconds for which a client of that kind meets a dead holder
CUT = {NEW_CONNECTION: 0.37, PERSISTENT_CONNECTION: 0.4, WATCH: 0.5, WRITE: 0.33, SERVICE: 0.5}
MASTERS = ("master1", "master2", "master3")
NODES = (*MASTERS, "node1", "node2", "node3")
ENVIRONMENT = {
    "Kubernetes": "v1.37.2",
    "labgen": "0.1.0",
    "provider": "container",
    "keepalived": "2.3.3",
    "HAProxy": "3.0.11",
    "kernel": "6.18.3",
    "cores": "2",
    "memory": "24 GiB",
}


@cache
def power_cut(seed: int = 1) -> Recording:
    """Return a recording: the holder loses power at 0 and gets it back at 45; the VIP moves
    twice."""
    return _recording(
        "power-cut",
        "master1",
        seed,
        _cut,
        injected_at="2026-11-24T20:00:00+00:00",
        ended=70.0,
        bands=(
            Band("VIP", "master1", -2.0, 0.0),
            Band("VIP", "none", 0.0, 0.31),
            Band("VIP", "master2", 0.31, 53.42),
            Band("VIP", "none", 53.42, 53.45),
            Band("VIP", "master1", 53.45, 70.0),
            Band("etcd leader", "master1", -2.0, 0.0),
            Band("etcd leader", "none", 0.0, 1.24),
            Band("etcd leader", "master3", 1.24, 70.0),
            *_nodes({"master1": (("Ready", -2.0), ("NotReady", 40.2), ("Ready", 57.8))}, 70.0),
        ),
        moments=(
            Moment(INJECTED, 0.0, "power of master1 cut"),
            Moment(HEALING, 45.0, "healing begins"),
            Moment(HEALED, 45.6, "all faults are undone"),
            Moment(STEADY_STATE, 61.3, "steady state restored"),
        ),
        figures=(
            Figure(metrics.LAST_FAILURE, NEW_CONNECTION, 0.62, "s", 0.5, 0.7),
            Figure(metrics.ONE_OWNER, "", 0.31, "s", 0.38, 0.6),
            Figure(metrics.ETCD_LEADER, "", 1.24, "s", 2.0, 3.0),
            Figure("until master1 is NotReady", "", 40.2, "s"),
            Figure(metrics.ACKNOWLEDGED, "", 1376, "writes"),
            Figure(metrics.LOST, "", 0, "writes", limit=0),
            Figure(metrics.PROBE_RATE, "", 50.0, "1/s"),
        ),
    )


@cache
def partition(seed: int = 2) -> Recording:
    """Return a recording: the holder is cut off from the other masters for 20 s, with two owners
    and too long a gap."""
    return _recording(
        "partition",
        "master1",
        seed,
        _partitioned,
        injected_at="2026-11-24T20:04:10+00:00",
        ended=32.0,
        bands=(
            Band("VIP", "master1", -2.0, 0.36),
            Band("VIP", "master1, master2", 0.36, 20.34),
            Band("VIP", "master1", 20.34, 32.0),
            Band("etcd leader", "master1", -2.0, 1.1),
            Band("etcd leader", "master2", 1.9, 32.0),
            *_nodes(
                dict.fromkeys(NODES, (("Ready", -2.0), ("unknown", 0.4), ("Ready", 1.2))), 32.0
            ),
        ),
        moments=(
            Moment(INJECTED, 0.0, "master1 cut off from master2 and master3, both ways"),
            Moment(HEALED, 20.0, "network of master1 restored"),
        ),
        figures=(
            Figure(metrics.ONE_OWNER, "", 20.34, "s"),
            Figure(metrics.LOST, "", 0, "writes", limit=0),
        ),
    )


@cache
def stability(seed: int = 3) -> Recording:
    """Return thirty seconds of load on all control planes; nothing fails and nothing moves."""
    return _recording(
        "cpu-load",
        "master1, master2, master3",
        seed,
        lambda _kind, at, random: (
            (random.uniform(0.01, 0.2), None) if at > 0 and random.random() < 0.08 else None
        ),
        injected_at="2026-11-24T20:06:30+00:00",
        ended=30.0,
        bands=(
            Band("VIP", "master1", -2.0, 30.0),
            Band("etcd leader", "master1", -2.0, 30.0),
            *_nodes({}, 30.0),
        ),
        moments=(Moment(INJECTED, 0.0, "load on all"), Moment(HEALED, 28.0, "load off")),
        figures=(Figure("moves of the VIP", "", 0, "moves", limit=0),),
    )


def hostile() -> Recording:
    """Return a recording with what could break a page: markup and long words."""
    return replace(
        stability(),
        fault="<script>alert(1)</script>",
        target="m" * 120,
        lab='"><img src=x onerror=alert(1)>',
        clients={},
        bands=(
            Band("<b>VIP</b>", "&amp;", -2.0, 30.0),
            Band("l" * 90, "s" * 90, 3.0, 4.0),
        ),
        moments=(Moment("<b>", 1.0, "word " * 60 + "w" * 90),),
        figures=(
            Figure("</table>" + "f" * 80, "", 12, "<i>s</i>", limit=1),
            Figure("</table>", "<b>client", 12, "<i>s</i>"),
        ),
        environment={"</style>": "k" * 200},
    )


def _recording(
    fault: str,
    target: str,
    seed: int,
    failure: Failure,
    *,
    injected_at: str,
    ended: float,
    bands: tuple[Band, ...],
    moments: tuple[Moment, ...],
    figures: tuple[Figure, ...],
) -> Recording:
    random = Random(seed)  # noqa: S311 - no secrets, the same page each time
    clients: dict[str, tuple[Client, ...]]
    clients = {kind: (Client("host", _requests(kind, ended, failure, random)),) for kind in HZ}
    calm = _requests(SERVICE, ended, lambda *_: None, random)
    clients[SERVICE] = (*clients[SERVICE], Client("node2", calm))
    return Recording(
        fault=fault,
        target=target,
        lab="gate",
        scenario="ha-3x3",
        profile="fast",
        injected_at=injected_at,
        started=-2.0,
        ended=ended,
        clients=clients,
        bands=bands,
        moments=moments,
        figures=(*_figures(clients), *figures),
        environment=ENVIRONMENT,
    )


def _figures(clients: Clients) -> Iterator[Figure]:
    expected = {NEW_CONNECTION: 0.42, PERSISTENT_CONNECTION: 0.5, WATCH: 0.6}
    for kind, listed in clients.items():
        gap = longest_gap(listed)
        assert gap
        length, most = round(gap.length, 4), expected.get(kind)
        limit = None if most is None else most + 0.2
        yield Figure(metrics.LONGEST_GAP, kind, length, "s", most, limit)
        samples = [sample for client in listed for sample in client.samples]
        failed = sum(1 for sample in samples if sample.failure)
        yield Figure(metrics.FAILED, kind, failed, "requests")
        yield Figure(metrics.P99_AFTER, kind, 1031.4, "ms")


def _requests(kind: str, ended: float, failure: Failure, random: Random) -> tuple[Sample, ...]:
    """Return requests from 2 s before the fault on: what failure returns (seconds, kind), or the
    usual answer."""
    samples = []
    for number in range(int((ended + 2.0) * HZ[kind])):
        started = -2.0 + number / HZ[kind] + random.uniform(0, 0.0015)
        usual = (USUAL[kind] / 1000 * random.lognormvariate(0, 0.25), None)
        took, failed = failure(kind, started, random) or usual
        samples.append(Sample(round(started, 5), round(started + took, 5), failed))
    return tuple(samples)


def _cut(kind: str, at: float, random: Random) -> tuple[float, str | None] | None:
    """Return the result of a probe at that time: packets reach a dead holder, then one that has
    just taken over."""
    dead = CUT[kind]
    if kind == NEW_CONNECTION and 0.6 < at < 0.63:
        return 0.004, "reset"
    if not 0 <= at < dead:
        return None
    if kind in {PERSISTENT_CONNECTION, WATCH}:
        return (0.41 - at if at < 0.3 else 0.004), "reset"
    lost = {NEW_CONNECTION: 0.42, WRITE: 0.4, SERVICE: 0.16}[kind]
    if random.random() < lost:
        return (2.0, "timeout") if random.random() < 0.8 else (0.35 - at / 2, "unreachable")
    return None if kind == SERVICE else (1.02 + random.uniform(0, 0.02), None)


def _partitioned(kind: str, at: float, random: Random) -> tuple[float, str | None] | None:
    if kind == SERVICE:
        return None
    if 0 <= at < 1.05 and kind in {NEW_CONNECTION, WRITE}:
        return (2.0, "timeout") if random.random() < 0.7 else (0.06, "status 500")
    if 1.05 <= at < 19.5 and kind == NEW_CONNECTION and random.random() < 0.004:
        return 0.4, "cut short"
    if 20.0 <= at < 20.3 and kind in {PERSISTENT_CONNECTION, WATCH}:
        return 0.003, "reset"
    return None


def _nodes(changing: Mapping[str, tuple[tuple[str, float], ...]], ended: float) -> list[Band]:
    """Return the bands of all nodes, Ready throughout unless given."""
    bands = []
    for node in NODES:
        states = changing.get(node, (("Ready", -2.0),))
        ends = [start for _, start in states[1:]] + [ended]
        bands += [
            Band(f"node {node}", state, start, end)
            for (state, start), end in zip(states, ends, strict=True)
        ]
    return bands
