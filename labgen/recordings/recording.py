"""What was seen during one fault: probes, states and figures, as one JSON file.

Times are seconds from the fault's moment; before it they are negative. The acceptance suite writes
recordings, the page and `labgen report compare` read them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labgen.errors import UsageError

FORMAT = 1


@dataclass(frozen=True)
class Sample:
    """One probe, write or request; failure is its kind in one or two words, None is good."""

    started: float
    ended: float
    failure: str | None


@dataclass(frozen=True)
class Band:
    """A state that lasted: lane is what was watched (`VIP`, `etcd leader`, `node master1`)."""

    lane: str
    state: str
    started: float
    ended: float


@dataclass(frozen=True)
class Event:
    """Something that happened at one moment, such as a fault's injection or healing."""

    at: float
    text: str


@dataclass(frozen=True)
class Figure:
    """A number that came out; budget is the most it may be, None for a figure without one.

    aim is what the timings add up to, which a quiet host keeps and a test does not insist on.
    """

    name: str
    value: float
    unit: str
    budget: float | None = None
    aim: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the figure is within its budget."""
        return self.budget is None or self.value <= self.budget


@dataclass(frozen=True)
class Recording:
    """One fault on one lab; samples by the kind of probe (fresh, kept, watch, write, service).

    target is the machine, or several with commas. profile names the timings, environment holds
    what the numbers depend on (Kubernetes version, provider, kernel, cores). moment is the
    fault's own time, ISO 8601 in UTC; started and ended bound what was recorded.
    """

    fault: str
    target: str
    lab: str
    scenario: str
    profile: str
    moment: str
    started: float
    ended: float
    samples: Mapping[str, tuple[Sample, ...]]
    bands: tuple[Band, ...]
    events: tuple[Event, ...]
    figures: tuple[Figure, ...]
    environment: Mapping[str, str]


def write(recording: Recording, path: Path) -> None:
    """Write the recording as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"format": FORMAT, **asdict(recording)}) + "\n")


def read(path: Path) -> Recording:
    """The recording in that file; WrongCall when it is none."""
    try:
        return _parsed(json.loads(path.read_text()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} is no recording of labgen: {error}",
            hint="recordings are the .json files that pytest acceptance/ --record DIR writes",
        ) from error


def _parsed(data: dict[str, Any]) -> Recording:
    if data.pop("format") != FORMAT:
        raise ValueError(f"not of format {FORMAT}")
    samples = {
        kind: tuple(Sample(**sample) for sample in listed)
        for kind, listed in data.pop("samples").items()
    }
    bands = tuple(Band(**band) for band in data.pop("bands"))
    events = tuple(Event(**event) for event in data.pop("events"))
    figures = tuple(Figure(**figure) for figure in data.pop("figures"))
    return Recording(samples=samples, bands=bands, events=events, figures=figures, **data)
