"""The task of the probing process, and the lines in which it reports its observations."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from acceptance.framework.experiment.observers.changes import Change
from labgen.recordings.recording import Sample


@dataclass(frozen=True)
class Task:
    """The complete task. Paths and addresses are text, so that they can be sent as JSON."""

    kubeconfig: str
    ssh_config: str
    vip: str
    masters: Mapping[str, str]  # control planes whose VIP and etcd are watched: name to address
    connected_to: str = ""  # the API server at which the persistent connection begins; empty: any
    etcd: str = ""  # directory with ca.crt, client.crt, client.key; empty: etcd is not watched
    # Other addresses by which etcd is reached from here, by the control plane's own address.
    local_endpoint: Mapping[str, str] = field(default_factory=dict)
    pods: Mapping[str, str] = field(default_factory=dict)  # HOST:PORT of the client pod on a node
    service: str = ""  # the address that those pods query
    service_port: int = 80

    def to_json(self) -> str:
        """Return the task for the command line of the process."""
        return json.dumps(asdict(self))


def task(text: str) -> Task:
    """Return the task in that command line."""
    return Task(**json.loads(text))


@dataclass(frozen=True)
class Ended:
    """What is known about the writes at the end."""

    acknowledged: tuple[int, ...]
    unacknowledged: tuple[int, ...]
    unwatched: tuple[int, ...]  # acknowledged, but the watch never reported them


@dataclass(frozen=True)
class Probed:
    """One request of one client."""

    kind: str
    client: str  # where it runs: `host`, or a node
    sample: Sample


Line = Probed | Change | Ended


def sample_line(probed: Probed) -> str:
    sample = probed.sample
    values = [probed.kind, probed.client, sample.started, sample.ended, sample.failure]
    return json.dumps(["sample", *values])


def change_line(change: Change) -> str:
    return json.dumps(["change", change.lane, change.at, change.subject, change.state])


def ended_line(ended: Ended) -> str:
    return json.dumps(["ended", ended.acknowledged, ended.unacknowledged, ended.unwatched])


def parsed(line: str) -> Line:
    """Return the content of a line of the process."""
    what, *rest = json.loads(line)
    if what == "sample":
        kind, client, *sample = rest
        return Probed(kind, client, Sample(*sample))
    if what == "change":
        return Change(*rest)
    return Ended(*(tuple(numbers) for numbers in rest))
