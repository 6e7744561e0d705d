"""What goes wrong beside a fault that is measured: before it, while it lasts, or after it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from acceptance.framework.clients import machines
from acceptance.framework.experiment.probes import counter
from labgen.lab.lab import Machine
from labgen.system.journal import Journal
from labgen.system.process import run
from tests.e2e.mutation import certificates
from tests.e2e.mutation.cluster_editor import Hands, edit, edited, firewall, restore, shell
from tests.e2e.mutation.load_balancer import CONFIG, RELOAD, backups
from tests.e2e.mutation.meanwhile import HEALED, INJECTED, after, upon
from tests.e2e.mutation.mutation import Doing

KEEPALIVED = "/etc/keepalived/keepalived.conf"
CHECK = "/usr/local/libexec/labgen/check-haproxy"
UNIT = "/etc/systemd/system/keepalived.service.d"
POWER = 60.0  # seconds for labgen start
RESTART = "systemctl restart keepalived"


@contextmanager
def slow_adverts(hands: Hands) -> Iterator[None]:
    """Three seconds between adverts: three of them have to be missed.

    A keepalived that learns of another interval while it runs may leave its VIP, also later on: it
    is started anew instead, and the VIP is away for the first ten seconds.
    """
    change = "s/advert_int .*/advert_int 3/"
    with edited(hands, hands.masters, KEEPALIVED, change, then=RESTART):
        hands.until("the VIP on the first master", partial(hands.has_vip, hands.masters[0]))
        yield


@contextmanager
def slow_check(hands: Hands) -> Iterator[None]:
    """HAProxy is looked at every two seconds, and has to be missed four times."""
    change = ("s/^( *interval) 1$/\\1 2/", "s/^( *fall) 1$/\\1 4/")
    with edited(hands, hands.masters, KEEPALIVED, *change, then="systemctl reload keepalived"):
        yield


@contextmanager
def deep_check(hands: Hands) -> Iterator[None]:
    """keepalived asks through HAProxy for the API behind it, on the first master. On all of them
    the VIP would flap: every check meets API servers that are slow or cut off."""
    url = f"https://127.0.0.1:{hands.lab.scenario.network.api_port}/readyz"
    change = f"s|^exec .*|exec curl -ksf --max-time 0.9 {url} >/dev/null|"
    with edited(hands, hands.masters[:1], CHECK, change):
        yield


@contextmanager
def left_address(hands: Hands) -> Iterator[None]:
    """Without the part of its unit by which systemd takes the VIP from a keepalived that died."""
    change, then = "s/^ExecStopPost=.*//", "systemctl daemon-reload"
    path = f"$(ls {UNIT}/*.conf)"
    file = hands.on(hands.masters[0], f"grep -l ExecStopPost {path}").strip()
    with edited(hands, hands.masters[:1], file, change, then=then):
        yield


@contextmanager
def silent_shutdown(hands: Hands) -> Iterator[None]:
    """A keepalived that is killed where it should end says no goodbye."""
    there = f"printf '[Service]\\nKillSignal=SIGKILL\\n' >{UNIT}/labgen-teeth.conf"
    reread = "systemctl daemon-reload"
    with (
        shell(
            hands, hands.masters, f"{there}; {reread}", f"rm -f {UNIT}/labgen-teeth.conf; {reread}"
        ),
        slow_adverts(hands),
    ):
        yield


@contextmanager
def one_server(hands: Hands) -> Iterator[None]:
    """HAProxy with one API server in use, the others as spares, and slow to notice."""
    used = idle_master(hands)
    spares = backups(hands, [machine for machine in hands.masters if machine != used])
    slow = (
        "s/timeout connect .*/timeout connect 4s/",
        "s/^( *)option redispatch 1/\\1no option redispatch/",
        "s/^( *retries) .*/\\1 0/",
        "s/verify none inter .*/verify none inter 3s fall 2 rise 1/",
    )
    with edited(hands, hands.masters, CONFIG, *slow, *spares, then=RELOAD):
        yield


@contextmanager
def slow_successors(hands: Hands) -> Iterator[None]:
    """Every connection waits, on all masters but the first."""
    port = hands.lab.scenario.network.api_port
    wait = "  tcp-request inspect-delay 4s\\n  tcp-request content accept if WAIT_END"
    change = f"s/^  bind \\*:{port}$/&\\n{wait}/"
    with edited(hands, hands.masters[1:], CONFIG, change, then=RELOAD):
        yield


@contextmanager
def no_resets(hands: Hands) -> Iterator[None]:
    port = hands.lab.scenario.network.api_port
    rule = f"tcp sport {port} tcp flags & rst == rst drop"
    with firewall(hands, hands.masters[1:], "output", rule):
        yield


@contextmanager
def past_the_vip(hands: Hands) -> Iterator[None]:
    """The user's kubeconfig with another master's API server."""
    with certificates.past_the_vip(hands, hands.last):
        yield


@contextmanager
def lost_write(hands: Hands) -> Iterator[None]:
    """The first number is removed: it was acknowledged before anything was done to the lab."""

    def remove() -> None:
        held = {
            number: found["metadata"]["name"]
            for found in hands.api.items(f"{counter.COLLECTION}?{counter.SELECTOR}")
            for number in counter.numbers([found])
        }
        first = min(held)
        hands.patch(f"{counter.COLLECTION}/{held[first]}", {"data": {counter.key(first): None}})

    with upon(after(hands, INJECTED), remove):
        yield


@contextmanager
def late_owner(hands: Hands) -> Iterator[None]:
    """The last master has the VIP beside the next holder, and says so to nobody."""
    address = f"{hands.lab.vip}/32 dev eth0"
    moved = partial(hands.has_vip, hands.masters[1])
    try:
        with during(
            hands, moved, hands.last, f"ip address add {address}", f"ip address delete {address}"
        ):
            yield
    finally:
        hands.on(hands.last, f"ip address delete {address} || true")


@contextmanager
def lasting_owner(hands: Hands) -> Iterator[None]:
    """The last master has the VIP too from the healing on."""
    address = f"{hands.lab.vip}/32 dev eth0"
    healed = after(hands, HEALED)

    try:
        with once(hands, healed, hands.last, f"ip address add {address}"):
            yield
    finally:
        hands.on(hands.last, f"ip address delete {address} || true")


@contextmanager
def restarted_keepalived(hands: Hands) -> Iterator[None]:
    with once(hands, after(hands, INJECTED), hands.masters[0], RESTART):
        yield


@contextmanager
def killed_api_servers(hands: Hands) -> Iterator[None]:
    kill = partial(hands.on_each, hands.masters, "pkill -KILL --exact kube-apiserver")
    with upon(after(hands, INJECTED), kill):
        yield


@contextmanager
def power_returns(hands: Hands) -> Iterator[None]:
    """By labgen's own door: the fault's healing then finds that machine on."""
    words = [sys.executable, "-m", "labgen", "start", hands.lab.name, hands.masters[1].name]
    with upon(after(hands, INJECTED), partial(run, words, timeout=POWER)):
        yield


@contextmanager
def no_forwarding(hands: Hands) -> Iterator[None]:
    off, on = (f"sysctl --quiet net.ipv4.ip_forward={value}" for value in (0, 1))
    try:
        with during(hands, after(hands, INJECTED), hands.worker, off, on):
            yield
    finally:
        hands.on(hands.worker, on)


@contextmanager
def broken_survivor(hands: Hands) -> Iterator[None]:
    """From the fault on, a master to which nothing is done has a wrong haproxy.cfg; the last one
    where something is done to all."""
    changed: list[Machine] = []

    def spoil() -> None:
        hit = _last_hit(hands)
        spared = [machine for machine in hands.masters if machine.name not in hit]
        machine = (spared or hands.masters)[-1]
        wrong = f"s/{hands.last.address}:6443/{hands.last.address}:6444/"
        changed.append(machine)
        hands.on(machine, *edit(CONFIG, wrong, then=RELOAD))

    try:
        with upon(after(hands, INJECTED), spoil):
            yield
    finally:
        hands.on_each(changed, restore(CONFIG, then=RELOAD))


def disabled(unit: str, machine: Callable[[Hands], Machine]) -> Doing:
    """A unit that no boot starts any more, on that machine."""

    @contextmanager
    def doing(hands: Hands) -> Iterator[None]:
        disable, enable = f"systemctl disable {unit}", f"systemctl enable --now {unit}"
        with shell(hands, [machine(hands)], disable, enable):
            yield
        hands.until_ready(machine(hands))

    return doing


@contextmanager
def during(
    hands: Hands, begins: Callable[[], bool], machine: Machine, there: str, back: str
) -> Iterator[None]:
    """One command on the machine once something has begun, and another when the fault is healed."""
    healed = after(hands, HEALED)
    with once(hands, begins, machine, there), once(hands, healed, machine, back):
        yield


@contextmanager
def once(
    hands: Hands, begins: Callable[[], bool], machine: Machine, command: str
) -> Iterator[None]:
    """The command on the machine, once something has begun."""
    with upon(begins, partial(hands.on, machine, command)):
        yield


def idle_master(hands: Hands) -> Machine:
    """The master whose power the suite will cut: it neither holds the VIP nor leads etcd."""
    first = machines.on(hands.lab)(hands.masters[0].name)
    names = {member["ID"]: member["name"] for member in machines.etcd_members(first)}
    leader = names[machines.etcd_leader(first)]
    return next(machine for machine in hands.masters[1:] if machine.name != leader)


def _last_hit(hands: Hands) -> list[str]:
    """The machines of the last fault."""
    told = Journal(hands.lab.directory / "journal.jsonl").read()
    return next(list(line["machines"]) for line in reversed(told) if line["event"] == INJECTED)
