"""An observation that is over, told with the fault's moment as zero."""

import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain

from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment import analysis, figures
from acceptance.framework.experiment import tracks as bands
from acceptance.framework.experiment.figures import Budgets, Span
from acceptance.framework.experiment.observation import CLIENTS, POWER_CUT, Observation
from acceptance.framework.experiment.probes.task import Ended
from labgen.lab.lab import Lab
from labgen.recordings.recording import Band, Event, Figure, Recording, Sample
from labgen.report import timeline

LEAST_RATE = 20.0  # probes a second; with fewer, a gap is not known well enough
LONGEST_STALL = 1.0  # seconds; a prober that stood still for longer has seen nothing


@dataclass(frozen=True)
class Measured:
    """A recording, and what of it is judged.

    problems says what did not come back; lost are acknowledged writes that are gone, None where
    nobody could look.
    """

    recording: Recording
    writes: Ended
    lost: Sequence[int] | None
    problems: Sequence[str]

    def figure(self, name: str) -> Figure:
        """The figure of that name; KeyError for one that did not come out."""
        return {figure.name: figure for figure in self.recording.figures}[name]

    def bands(self, lane: str) -> list[Band]:
        """The states of one lane, in order."""
        return [band for band in self.recording.bands if band.lane == lane]

    def over_budget(self) -> list[str]:
        """The figures that are, in words; what was written is judged write by write."""
        judged = [
            it for it in self.recording.figures if it.name not in (figures.MISSED, figures.LOST)
        ]
        return [tell(figure) for figure in judged if not figure.kept]

    @property
    def timeline(self) -> str:
        """What happened, as lines in the order of time."""
        return timeline.text(self.recording)


def tell(figure: Figure) -> str:
    """A figure as people read it."""
    number = f"{figure.value:.2f}" if figure.unit == "s" else f"{figure.value:g}"
    known = {"aim": figure.aim, "budget": figure.budget}
    limits = ", ".join(f"{word} {limit:.3g}" for word, limit in known.items() if limit is not None)
    return f"{figure.name}: {number} {figure.unit}" + (f" ({limits})" if limits else "")


def measured(observation: Observation, budgets: Budgets) -> Measured:
    """The whole of an observation that has ended. Raises HarnessError when the prober starved."""
    seen, zero = observation.seen, observation.moment or observation.begun
    if seen.ended is None:
        raise HarnessError("the probing process has not told how it ended")
    mended = observation.mended or observation.ended
    span = Span(
        begun=observation.begun - zero,
        mended=mended - zero,
        healed=None if observation.healed is None else observation.healed - zero,
        ended=observation.ended - zero,
    )
    away = observation.off()
    streams = _streams(seen.samples, zero, away)
    found = _bands(observation, zero, span)
    clock = analysis.begun(streams["fresh"][0], span.begun, span.mended)
    _ensure_awake(clock)
    counted = [
        *figures.of_probes(streams, span, budgets),
        *figures.of_return(streams["fresh"][0], span, budgets),
        *figures.of_states(found, span, budgets, list(away)),
        *figures.of_writes(seen.ended, observation.lost),
        *figures.of_prober(clock),
    ]
    recording = Recording(
        fault=", ".join(dict.fromkeys(done.fault for done in observation.injections)) or "none",
        target=", ".join(dict.fromkeys(n for i in observation.injections for n in i.machines)),
        lab=observation.bench.lab.name,
        scenario=observation.bench.lab.scenario.name,
        profile=observation.bench.lab.scenario.load_balancer.profile,
        moment=_utc(zero),
        started=span.begun,
        ended=span.ended,
        samples={kind: tuple(chain.from_iterable(each)) for kind, each in streams.items()},
        bands=tuple(found),
        events=tuple(Event(event.at - zero, event.text) for event in observation.events),
        figures=tuple(counted),
        environment=environment(observation.bench.lab),
    )
    return Measured(recording, seen.ended, observation.lost, tuple(observation.problems))


def environment(lab: Lab) -> dict[str, str]:
    """What the numbers depend on."""
    return {
        "Kubernetes": lab.scenario.kubernetes.version,
        "provider": lab.provider,
        "kernel": platform.release(),
        "cores": str(os.cpu_count()),
        "machines": f"{len(lab.control_planes)}+{len(lab.workers)}",
    }


def _streams(
    samples: Mapping[str, Sequence[Sample]], zero: float, away: Mapping[str, float]
) -> dict[str, list[list[Sample]]]:
    """The samples of each client by kind, the API's clients first. What pods on machines that were
    taken away saw says nothing about the others."""
    found: dict[str, list[list[Sample]]] = {kind: [] for kind in CLIENTS}
    for name, listed in samples.items():
        kind, _, client = name.partition(" ")
        if client not in away:
            moved = [Sample(s.started - zero, s.ended - zero, s.failure) for s in listed]
            found.setdefault(kind, []).append(moved)
    return {kind: streams for kind, streams in found.items() if streams}


def _bands(observation: Observation, zero: float, span: Span) -> list[Band]:
    changes = list(observation.seen.changes)
    for injection in observation.injections:
        if injection.fault == POWER_CUT:
            changes = bands.taken_away(changes, injection.machines, injection.moment)
    moved = [replace(change, at=change.at - zero) for change in changes]
    return bands.bands(moved, span.begun, span.ended)


def _ensure_awake(samples: Sequence[Sample]) -> None:
    run = analysis.figures(samples)
    if run.rate < LEAST_RATE or run.longest_stall > LONGEST_STALL:
        raise HarnessError(
            f"the prober starved: {run.rate:.1f} probes a second, and once none for "
            f"{run.longest_stall:.2f} s; its host is too busy to tell anything about the cluster"
        )


def _utc(moment: float) -> str:
    return datetime.fromtimestamp(time.time() - time.monotonic() + moment, UTC).isoformat()
