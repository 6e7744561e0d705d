"""The probing process: `python -m acceptance.framework.experiment.probes TASK`.

It ends when its standard input ends. It is a separate process, so that neither pytest nor the
injection of a fault ever delays its clock.
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
from acceptance.framework.experiment.probes.protocol import (
    Ended,
    Probed,
    Task,
    change_line,
    ended_line,
    sample_line,
    task,
)
from acceptance.framework.experiment.probes.watch import Watch
from acceptance.framework.experiment.probes.writes import Writer
from labgen.recordings.metrics import (
    NEW_CONNECTION,
    PERSISTENT_CONNECTION,
    SERVICE,
    WATCH,
    WRITE,
)

HOST = "host"  # the name of the clients that run here
HZ = 50.0  # requests per second; a gap is known to 20 ms
SERVICE_HZ = 10.0  # per node; kube-proxy's rules change within seconds, not milliseconds
TIMEOUT = 2.0  # seconds; a slower answer comes too late for a waiting client
CATCH_UP = 15.0  # seconds for the watch to report the last writes: a TLS handshake may take ten
READYZ = "/readyz"
# If that is allowed, the process has precedence over everything else on the host, because it
# measures time. Processes that it starts do not. (Round robin with the lowest real-time priority,
# sched(7).)
CLOCK = os.SCHED_RR | os.SCHED_RESET_ON_FORK
LOWEST = os.sched_param(1)

Work = Coroutine[Any, Any, None]


def main() -> None:
    """Run until standard input ends."""
    with suppress(OSError):
        os.sched_setscheduler(0, CLOCK, LOWEST)
    asyncio.run(_run(task(sys.argv[1])))


async def _run(wanted: Task) -> None:
    """Run observers and the watch until the probes have ended; any error ends everything."""
    found = kubeconfig.credentials(Path(wanted.kubeconfig))
    endpoint = partial(Endpoint, found.host, found.port, name=found.name)
    anonymous, admin = endpoint(found.anonymous()), endpoint(found.administrator())
    multiplexed = endpoint(contexts.http2(found.administrator()))
    dial = partial(open_connection, multiplexed)
    client = persistent_connection.Client(
        persistent_connection.beginning_at(wanted.connected_to, dial)
        if wanted.connected_to
        else dial
    )
    writer = Writer(admin)
    watch = Watch(client, writer.sent, _keep(WATCH))
    stop, last = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, _stop, stop)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        pods = await _service(wanted, stack)
        observers = [group.create_task(work) for work in _observers(wanted, multiplexed)]
        group.create_task(watch.run(last))
        async with asyncio.TaskGroup() as probes:
            probe = new_connection.https(anonymous, READYZ)
            keep = _keep(NEW_CONNECTION)
            probes.create_task(_tick(probe, keep, stop, timeout=new_connection.TIMEOUT))
            probe = persistent_connection.probe(client, READYZ)
            probes.create_task(_tick(probe, _keep(PERSISTENT_CONNECTION), stop))
            write = _tick(writer.write, _keep(WRITE), stop, hz=writes.HZ, timeout=writes.TIMEOUT)
            probes.create_task(write)
            for node, probe in pods.items():
                probes.create_task(_tick(probe, _keep(SERVICE, node), stop, hz=SERVICE_HZ))
        await _caught_up(watch, writer)
        last.set()
        for observer in observers:
            observer.cancel()
    client.close()
    unwatched = sorted(set(writer.acknowledged) - watch.numbers)
    ended = Ended(tuple(writer.acknowledged), tuple(writer.unacknowledged), tuple(unwatched))
    _write_line(ended_line(ended))


async def _tick(
    probe: Probe, keep: Keep, stop: asyncio.Event, *, hz: float = HZ, timeout: float = TIMEOUT
) -> None:
    await ticking(probe, keep, stop, hz=hz, timeout=timeout)


async def _service(wanted: Task, stack: AsyncExitStack) -> dict[str, Probe]:
    """Return the probes of the pods by node; the forwarded sockets last as long as stack."""
    probes = {}
    directory = Path(stack.enter_context(TemporaryDirectory(prefix="labgen-")))
    for node, pod in wanted.pods.items():
        socket = directory / node
        forwarded = service.forwarded(Path(wanted.ssh_config), node, pod, socket)
        await stack.enter_async_context(forwarded)
        probes[node] = service.probe(socket, wanted.service, wanted.service_port)
    return probes


def _observers(wanted: Task, api: Endpoint) -> list[Work]:
    watching: list[Work] = [nodes(api, _report)]
    for name, address in wanted.masters.items():
        watching.append(owners(Path(wanted.ssh_config), name, wanted.vip, _report))
        if wanted.etcd:
            local_endpoint = wanted.local_endpoint.get(address, address)
            member = Endpoint(local_endpoint, PORT, contexts.etcd(Path(wanted.etcd)), address)
            watching.append(leader(name, member, _report))
    return watching


async def _caught_up(watch: Watch, writer: Writer) -> None:
    """Wait until the watch has reported every acknowledged write, at most CATCH_UP seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CATCH_UP):
            while not watch.numbers.issuperset(writer.acknowledged):
                await asyncio.sleep(0.05)


def _stop(stop: asyncio.Event) -> None:
    """Stop. Nothing is ever written to standard input, so it becomes readable only when it ends."""
    asyncio.get_running_loop().remove_reader(sys.stdin)
    stop.set()


def _keep(kind: str, client: str = HOST) -> Keep:
    return lambda sample: _write_line(sample_line(Probed(kind, client, sample)))


def _report(change: Change) -> None:
    _write_line(change_line(change))


def _write_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
