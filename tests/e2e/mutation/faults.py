"""Mutations next to a measured fault: before it, while it lasts, or after it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from acceptance.framework.experiment.probes import counter
from labgen.cluster import etcd
from labgen.lab.lab import Machine
from labgen.machine import access
from labgen.system.journal import Journal
from labgen.system.process import run
from tests.e2e.mutation import certificates
from tests.e2e.mutation.cluster_editor import ClusterEditor, edit, edited, firewall, restore, shell
from tests.e2e.mutation.load_balancer import CONFIG, RELOAD, backups
from tests.e2e.mutation.meanwhile import HEALED, INJECTED, after, upon
from tests.e2e.mutation.mutation import Doing

KEEPALIVED = "/etc/keepalived/keepalived.conf"
CHECK = "/usr/local/libexec/labgen/check-haproxy"
UNIT = "/etc/systemd/system/keepalived.service.d"
POWER = 60.0  # seconds for labgen start
RESTART = "systemctl restart keepalived"


@contextmanager
def slow_adverts(editor: ClusterEditor) -> Iterator[None]:
    """Set three seconds between adverts. The VIP moves after three missed ones.

    A keepalived that reloads another interval may give up its VIP, even later. So it is restarted
    instead, and no machine has the VIP for the first ten seconds.
    """
    change = "s/advert_int .*/advert_int 3/"
    with edited(editor, editor.masters, KEEPALIVED, change, then=RESTART):
        editor.until("the VIP on its first holder", partial(editor.has_vip, editor.masters[0]))
        yield


@contextmanager
def slow_check(editor: ClusterEditor) -> Iterator[None]:
    """Check HAProxy every two seconds, and give up the VIP after four failed checks."""
    change = ("s/^( *interval) 1$/\\1 2/", "s/^( *fall) 1$/\\1 4/")
    with edited(editor, editor.masters, KEEPALIVED, *change, then="systemctl reload keepalived"):
        yield


@contextmanager
def deep_check(editor: ClusterEditor) -> Iterator[None]:
    """Have the first control plane's keepalived check the API behind HAProxy.

    On all control planes this would make the VIP flap: every check reaches API servers that are
    slow or cut off.
    """
    url = f"https://127.0.0.1:{editor.lab.scenario.network.api_port}/readyz"
    change = f"s|^exec .*|exec curl -ksf --max-time 0.9 {url} >/dev/null|"
    with edited(editor, editor.masters[:1], CHECK, change):
        yield


@contextmanager
def left_address(editor: ClusterEditor) -> Iterator[None]:
    """Remove the line of the unit by which systemd removes the VIP of a dead keepalived."""
    change, then = "s/^ExecStopPost=.*//", "systemctl daemon-reload"
    path = f"$(ls {UNIT}/*.conf)"
    file = editor.on(editor.masters[0], f"grep -l ExecStopPost {path}").strip()
    with edited(editor, editor.masters[:1], file, change, then=then):
        yield


@contextmanager
def silent_shutdown(editor: ClusterEditor) -> Iterator[None]:
    """Have shutdown kill keepalived, so that it does not hand the VIP over."""
    there = f"printf '[Service]\\nKillSignal=SIGKILL\\n' >{UNIT}/labgen-mutation.conf"
    reread = "systemctl daemon-reload"
    with (
        shell(
            editor,
            editor.masters,
            f"{there}; {reread}",
            f"rm -f {UNIT}/labgen-mutation.conf; {reread}",
        ),
        slow_adverts(editor),
    ):
        yield


@contextmanager
def one_server(editor: ClusterEditor) -> Iterator[None]:
    """Have HAProxy use one API server, the others as backups, with slow checks."""
    used = idle_master(editor)
    spares = backups(editor, [machine for machine in editor.masters if machine != used])
    slow = (
        "s/timeout connect .*/timeout connect 4s/",
        "s/^( *)option redispatch 1/\\1no option redispatch/",
        "s/^( *retries) .*/\\1 0/",
        "s/ inter .*/ inter 3s fall 2 rise 1/",
    )
    with edited(editor, editor.masters, CONFIG, *slow, *spares, then=RELOAD):
        yield


@contextmanager
def slow_successors(editor: ClusterEditor) -> Iterator[None]:
    """Delay every connection for four seconds, on all control planes except the first."""
    port = editor.lab.scenario.network.api_port
    wait = "  tcp-request inspect-delay 4s\\n  tcp-request content accept if WAIT_END"
    change = f"s/^  bind \\*:{port}$/&\\n{wait}/"
    with edited(editor, editor.masters[1:], CONFIG, change, then=RELOAD):
        yield


@contextmanager
def no_resets(editor: ClusterEditor) -> Iterator[None]:
    port = editor.lab.scenario.network.api_port
    rule = f"tcp sport {port} tcp flags & rst == rst drop"
    with firewall(editor, editor.masters[1:], "output", rule):
        yield


@contextmanager
def past_the_vip(editor: ClusterEditor) -> Iterator[None]:
    """Point the user's kubeconfig at another control plane's API server."""
    with certificates.past_the_vip(editor, editor.last):
        yield


@contextmanager
def lost_write(editor: ClusterEditor) -> Iterator[None]:
    """Remove the first number, which was acknowledged before the fault was injected."""

    def remove() -> None:
        held = {
            number: found["metadata"]["name"]
            for found in editor.api.items(f"{counter.COLLECTION}?{counter.SELECTOR}")
            for number in counter.numbers([found])
        }
        first = min(held)
        editor.patch(f"{counter.COLLECTION}/{held[first]}", {"data": {counter.key(first): None}})

    with upon(after(editor, INJECTED), remove):
        yield


@contextmanager
def late_owner(editor: ClusterEditor) -> Iterator[None]:
    """Add the VIP to the last control plane, next to the next holder, without announcing it."""
    address = f"{editor.lab.vip}/32 dev eth0"
    moved = partial(editor.has_vip, editor.masters[1])
    try:
        with during(
            editor, moved, editor.last, f"ip address add {address}", f"ip address delete {address}"
        ):
            yield
    finally:
        editor.on(editor.last, f"ip address delete {address} || true")


@contextmanager
def lasting_owner(editor: ClusterEditor) -> Iterator[None]:
    """Add the VIP to the last control plane as well once the fault is healed."""
    address = f"{editor.lab.vip}/32 dev eth0"
    healed = after(editor, HEALED)

    try:
        with once(editor, healed, editor.last, f"ip address add {address}"):
            yield
    finally:
        editor.on(editor.last, f"ip address delete {address} || true")


@contextmanager
def restarted_keepalived(editor: ClusterEditor) -> Iterator[None]:
    with once(editor, after(editor, INJECTED), editor.masters[0], RESTART):
        yield


@contextmanager
def killed_api_servers(editor: ClusterEditor) -> Iterator[None]:
    kill = partial(editor.on_each, editor.masters, "pkill -KILL --exact kube-apiserver")
    with upon(after(editor, INJECTED), kill):
        yield


@contextmanager
def power_returns(editor: ClusterEditor) -> Iterator[None]:
    """Give one machine its power back by labgen; healing the fault then finds it switched on."""
    words = [sys.executable, "-m", "labgen", "start", editor.lab.name, editor.masters[1].name]
    with upon(after(editor, INJECTED), partial(run, words, timeout=POWER)):
        yield


@contextmanager
def no_forwarding(editor: ClusterEditor) -> Iterator[None]:
    off, on = (f"sysctl --quiet net.ipv4.ip_forward={value}" for value in (0, 1))
    try:
        with during(editor, after(editor, INJECTED), editor.worker, off, on):
            yield
    finally:
        editor.on(editor.worker, on)


@contextmanager
def broken_survivor(editor: ClusterEditor) -> Iterator[None]:
    """Give a control plane a wrong haproxy.cfg as soon as the fault is injected: one that the fault
    does not affect.

    If the fault affects all, it is the last one.
    """
    changed: list[Machine] = []

    def spoil() -> None:
        hit = _last_hit(editor)
        spared = [machine for machine in editor.masters if machine.name not in hit]
        machine = (spared or editor.masters)[-1]
        wrong = f"s/{editor.last.address}:6443/{editor.last.address}:6444/"
        changed.append(machine)
        editor.on(machine, *edit(CONFIG, wrong, then=RELOAD))

    try:
        with upon(after(editor, INJECTED), spoil):
            yield
    finally:
        editor.on_each(changed, restore(CONFIG, then=RELOAD))


def disabled(unit: str, machine: Callable[[ClusterEditor], Machine]) -> Doing:
    """Return a mutation that disables a unit on that machine, so that no boot starts it."""

    @contextmanager
    def doing(editor: ClusterEditor) -> Iterator[None]:
        disable, enable = f"systemctl disable {unit}", f"systemctl enable --now {unit}"
        with shell(editor, [machine(editor)], disable, enable):
            yield
        editor.until_ready(machine(editor))

    return doing


@contextmanager
def during(
    editor: ClusterEditor, begins: Callable[[], bool], machine: Machine, there: str, back: str
) -> Iterator[None]:
    """Run one command on the machine once something has begun, and another when the fault is
    healed."""
    healed = after(editor, HEALED)
    with once(editor, begins, machine, there), once(editor, healed, machine, back):
        yield


@contextmanager
def once(
    editor: ClusterEditor, begins: Callable[[], bool], machine: Machine, command: str
) -> Iterator[None]:
    """Run the command on the machine once something has begun."""
    with upon(begins, partial(editor.on, machine, command)):
        yield


def idle_master(editor: ClusterEditor) -> Machine:
    """Return the control plane whose power the suite will cut: neither the VIP holder nor etcd's
    leader."""
    members = etcd.members(access.ssh_client(editor.lab), editor.lab, editor.masters[0])
    leader = next(member.name for member in members if member.leader)
    return next(machine for machine in editor.masters[1:] if machine.name != leader)


def _last_hit(editor: ClusterEditor) -> list[str]:
    """Return the machines of the last fault."""
    told = Journal(editor.lab.directory / "journal.jsonl").read()
    return next(list(line["machines"]) for line in reversed(told) if line["event"] == INJECTED)
