"""The result of an experiment: its recording, with the fault as time zero."""

import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment import analysis, figures
from acceptance.framework.experiment import tracks as bands
from acceptance.framework.experiment.experiment import POWER_CUT, Experiment
from acceptance.framework.experiment.figures import Span
from acceptance.framework.experiment.limits import Limits
from acceptance.framework.experiment.probes.protocol import Ended
from labgen.lab.lab import Lab
from labgen.recordings import metrics
from labgen.recordings.recording import (
    HEALING,
    INJECTED,
    STEADY_STATE,
    Band,
    Client,
    Recording,
    Sample,
)
from labgen.report import figures_text, timeline

LEAST_RATE = 20.0  # probes per second; with fewer, a gap is not known well enough
LONGEST_STALL = 1.0  # seconds; a prober that stood still for longer has seen nothing
WRITES = (metrics.MISSED, metrics.LOST)  # judged write by write


@dataclass(frozen=True)
class Result:
    """A recording, and everything else that is asserted about the experiment."""

    recording: Recording
    writes: Ended
    lost: Sequence[int] | None  # acknowledged writes that are gone; None: unknown
    problems: Sequence[str]  # what did not recover

    def bands(self, lane: str) -> list[Band]:
        """Return the states of one lane, in order."""
        return [band for band in self.recording.bands if band.lane == lane]

    def over_limit(self) -> list[str]:
        """Return the figures that exceed their limits, as text."""
        judged = [it for it in self.recording.figures if it.metric not in WRITES]
        return [figures_text.sentence(figure) for figure in judged if not figure.within_limit]

    @property
    def timeline(self) -> str:
        """Return the events as lines, in the order of time."""
        return timeline.text(self.recording)


def conclude(experiment: Experiment, limits: Limits) -> Result:
    """Return the result of an experiment that has ended.

    Raises HarnessError if the prober did not get enough processor time.
    """
    seen = experiment.seen
    if seen.ended is None:
        raise HarnessError("the probing process has not reported how it ended")
    injected = experiment.at(INJECTED)
    zero = experiment.started if injected is None else injected
    span = _span(experiment, zero)
    away = experiment.switched_off()
    clients = _clients(experiment, span, zero, away)
    states = _bands(experiment, zero, span)
    [prober] = clients[metrics.NEW_CONNECTION]
    clock = analysis.begun(prober.samples, span.started, span.healing)
    _ensure_awake(clock)
    recording = Recording(
        fault=", ".join(dict.fromkeys(done.fault for done in experiment.injections)) or "none",
        target=", ".join(dict.fromkeys(n for i in experiment.injections for n in i.machines)),
        lab=experiment.testbed.lab.name,
        scenario=experiment.testbed.lab.scenario.name,
        profile=experiment.testbed.lab.scenario.load_balancer.profile,
        injected_at=_utc(zero),
        started=span.started,
        ended=span.ended,
        clients=clients,
        bands=tuple(states),
        moments=tuple(replace(moment, at=moment.at - zero) for moment in experiment.moments),
        figures=(
            *figures.of_clients(clients, span, limits),
            *figures.of_return(prober.samples, span, limits),
            *figures.of_states(states, span, limits, list(away)),
            *figures.of_writes(seen.ended, experiment.lost),
            *figures.of_prober(clock),
        ),
        environment=environment(experiment.testbed.lab),
    )
    return Result(recording, seen.ended, experiment.lost, tuple(experiment.problems))


def environment(lab: Lab) -> dict[str, str]:
    """Return the settings that the figures depend on."""
    return {
        "Kubernetes": lab.scenario.kubernetes.version,
        "provider": lab.provider,
        "kernel": platform.release(),
        "cores": str(os.cpu_count()),
        "machines": f"{len(lab.control_planes)}+{len(lab.workers)}",
    }


def _span(experiment: Experiment, zero: float) -> Span:
    healing, restored = experiment.at(HEALING), _last(experiment, STEADY_STATE)
    return Span(
        started=experiment.started - zero,
        healing=(experiment.ended if healing is None else healing) - zero,
        restored=None if restored is None else restored - zero,
        ended=experiment.ended - zero,
    )


def _last(experiment: Experiment, name: str) -> float | None:
    return max((moment.at for moment in experiment.moments if moment.name == name), default=None)


def _clients(
    experiment: Experiment, span: Span, zero: float, away: Mapping[str, float]
) -> dict[str, tuple[Client, ...]]:
    """Return each client with its requests from the baseline on, by kind.

    Pods on machines that were switched off are left out.
    """
    found: dict[str, tuple[Client, ...]] = {}
    for kind, name in sorted(experiment.seen.clients, key=lambda it: (metrics.rank(it[0]), it[1])):
        if kind == metrics.SERVICE and name in away:
            continue
        samples = experiment.seen.clients[kind, name]
        moved = [Sample(s.started - zero, s.ended - zero, s.failure) for s in samples]
        own = Client(name, tuple(sample for sample in moved if sample.ended > span.started))
        found[kind] = (*found.get(kind, ()), own)
    return found


def _bands(experiment: Experiment, zero: float, span: Span) -> list[Band]:
    changes = list(experiment.seen.changes)
    for injection in experiment.injections:
        if injection.fault == POWER_CUT:
            changes = bands.taken_away(changes, injection.machines, injection.moment)
    moved = [replace(change, at=change.at - zero) for change in changes]
    return bands.bands(moved, span.started, span.ended)


def _ensure_awake(samples: Sequence[Sample]) -> None:
    rate, stall = analysis.rate(samples), analysis.longest_stall(samples)
    if rate < LEAST_RATE or stall > LONGEST_STALL:
        raise HarnessError(
            f"the prober was too slow: {rate:.1f} probes a second, and a pause of {stall:.2f} s; "
            f"its host is too busy to measure the cluster"
        )


def _utc(moment: float) -> str:
    return datetime.fromtimestamp(time.time() - time.monotonic() + moment, UTC).isoformat()
