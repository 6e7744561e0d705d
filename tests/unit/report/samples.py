"""Recordings as a 3x3 lab leaves them, made up with fixed seeds: a power cut, a partition, calm."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from labgen.recordings.analysis import longest_gap
from labgen.recordings.recording import Band, Event, Figure, Recording, Sample

Failure = Callable[[str, float, Random], tuple[float, str | None] | None]

HZ = {"fresh": 50, "kept": 50, "watch": 50, "write": 20, "service": 50}  # probes a second
USUAL = {"fresh": 6.0, "kept": 1.6, "watch": 2.4, "write": 9.0, "service": 1.1}  # milliseconds
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
    """The holder loses power at 0 and has it again at 45; the VIP moves twice."""
    return _recording(
        "power-cut",
        "master1",
        seed,
        _cut,
        moment="2026-11-24T20:00:00+00:00",
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
        events=(
            Event(0.0, "power of master1 cut"),
            Event(45.0, "healing begins"),
            Event(45.6, "what was done is undone"),
            Event(61.3, "the lab is whole"),
        ),
        figures=(
            Figure("last failure, fresh", 0.62, "s", 0.7, 0.5),
            Figure("until the VIP has one owner", 0.31, "s", 0.6, 0.38),
            Figure("until etcd has a leader", 1.24, "s", 3.0, 2.0),
            Figure("until master1 is NotReady", 40.2, "s"),
            Figure("writes acknowledged", 1376, "writes"),
            Figure("acknowledged writes lost", 0, "writes", 0),
            Figure("probes a second", 50.0, "1/s"),
        ),
    )


@cache
def partition(seed: int = 2) -> Recording:
    """The holder is cut off from the other masters for 20 s: two owners, and too long a gap."""
    return _recording(
        "partition",
        "master1",
        seed,
        _partitioned,
        moment="2026-11-24T20:04:10+00:00",
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
        events=(
            Event(0.0, "master1 cut off from master2 and master3, both ways"),
            Event(20.0, "network of master1 whole again"),
        ),
        figures=(
            Figure("until the VIP has one owner", 20.34, "s"),
            Figure("acknowledged writes lost", 0, "writes", 0),
        ),
    )


@cache
def stability(seed: int = 3) -> Recording:
    """Thirty seconds of load on all masters; nothing fails and nothing moves."""
    return _recording(
        "cpu-load",
        "master1, master2, master3",
        seed,
        lambda _kind, at, random: (
            (random.uniform(0.01, 0.2), None) if at > 0 and random.random() < 0.08 else None
        ),
        moment="2026-11-24T20:06:30+00:00",
        ended=30.0,
        bands=(
            Band("VIP", "master1", -2.0, 30.0),
            Band("etcd leader", "master1", -2.0, 30.0),
            *_nodes({}, 30.0),
        ),
        events=(Event(0.0, "load on all masters"), Event(28.0, "load off")),
        figures=(Figure("moves of the VIP", 0, "moves", 0),),
    )


def hostile() -> Recording:
    """What a recording may hold that would break a page: markup, long words, nothing else."""
    return replace(
        stability(),
        fault="<script>alert(1)</script>",
        target="m" * 120,
        lab='"><img src=x onerror=alert(1)>',
        samples={},
        bands=(
            Band("<b>VIP</b>", "&amp;", -2.0, 30.0),
            Band("l" * 90, "s" * 90, 3.0, 4.0),
        ),
        events=(Event(1.0, "word " * 60 + "w" * 90),),
        figures=(Figure("</table>" + "f" * 80, 12, "<i>s</i>", 1),),
        environment={"</style>": "k" * 200},
    )


def _recording(
    fault: str,
    target: str,
    seed: int,
    failure: Failure,
    *,
    moment: str,
    ended: float,
    bands: tuple[Band, ...],
    events: tuple[Event, ...],
    figures: tuple[Figure, ...],
) -> Recording:
    random = Random(seed)  # noqa: S311 - no secrets, the same page each time
    samples = {kind: _probes(kind, ended, failure, random) for kind in HZ}
    samples["service"] += _probes("service", ended, lambda *_: None, random)  # another client
    return Recording(
        fault=fault,
        target=target,
        lab="gate",
        scenario="ha-3x3",
        profile="fast",
        moment=moment,
        started=-2.0,
        ended=ended,
        samples=samples,
        bands=bands,
        events=events,
        figures=(*_gaps(samples), *figures),
        environment=ENVIRONMENT,
    )


def _gaps(samples: Mapping[str, Sequence[Sample]]) -> Iterator[Figure]:
    for kind in ("fresh", "kept", "watch"):
        gap = longest_gap(samples[kind])
        if gap:
            aim = {"fresh": 0.42, "kept": 0.5, "watch": 0.6}[kind]
            yield Figure(f"longest gap, {kind}", round(gap.length, 4), "s", aim + 0.2, aim)
            failed = sum(1 for probe in samples[kind] if probe.failure)
            yield Figure(f"failed, {kind}", failed, "probes")


def _probes(kind: str, ended: float, failure: Failure, random: Random) -> tuple[Sample, ...]:
    """From 2 s before the fault on; what failure gives (seconds, kind) or the usual answer."""
    samples = []
    for number in range(int((ended + 2.0) * HZ[kind])):
        started = -2.0 + number / HZ[kind] + random.uniform(0, 0.0015)
        usual = (USUAL[kind] / 1000 * random.lognormvariate(0, 0.25), None)
        took, failed = failure(kind, started, random) or usual
        samples.append(Sample(round(started, 5), round(started + took, 5), failed))
    return tuple(samples)


def _cut(kind: str, at: float, random: Random) -> tuple[float, str | None] | None:
    """What a probe meets at that time: packets for a dead holder, then for one that just came."""
    dead = {"fresh": 0.37, "kept": 0.4, "watch": 0.5, "write": 0.33, "service": 0.5}[kind]
    if kind == "fresh" and 0.6 < at < 0.63:
        return 0.004, "reset"
    if not 0 <= at < dead:
        return None
    if kind in {"kept", "watch"}:
        return (0.41 - at if at < 0.3 else 0.004), "reset"
    lost = {"fresh": 0.42, "write": 0.4, "service": 0.16}[kind]
    if random.random() < lost:
        return (2.0, "timeout") if random.random() < 0.8 else (0.35 - at / 2, "unreachable")
    return None if kind == "service" else (1.02 + random.uniform(0, 0.02), None)


def _partitioned(kind: str, at: float, random: Random) -> tuple[float, str | None] | None:
    if kind == "service":
        return None
    if 0 <= at < 1.05 and kind in {"fresh", "write"}:
        return (2.0, "timeout") if random.random() < 0.7 else (0.06, "status 500")
    if 1.05 <= at < 19.5 and kind == "fresh" and random.random() < 0.004:
        return 0.4, "cut short"
    if 20.0 <= at < 20.3 and kind in {"kept", "watch"}:
        return 0.003, "reset"
    return None


def _nodes(changing: Mapping[str, tuple[tuple[str, float], ...]], ended: float) -> list[Band]:
    """Bands of all nodes, Ready throughout where nothing is given."""
    bands = []
    for node in NODES:
        states = changing.get(node, (("Ready", -2.0),))
        ends = [start for _, start in states[1:]] + [ended]
        bands += [
            Band(f"node {node}", state, start, end)
            for (state, start), end in zip(states, ends, strict=True)
        ]
    return bands
