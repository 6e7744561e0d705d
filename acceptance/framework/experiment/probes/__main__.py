"""The probing process: `python -m acceptance.framework.experiment.probes TASK`.

It is told to end by its input's end.

A process of its own, so that neither pytest nor the injection of a fault ever holds its clock.
"""

import asyncio
import os
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acceptance.framework.clients import kubeconfig
from acceptance.framework.experiment.observers.changes import Change
from acceptance.framework.experiment.observers.leader import PORT, leader
from acceptance.framework.experiment.observers.nodes import nodes
from acceptance.framework.experiment.observers.owners import owners
from acceptance.framework.experiment.probes import (
    contexts,
    new_connection,
    persistent_connection,
    service,
    writes,
)
from acceptance.framework.experiment.probes.http2 import open_connection
from acceptance.framework.experiment.probes.new_connection import Endpoint
from acceptance.framework.experiment.probes.open_loop import Keep, Probe, ticking
from acceptance.framework.experiment.probes.task import (
    Ended,
    Task,
    change_line,
    ended_line,
    sample_line,
    task,
)
from acceptance.framework.experiment.probes.watch import Watch
from acceptance.framework.experiment.probes.writes import Writer

HZ = 50.0  # probes a second; a gap is known to 20 ms
SERVICE_HZ = 10.0  # a worker; kube-proxy's rules change within seconds, not milliseconds
TIMEOUT = 2.0  # seconds; what takes longer is no answer to a waiting client
CATCH_UP = 15.0  # seconds for the watch to tell of the last writes: its client may wait ten for TLS
READYZ = "/readyz"
# Where that is allowed, it runs before everything else on the host: it is the clock. What it starts
# does not. (Round robin with the lowest real-time priority, sched(7).)
CLOCK = os.SCHED_RR | os.SCHED_RESET_ON_FORK
LOWEST = os.sched_param(1)

Work = Coroutine[Any, Any, None]


def main() -> None:
    """Run until standard input ends."""
    with suppress(OSError):
        os.sched_setscheduler(0, CLOCK, LOWEST)
    asyncio.run(_run(task(sys.argv[1])))


async def _run(told: Task) -> None:
    """Observers and the watch run until the probes have ended; whatever breaks ends all."""
    found = kubeconfig.credentials(Path(told.kubeconfig))
    endpoint = partial(Endpoint, found.host, found.port, name=found.name)
    anonymous, admin = endpoint(found.anonymous()), endpoint(found.administrator())
    multiplexed = endpoint(contexts.http2(found.administrator()))
    dial = partial(open_connection, multiplexed)
    client = persistent_connection.Client(
        persistent_connection.beginning_at(told.kept_at, dial) if told.kept_at else dial
    )
    writer = Writer(admin)
    watch = Watch(client, writer.sent, _keep("watch"))
    stop, last = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, _heard, stop)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        asking = await _service(told, stack)
        observers = [group.create_task(work) for work in _observers(told, multiplexed)]
        group.create_task(watch.run(last))
        async with asyncio.TaskGroup() as probes:
            probes.create_task(_tick(new_connection.https(anonymous, READYZ), "fresh", stop))
            probes.create_task(_tick(persistent_connection.probe(client, READYZ), "kept", stop))
            probes.create_task(
                _tick(writer.write, "write", stop, hz=writes.HZ, timeout=writes.TIMEOUT)
            )
            for node, probe in asking.items():
                probes.create_task(_tick(probe, f"service {node}", stop, hz=SERVICE_HZ))
        await _caught_up(watch, writer)
        last.set()
        for observer in observers:
            observer.cancel()
    client.close()
    unwatched = sorted(set(writer.acknowledged) - watch.numbers)
    ended = Ended(tuple(writer.acknowledged), tuple(writer.unacknowledged), tuple(unwatched))
    _say(ended_line(ended))


async def _tick(
    probe: Probe, kind: str, stop: asyncio.Event, *, hz: float = HZ, timeout: float = TIMEOUT
) -> None:
    await ticking(probe, _keep(kind), stop, hz=hz, timeout=timeout)


async def _service(told: Task, stack: AsyncExitStack) -> dict[str, Probe]:
    """The probes of the pods by node, each by a forwarding that lasts as long as the stack."""
    probes = {}
    directory = Path(stack.enter_context(TemporaryDirectory(prefix="labgen-")))
    for node, pod in told.pods.items():
        socket = directory / node
        forwarded = service.forwarded(Path(told.ssh_config), node, pod, socket)
        await stack.enter_async_context(forwarded)
        probes[node] = service.probe(socket, told.service, told.service_port)
    return probes


def _observers(told: Task, api: Endpoint) -> list[Work]:
    watching: list[Work] = [nodes(api, _tell)]
    for name, address in told.masters.items():
        watching.append(owners(Path(told.ssh_config), name, told.vip, _tell))
        if told.etcd:
            local_endpoint = told.local_endpoint.get(address, address)
            member = Endpoint(local_endpoint, PORT, contexts.etcd(Path(told.etcd)), address)
            watching.append(leader(name, member, _tell))
    return watching


async def _caught_up(watch: Watch, writer: Writer) -> None:
    """Wait until the watch has told of all that was acknowledged, or for long enough."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CATCH_UP):
            while not watch.numbers.issuperset(writer.acknowledged):
                await asyncio.sleep(0.05)


def _heard(stop: asyncio.Event) -> None:
    """Nothing is ever said on standard input: that it is readable means that it has ended."""
    asyncio.get_running_loop().remove_reader(sys.stdin)
    stop.set()


def _keep(kind: str) -> Keep:
    return lambda sample: _say(sample_line(kind, sample))


def _tell(change: Change) -> None:
    _say(change_line(change))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
