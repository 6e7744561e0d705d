"""What may cross a lab's bridge: machines reach each other, the host reaches them, no more.

iptables, because that is where a Docker host's own FORWARD policy stands: with br_netfilter
loaded, that policy would drop what machines send each other.
"""

from collections.abc import Sequence

from labgen.lab.lab import Lab
from labgen.system.process import run

TIMEOUT = 30.0


def ensure(lab: Lab) -> bool:
    """Make the lab's rules; True if any was missing."""
    if len(rules(lab.id)) == len(_wanted(lab)):
        return False
    remove(lab.id)
    # -I puts a rule first, so the last one goes in first
    lines = [f"-I {rule}" for rule in reversed(_wanted(lab))]
    script = "\n".join(["*filter", *lines, "COMMIT", ""])
    run(["iptables-restore", "--wait", "--noflush"], timeout=TIMEOUT, input=script)
    return True


def rules(lab_id: str, entering: Sequence[str] = ()) -> list[str]:
    """The rules of the lab of that id that are there, as iptables -S prints them."""
    listed = run([*entering, "iptables", "--wait", "-S"], timeout=TIMEOUT).stdout
    return [line for line in listed.splitlines() if f"--comment {_comment(lab_id)} " in f"{line} "]


def remove(lab_id: str, entering: Sequence[str] = ()) -> None:
    """Remove the rules of the lab of that id that are there."""
    present = rules(lab_id, entering)
    if present:
        script = "\n".join(["*filter", *(f"-D{rule[2:]}" for rule in present), "COMMIT", ""])
        argv = [*entering, "iptables-restore", "--wait", "--noflush"]
        run(argv, timeout=TIMEOUT, input=script)


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
