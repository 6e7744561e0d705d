"""labgen status: whether a lab is healthy."""

from collections.abc import Iterator
from dataclasses import asdict

import click

from labgen import faults
from labgen.cli import shapes
from labgen.cli.output import output_option, print_json
from labgen.cli.session import common, lab_argument
from labgen.cluster.etcd import EtcdMember
from labgen.console import print_table
from labgen.faults.records import Injection
from labgen.lab import store
from labgen.operations.status import Status
from labgen.operations.status import status as observe

NODE = ("name", "ready", "reason", "schedulable", "status")
POD = ("name", "node", "ready", "state", "message")


@click.command()
@lab_argument
@output_option(shapes.Status)
@common
def status(name: str, output: str) -> None:
    """Show whether a lab is healthy: machines, nodes, pods, VIP, etcd, HAProxy, faults.

    Exit code 1 when there is a problem: something does not answer, is not healthy, or the last
    `labgen up` failed. A note, such as a cordoned node, is not a problem.
    """
    lab = store.load(name)
    seen = observe(lab)
    active = faults.active(lab)
    injected = tuple(str(injection) for injection in active)
    if output == "json":
        print_json(_shape(lab.name, seen, injected))
    else:
        click.echo(f"lab {lab.name}: scenario {lab.scenario.name}, API at {lab.server}")
        nodes = {node.name: node.status for node in seen.nodes}
        rows = [(it, state.value, nodes.get(it, "-")) for it, state in seen.machines.items()]
        print_table(("MACHINE", "POWER", "NODE"), rows)
        for line in [*_lines(seen), *(_fault(it) for it in active)]:
            click.echo(line)
    if seen.problems:
        raise SystemExit(1)


def _shape(name: str, seen: Status, injected: tuple[str, ...]) -> shapes.Status:
    """Return the status in the shape for JSON, in which pods have no labels."""
    pods = [{field: getattr(pod, field) for field in POD} for pod in seen.pods]
    nodes = [{field: getattr(node, field) for field in NODE} for node in seen.nodes]
    shown = {**asdict(seen), "nodes": nodes, "pods": pods}
    return shapes.Status.model_validate({"name": name, **shown, "faults": injected})


def _lines(seen: Status) -> Iterator[str]:
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


def _fault(injection: Injection) -> str:
    lasts = f", {injection.remaining()}" if injection.duration else ""
    return f"fault: {injection}{lasts}"


def _member(member: EtcdMember) -> Iterator[str]:
    yield "healthy" if member.healthy else member.message or "does not answer"
    if member.leader:
        yield "leader"
    if member.learner:
        yield "learner"
