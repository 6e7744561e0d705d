"""Log in to an existing machine and become root on it, or explain what prevents it."""

import re
import time

from labgen.errors import LabgenError
from labgen.lab.lab import Machine
from labgen.machine.finding import Finding
from labgen.machine.ssh import Ssh
from labgen.system.jump_host import JumpHost
from labgen.system.process import CommandTimedOut, Completed, run

LOGIN = 15.0  # seconds; ssh itself gives up on an address after five
SCAN = 5
SHOWN = 60  # characters of a line in an error
GREETING = 'date +%s.%N; id -u; echo "$SSH_CONNECTION"'


class Unread(LabgenError):
    """A machine's facts could not be read. silent: nothing answered at its address."""

    def __init__(self, what: str, remedy: str, *, silent: bool = False) -> None:
        super().__init__(what, hint=remedy)
        self.finding = Finding(what, remedy)
        self.silent = silent


def place(machine: Machine) -> str:
    """Return address and port in the form of known_hosts."""
    return str(machine.address) if machine.port == 22 else f"[{machine.address}]:{machine.port}"


def greet(jump: JumpHost | None, ssh: Ssh, machine: Machine) -> tuple[float, float, str]:
    """Return the machine's clock difference, its uncertainty, and the address of this host as the
    machine sees it; the connection is open before the clock is read."""
    try:
        opened = ssh.run(machine.name, ["true"], timeout=LOGIN, check=False)
        before = time.time()
        done = ssh.run(machine.name, ["sh", "-c", GREETING], timeout=LOGIN, check=False)
        after = time.time()
    except CommandTimedOut as late:
        raise Unread(
            f"nothing answers at {place(machine)}", "switch it on, or correct its address",
            silent=True,
        ) from late  # fmt: skip
    if not opened.ok or not done.ok:
        raise why_not(jump, machine, opened if not opened.ok else done)
    if noise := prints(opened.stdout):
        raise Unread(noise.what, noise.remedy)
    told, _, connection = done.stdout.splitlines()[:3]
    halfway = (before + after) / 2
    return float(told) - halfway, (after - before) / 2, connection.partition(" ")[0]


def prints(output: str) -> Finding | None:
    """Return the finding for a shell that prints, by the output of a command that prints nothing.

    Bash reads ~/.bashrc for commands over SSH as well, so the output of every command would begin
    with those lines: a file that is copied from there, or a number that is read.
    """
    lines = output.strip().splitlines()
    if not lines:
        return None
    shown = lines[0] if len(lines[0]) <= SHOWN else f"{lines[0][:SHOWN]}..."
    return Finding(
        f"its shell prints {shown!r} before the output of every command",
        "print only for people, in ~/.bashrc or what it reads: [[ $- != *i* ]] || echo ...",
    )


def why_not(jump: JumpHost | None, machine: Machine, said: Completed) -> Unread:
    """Return the reason why ssh could not log in, from its messages."""
    words = said.stderr
    user = machine.host.user if machine.host else "root"
    if "IDENTIFICATION HAS CHANGED" in words:
        return Unread(
            "its host key differs from the known one: the machine was "
            "reinstalled, or another one answers at its address",
            "find out which, then correct hostKey or your known_hosts: ssh-keygen -R "
            f"'{place(machine)}'",
        )
    if "host key is known" in words or "Host key verification failed" in words:
        return _unknown_key(jump, machine)
    if "Permission denied" in words:
        key = machine.host.key if machine.host else None
        tried = f"the key {key}" if key else "your agent's keys and your usual ones"
        return Unread(
            f"it refuses the login of {user} with {tried}",
            f"ssh-copy-id -p {machine.port} {user}@{machine.address}, or name another user or key",
        )
    for reason in ("Connection refused", "timed out", "No route to host", "unreachable"):
        if reason in words:
            return Unread(
                f"nothing answers on SSH at {place(machine)}: {reason}",
                "switch it on, or correct its address or port",
                silent=True,
            )
    if "kex_exchange_identification" in words:
        return Unread(
            f"its sshd closes the connection before the login: {words.strip()}",
            "it may refuse hosts that connected too often without logging in: wait some minutes; "
            "for other reasons see its journal: journalctl -u ssh",
        )
    last = (words.strip() or said.stdout.strip() or "no output").splitlines()[-1]
    return Unread(f"ssh ended with exit code {said.exit_code}: {last}", "correct what ssh reports")


def _unknown_key(jump: JumpHost | None, machine: Machine) -> Unread:
    """Return an error with the key that the machine presents; labgen itself trusts no unknown
    key."""
    scan = ["ssh-keyscan", "-T", str(SCAN), "-p", str(machine.port), "-t", "ed25519"]
    ask = jump.run if jump else run
    told = ask([*scan, str(machine.address)], timeout=4 * SCAN, check=False).stdout
    found = re.search(r"^\S+ (ssh-ed25519 \S+)$", told, re.MULTILINE)
    if not found:
        return Unread("its host key is not known", f"ssh -p {machine.port} {machine.address} once")
    shown = run(["ssh-keygen", "-l", "-f", "-"], timeout=10, input=f"x {found[1]}\n", check=False)
    fingerprint = (shown.stdout.split() or ["", "unknown"])[1]
    return Unread(
        f"its host key is not known; it presents one with the fingerprint {fingerprint}",
        "compare it with the one at the machine's console (ssh-keygen -lf "
        f"/etc/ssh/ssh_host_ed25519_key.pub), then write hostKey: {found[1]}",
    )


def become_root(plain: Ssh, ssh: Ssh, machine: Machine) -> None:
    """Raise Unread unless the login can become root. sudo gets one line, so this counts as one
    attempt."""
    sudo = ssh.sudo.get(machine.name)
    if sudo is None:
        return
    user = machine.host.user if machine.host else ""
    words = ["env", "LC_ALL=C", "sudo", "-k", *(["-S"] if sudo.password_file else ["-n"])]
    done = plain.run(
        machine.name,
        [*words, "-p", "", "true"],
        timeout=LOGIN,
        input=f"{sudo.password()}\n",
        check=False,
    )
    if done.ok:
        return
    said = done.stderr
    if done.exit_code == 127 or "No such file" in said:
        raise Unread(f"it has no sudo for {user}", "log in as root, or install sudo")
    if "incorrect password" in said or "try again" in said:
        raise Unread(f"sudo rejects the password in {sudo.password_file}", "correct the password")
    if "password is required" in said or "a terminal is required" in said:
        raise Unread(
            f"sudo asks for a password of {user}",
            "write it to a file with mode 0600 and name the file in sudoPasswordFile",
        )
    last = (said.strip() or "no output").splitlines()[-1]
    raise Unread(f"{user} cannot become root by sudo: {last}", "allow it in the machine's sudoers")
