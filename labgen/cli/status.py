"""labgen status: whether a lab is healthy."""

import dataclasses
import json

import click

from labgen import faults
from labgen.cli.session import common
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
    """Show power, nodes, VIP holder, etcd members, HAProxy's view of the API servers, and faults.

    Exit code 1 when anything does not answer or is not as it should be.
    """
    lab = store.load(name)
    seen = observe(lab)
    injected = [str(injection) for injection in faults.active(lab)]
    if output == "json":
        shown = {"name": lab.name, **dataclasses.asdict(seen), "faults": injected}
        click.echo(json.dumps(shown, indent=2))
    else:
        click.echo(f"lab {lab.name}: scenario {lab.scenario.name}, API at {lab.server}")
        for line in [*_lines(seen), *(f"fault: {injection}" for injection in injected)]:
            click.echo(line)
    if seen.problems:
        raise SystemExit(1)


def _lines(seen: Status) -> list[str]:
    ready = {
        node.name: "Ready" if node.ready else f"NotReady: {node.reason}" for node in seen.nodes
    }
    lines = ["machine     power   node"]
    lines += [
        f"{name:<11} {state:<7} {ready.get(name, '-')}" for name, state in seen.machines.items()
    ]
    lines.append(f"VIP holder: {', '.join(seen.holders) or 'none seen'}")
    lines += [
        f"etcd {member.name}: {'healthy' if member.healthy else 'does not answer'}"
        f"{', leader' if member.leader else ''}{', learner' if member.learner else ''}"
        for member in seen.etcd
    ]
    for master, servers in seen.api_servers.items():
        shown = ", ".join(f"{name} {state}" for name, state in servers.items())
        lines.append(f"HAProxy on {master}: {shown}")
    return [*lines, *(f"problem: {problem}" for problem in seen.problems)]
