"""What may cross a lab's bridge: machines reach each other, the host reaches them, nothing else.

The rules use iptables, because a Docker host's FORWARD policy is there: with br_netfilter loaded,
that policy would drop packets between machines. Each rule has the lab's id as its comment.
"""

import re
from collections.abc import Sequence
from functools import partial

from labgen.lab.lab import Lab
from labgen.providers.container import filter_table
from labgen.providers.settled import act
from labgen.system.process import run

TIMEOUT = 30.0
OPTIONS = ("-i", "-o", "-p", "-m", "-j")
COMMENT = re.compile(r"--comment labgen-([0-9a-f]{8})(?: |$)")


def ensure(lab: Lab) -> bool:
    """Create the lab's rules; return True if any was missing."""
    with filter_table.turn():
        if not missing(lab):
            return False
        filter_table.ensure()
        _remove(lab.id)
        # -I puts a rule first, so the last one goes in first
        lines = [f"-I {rule}" for rule in reversed(_wanted(lab))]
        script = "\n".join(["*filter", *lines, "COMMIT", ""])
        run(["iptables-restore", "--wait", "--noflush"], timeout=TIMEOUT, input=script)
        return True


def by_lab(entering: Sequence[str] = ()) -> dict[str, list[str]]:
    """Return the rules of all labs, by Lab.id, as iptables -S prints them."""
    listed = run([*entering, "iptables", "--wait", "-S"], timeout=TIMEOUT).stdout
    found: dict[str, list[str]] = {}
    for line in listed.splitlines():
        if commented := COMMENT.search(line):
            found.setdefault(commented[1], []).append(line)
    return found


def rules(lab_id: str, entering: Sequence[str] = ()) -> list[str]:
    """Return the existing rules of the lab with that id."""
    return by_lab(entering).get(lab_id, [])


def missing(lab: Lab, entering: Sequence[str] = ()) -> int:
    """Return how many of the lab's rules do not exist: a reload of the host's firewall may have
    flushed them."""
    present = {_key(rule) for rule in rules(lab.id, entering)}
    return sum(_key(rule) not in present for rule in _wanted(lab))


def remove(lab_id: str, entering: Sequence[str] = ()) -> None:
    """Remove the rules of the lab with that id; with the last lab's, also an empty table that
    labgen created."""
    with filter_table.turn():
        _remove(lab_id, entering)
        filter_table.remove_empty(entering)


def _remove(lab_id: str, entering: Sequence[str] = ()) -> None:
    present = rules(lab_id, entering)
    if present:
        script = "\n".join(["*filter", *(f"-D{rule[2:]}" for rule in present), "COMMIT", ""])
        argv = [*entering, "iptables-restore", "--wait", "--noflush"]
        remove = partial(run, argv, timeout=TIMEOUT, input=script)
        act(remove, lambda: not rules(lab_id, entering))


def _key(rule: str) -> tuple[str, ...]:
    """Return what tells one rule of a lab from its others; iptables prints more words than it was
    given."""
    words = rule.removeprefix("-A ").split()
    return (words[0], *(words[words.index(it) + 1] if it in words else "" for it in OPTIONS))


def _comment(lab_id: str) -> str:
    return f"labgen-{lab_id}"


def _wanted(lab: Lab) -> list[str]:
    mark = f"-m comment --comment {_comment(lab.id)}"
    bridge = lab.bridge
    return [
        f"FORWARD -i {bridge} -o {bridge} {mark} -j ACCEPT",
        f"FORWARD -i {bridge} {mark} -j DROP",
        f"FORWARD -o {bridge} {mark} -j DROP",
        f"INPUT -i {bridge} -m conntrack --ctstate ESTABLISHED,RELATED {mark} -j ACCEPT",
        f"INPUT -i {bridge} -p icmp {mark} -j ACCEPT",
        f"INPUT -i {bridge} {mark} -j REJECT",
    ]
