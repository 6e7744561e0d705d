"""What was observed during one experiment: clients' requests, states, moments and figures, as JSON.

Times are seconds from the fault; times before it are negative. The acceptance suite writes
recordings; `labgen report` and `labgen bench` read them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labgen.errors import UsageError

FORMAT = 2
HINT = "labgen verify NAME --tier ha --disruptive --record DIR writes recordings"
DIGITS = 6  # of a second; files hold microseconds

# Names of moments.
INJECTED = "injected"
HEALING = "healing began"
HEALED = "fault undone"
STEADY_STATE = "steady state restored"
TIMED_OUT = "timed out"


@dataclass(frozen=True)
class Sample:
    """One request; failure is its kind in one or two words, None for a good answer."""

    started: float
    ended: float
    failure: str | None

    @property
    def seconds(self) -> float:
        """Return how long the client waited."""
        return self.ended - self.started


@dataclass(frozen=True)
class Client:
    """One client and its requests, in the order in which they ended.

    name is where it runs: `host` for a client outside of the lab, or the node of a pod.
    """

    name: str
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Band:
    """A state and how long it lasted; lane is what was observed (`VIP`, `etcd leader`, `node
    master1`)."""

    lane: str
    state: str
    started: float
    ended: float


@dataclass(frozen=True)
class Moment:
    """An event; name is for programs, text for users."""

    name: str
    at: float
    text: str


@dataclass(frozen=True)
class Figure:
    """A number that an experiment resulted in."""

    metric: str  # what was measured, one of labgen.recordings.metrics
    client: str  # the kind of client, empty for a figure of the whole cluster
    value: float
    unit: str
    expected: float | None = None  # what the timings add up to; a quiet host stays within it
    limit: float | None = None  # what the acceptance suite accepts at most

    @property
    def name(self) -> str:
        """Return the metric with its client, for one line of text."""
        return f"{self.metric}, {self.client}" if self.client else self.metric

    @property
    def within_limit(self) -> bool:
        """Return whether the figure has no limit or is within it."""
        return self.limit is None or self.value <= self.limit


Clients = Mapping[str, tuple[Client, ...]]  # by kind


@dataclass(frozen=True)
class Recording:
    """One experiment on one lab."""

    fault: str  # what was done; several faults with commas
    target: str  # the machine it was done to; several with commas
    lab: str
    scenario: str
    profile: str  # of the load balancer's timings
    injected_at: str  # the time of the fault, ISO 8601 in UTC
    started: float  # when recording began, seconds from the fault
    ended: float
    clients: Clients
    bands: tuple[Band, ...]
    moments: tuple[Moment, ...]
    figures: tuple[Figure, ...]
    environment: Mapping[str, str]  # what the numbers depend on: kernel, cores, versions

    def samples(self, kind: str) -> list[Sample]:
        """Return the requests of all clients of that kind, without the name of each client."""
        return [sample for client in self.clients.get(kind, ()) for sample in client.samples]

    def figure(self, metric: str, client: str = "") -> Figure:
        """Return that figure. Raises KeyError if the recording does not have it."""
        return {(it.metric, it.client): it for it in self.figures}[metric, client]

    def at(self, name: str) -> float | None:
        """Return the time of the first moment of that name, None if there is none."""
        return next((moment.at for moment in self.moments if moment.name == name), None)

    @property
    def healing(self) -> float:
        """Return when healing began, or the end of the recording if nothing was healed."""
        at = self.at(HEALING)
        return self.ended if at is None else at


def write(recording: Recording, path: Path) -> None:
    """Write the recording as JSON; a request is a list of start, end and failure."""
    data = {"format": FORMAT, **asdict(recording)}
    data["clients"] = {
        kind: [{"name": client.name, "samples": _rows(client)} for client in clients]
        for kind, clients in recording.clients.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, separators=(",", ":")) + "\n")


def _rows(client: Client) -> list[tuple[float, float, str | None]]:
    return [(round(s.started, DIGITS), round(s.ended, DIGITS), s.failure) for s in client.samples]


def read(path: Path) -> Recording:
    """Return the recording in that file.

    Raises UsageError when the file is not a recording, or was written by another version of labgen.
    """
    try:
        data = json.loads(path.read_text())
        found = data.pop("format")
        if found == FORMAT:
            return _parsed(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is not a labgen recording: {error}", hint=HINT) from error
    raise UsageError(
        f"{path} is a recording of format {found}, written by another version of labgen; this "
        f"version reads format {FORMAT}",
        hint=f"record the experiment again: {HINT}",
    )


def _parsed(data: dict[str, Any]) -> Recording:
    clients = {
        kind: tuple(
            Client(client["name"], tuple(Sample(*row) for row in client["samples"]))
            for client in listed
        )
        for kind, listed in data.pop("clients").items()
    }
    return Recording(
        clients=clients,
        bands=tuple(Band(**band) for band in data.pop("bands")),
        moments=tuple(Moment(**moment) for moment in data.pop("moments")),
        figures=tuple(Figure(**figure) for figure in data.pop("figures")),
        **data,
    )
