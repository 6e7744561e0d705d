"""labgen status: whether a lab is healthy."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import click

from labgen import faults
from labgen.cli.session import common
from labgen.cluster.etcd import EtcdMember
from labgen.lab import store
from labgen.operations.status import Status
from labgen.operations.status import status as observe


@click.command()
@click.argument("name")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Form of the output.",
)
@common
def status(name: str, output: str) -> None:
    """Show whether a lab is healthy: machines, nodes, pods, VIP, etcd, HAProxy, faults.

    Exit code 1 when there is a problem: something does not answer, is not healthy, or the last
    `labgen up` failed. A note, such as a cordoned node, is no problem.
    """
    lab = store.load(name)
    seen = observe(lab)
    injected = [str(injection) for injection in faults.active(lab)]
    if output == "json":
        click.echo(json.dumps({"name": lab.name, **_data(seen), "faults": injected}, indent=2))
    else:
        click.echo(f"lab {lab.name}: scenario {lab.scenario.name}, API at {lab.server}")
        for line in [*_lines(seen), *(f"fault: {injection}" for injection in injected)]:
            click.echo(line)
    if seen.problems:
        raise SystemExit(1)


def _data(seen: Status) -> dict[str, Any]:
    """The status as JSON; pods without their labels."""
    shown = ("name", "node", "ready", "state", "message")
    pods = [{field: getattr(pod, field) for field in shown} for pod in seen.pods]
    nodes = [{**dataclasses.asdict(node), "status": node.status} for node in seen.nodes]
    return {**dataclasses.asdict(seen), "nodes": nodes, "pods": pods}


def _lines(seen: Status) -> Iterator[str]:
    nodes = {node.name: node.status for node in seen.nodes}
    yield "machine     power   node"
    for name, state in seen.machines.items():
        yield f"{name:<11} {state:<7} {nodes.get(name, '-')}"
    if seen.pods:
        ready = sum(1 for pod in seen.pods if pod.ready)
        yield f"pods of the cluster: {ready} of {len(seen.pods)} ready"
    yield f"VIP holder: {', '.join(seen.holders) or 'none seen'}"
    for member in seen.etcd:
        yield f"etcd {member.name}: {', '.join(_member(member))}"
    for master, servers in seen.api_servers.items():
        shown = ", ".join(f"{name} {state}" for name, state in servers.items())
        yield f"HAProxy on {master}: {shown}"
    yield from (f"note: {note}" for note in seen.notes)
    yield from (f"problem: {problem}" for problem in seen.problems)


def _member(member: EtcdMember) -> Iterator[str]:
    yield "healthy" if member.healthy else member.message or "does not answer"
    if member.leader:
        yield "leader"
    if member.learner:
        yield "learner"
