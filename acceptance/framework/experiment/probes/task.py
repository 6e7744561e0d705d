"""What the probing process is told to do, and the lines in which it tells what it saw."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from acceptance.framework.experiment.observers.changes import Change
from labgen.recordings.recording import Sample


@dataclass(frozen=True)
class Task:
    """The whole task; paths and addresses as text, so that it goes through JSON.

    masters and power map machines to addresses: those whose VIP and etcd are followed, and those
    whose power is to be known. pods maps nodes to HOST:PORT of the pods that ask the service.
    kept_at is the address of the API server that the kept connection begins with, empty for any.
    etcd is the directory with ca.crt, client.crt and client.key, empty where etcd is not followed.
    near has addresses of masters by which etcd is reached from here, where they are others.
    """

    kubeconfig: str
    ssh_config: str
    vip: str
    masters: Mapping[str, str]
    kept_at: str = ""
    etcd: str = ""
    local_endpoint: Mapping[str, str] = field(default_factory=dict)
    power: Mapping[str, str] = field(default_factory=dict)
    pods: Mapping[str, str] = field(default_factory=dict)
    service: str = ""
    service_port: int = 80

    def to_json(self) -> str:
        """For the command line of the process."""
        return json.dumps(asdict(self))


def task(text: str) -> Task:
    """The task of that command line."""
    return Task(**json.loads(text))


@dataclass(frozen=True)
class Ended:
    """What is known at the end: the writes, and those acknowledged that the watch never showed."""

    acknowledged: tuple[int, ...]
    unacknowledged: tuple[int, ...]
    unwatched: tuple[int, ...]


Line = tuple[str, Sample] | Change | Ended


def sample_line(kind: str, sample: Sample) -> str:
    return json.dumps(["sample", kind, sample.started, sample.ended, sample.failure])


def change_line(change: Change) -> str:
    return json.dumps(["change", change.lane, change.at, change.subject, change.state])


def ended_line(ended: Ended) -> str:
    return json.dumps(["ended", ended.acknowledged, ended.unacknowledged, ended.unwatched])


def parsed(line: str) -> Line:
    """What a line of the process tells."""
    what, *rest = json.loads(line)
    if what == "sample":
        kind, started, ended, failure = rest
        return kind, Sample(started, ended, failure)
    if what == "change":
        return Change(*rest)
    return Ended(*(tuple(numbers) for numbers in rest))
