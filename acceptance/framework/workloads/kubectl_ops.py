"""Common operations of kubectl on one pod: exec, logs -f, port-forward and cp.

Each operation raises LabgenError, OSError or AssertionError if it does not work.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from acceptance.framework.clients import kubectl, web
from acceptance.framework.clients.api import Api
from acceptance.framework.clients.kubectl import Stream
from acceptance.framework.workloads import manifests, rollout
from acceptance.framework.workloads.manifests import PORT, TOOL
from labgen.lab.lab import Lab, Machine

# a number every fifth of a second
COUNT = "i=0; while :; do i=$((i + 1)); echo $i; sleep 0.2; done"
COPIED = 1 << 20  # bytes
LOOPBACK = "127.0.0.1"
FORWARDING = re.compile(rf"Forwarding from {re.escape(LOOPBACK)}:(\d+)")
Operation = Callable[[], None]


@dataclass(frozen=True)
class Pod:
    """A pod that prints numbers in one container (with a shell and tar), and serves web pages in
    another."""

    lab: Lab
    namespace: str
    name: str

    def words(self, verb: str, *rest: str) -> list[str]:
        return [verb, "--namespace", self.namespace, *rest]

    def executing(self, script: str) -> list[str]:
        inside = ["--container", TOOL, "--", "sh", "-c", script]
        return self.words("exec", self.name, *inside)

    def following(self) -> list[str]:
        return self.words("logs", self.name, "--container", TOOL, "--follow", "--tail=1")

    def forwarding(self) -> list[str]:
        return self.words("port-forward", self.name, f":{PORT}")


def make(lab: Lab, api: Api, namespace: str, machine: Machine) -> Pod:
    """Return the pod, ready on that machine."""
    image = manifests.tool_image(api)
    manifest = manifests.tool_pod(image, COUNT, nodeName=machine.name)
    manifest["spec"]["containers"].append(manifests.web(manifests.web_image(lab)))
    rollout.apply(api, namespace, manifest)
    rollout.await_ready(api, namespace, TOOL, number=1)
    return Pod(lab, namespace, TOOL)


def all_of(pod: Pod, directory: Path) -> dict[str, Operation]:
    """Return every operation by its name; files are written to directory."""
    return {
        "exec": partial(execute, pod),
        "logs -f": partial(follow, pod),
        "port-forward": partial(forward, pod),
        "cp": partial(copy, pod, directory),
    }


def execute(pod: Pod) -> None:
    """Run a command in the pod."""
    assert kubectl.call(pod.lab, *pod.executing("echo $((6 * 7))")) == "42\n"


def follow(pod: Pod) -> None:
    """Follow the pod's output for three lines."""
    with kubectl.begun(pod.lab, *pod.following()) as stream:
        first, second, third = stream.await_lines(3)
        assert (int(second), int(third)) == (int(first) + 1, int(first) + 2)


def forward(pod: Pod) -> None:
    """Query the pod's web server through a forwarded port."""
    with kubectl.begun(pod.lab, *pod.forwarding()) as stream:
        assert web.get(LOOPBACK, forwarded_port(stream)) == pod.name


def copy(pod: Pod, directory: Path) -> None:
    """Copy a file into the pod and back."""
    there, back = (directory / f"{name}-{secrets.token_hex(3)}" for name in ("there", "back"))
    there.write_bytes(secrets.token_bytes(COPIED))
    inside = f"{pod.name}:/tmp/{there.name}"
    for source, to in ((str(there), inside), (inside, str(back))):
        kubectl.call(pod.lab, *pod.words("cp", "--container", TOOL, source, to))
    assert back.read_bytes() == there.read_bytes()


def forwarded_port(stream: Stream) -> int:
    """Return the port of this host that is forwarded to the pod."""
    [line] = stream.await_lines(1)
    found = FORWARDING.search(line)
    assert found, line
    return int(found[1])
