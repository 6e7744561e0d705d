"""System containers, for the provider contract."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from labgen.lab.lab import Lab
from labgen.providers.container import checkpoint_store
from labgen.providers.registry import provider
from labgen.system import paths
from labgen.system.process import run
from tests.e2e.provider_contract.subject import MACHINES, Site

TIMEOUT = 60.0


@contextmanager
def site(_request: pytest.FixtureRequest) -> Iterator[Site]:
    """Yield this host."""
    yield Site(
        words=("-s", "provider.name=container", "-s", MACHINES),
        provider=provider("container"),
        seen=_seen,
        tear=_tear,
        residues={
            "a container": _leave_container,
            "a network namespace": _leave_namespace,
            "a bridge": _leave_bridge,
            "a firewall rule": _leave_rule,
            "disks": _leave_disks,
            "checkpoints": _leave_checkpoints,
        },
        saving=_saving,
    )


def _saving(lab: Lab) -> bool:
    return (checkpoint_store.directory(lab) / ".before.part").exists()


def _seen(lab: Lab) -> list[str]:
    containers = json.loads(run(["podman", "ps", "--all", "--format", "json"], timeout=30).stdout)
    names = [entry["Names"][0] for entry in containers]
    names += [line.split()[0] for line in _lines("ip", "netns", "list")]
    names += [line.split(": ")[1].split("@")[0] for line in _lines("ip", "-o", "link", "show")]
    for place in ("disks", "checkpoints"):
        names += [str(path) for path in (paths.cache() / place).glob("*")]
    marks = (lab.machine_prefix, f"labgen-{lab.id}-", f"{lab.name}-{lab.id}")
    return [name for name in names if name == lab.bridge or any(mark in name for mark in marks)]


def _tear(lab: Lab) -> None:
    """Leave a machine without its container, and the network without its bridge and its rules."""
    gone = lab.machines[-1]
    run(["podman", "rm", "--force", "--time", "0", _name(lab, gone.name)], timeout=TIMEOUT)
    run(["ip", "link", "delete", lab.bridge], timeout=TIMEOUT)
    for line in _lines("iptables", "-S", "FORWARD"):
        if f"labgen-{lab.id}" in line:
            run(["iptables", *line.replace("-A", "-D", 1).split()], timeout=TIMEOUT)


def _leave_container(lab: Lab) -> None:
    words = ["podman", "--runtime", "runc", "create", "--name", _name(lab, lab.machines[0].name)]
    words += ["--label", f"labgen.directory={lab.directory}"]
    images = _lines("podman", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}")
    image = next(image for image in images if "labgen/machine" in image)
    run([*words, image], timeout=TIMEOUT)


def _leave_namespace(lab: Lab) -> None:
    run(["ip", "netns", "add", f"labgen-{lab.id}-{lab.machines[0].name}"], timeout=TIMEOUT)


def _leave_bridge(lab: Lab) -> None:
    run(["ip", "link", "add", lab.bridge, "type", "bridge"], timeout=TIMEOUT)


def _leave_rule(lab: Lab) -> None:
    mark = ["-m", "comment", "--comment", f"labgen-{lab.id}"]
    run(["iptables", "-A", "FORWARD", "-i", lab.bridge, *mark, "-j", "DROP"], timeout=TIMEOUT)


def _leave_disks(lab: Lab) -> None:
    (paths.cache() / "disks" / f"{lab.name}-{lab.id}" / "master1").mkdir(parents=True)


def _leave_checkpoints(lab: Lab) -> None:
    (checkpoint_store.directory(lab) / "before").mkdir(parents=True)


def _name(lab: Lab, machine: str) -> str:
    return f"{lab.machine_prefix}{machine}"


def _lines(*words: str) -> list[str]:
    return run(words, timeout=TIMEOUT).stdout.splitlines()
