"""The testbed of an experiment: a lab, and the clients that observe it from outside."""

from collections.abc import Callable
from dataclasses import dataclass

from acceptance.framework.clients.api import Api
from acceptance.framework.clients.machines import On
from acceptance.framework.experiment.probes.protocol import Task
from labgen.lab.lab import Lab


@dataclass(frozen=True)
class Testbed:
    """A lab and everything that an experiment on it needs."""

    __test__ = False  # its name begins like a test's

    lab: Lab
    api: Api
    on: On
    task: Task  # what the probing process does
    pods: Callable[[], dict[str, str]]  # returns where the pods of the request stream are now
