"""OpenSSH with one ssh_config and a shared connection for each machine."""

import contextlib
import re
import shlex
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from labgen.machine.stream import following
from labgen.machine.sudo import Sudo
from labgen.system.jump_host import JumpHost, JumpHostFailed
from labgen.system.process import CommandTimedOut, Completed, run
from labgen.system.wait import NotYet, until

PORT = 22
GREETING = "SSH-"
LINE = 255  # bytes at most of a greeting: RFC 4253, 4.2
ASK = 1.0  # seconds for a connected machine to run true(1)
# Seconds for a connection and its greeting. An emulated machine that boots with others took 4 s.
# An attempt that is given up sooner costs the machine as much work. With an attempt per second, it
# sent no greeting for more than a minute.
GREET = 10.0


@dataclass(frozen=True)
class Ssh:
    """Runs commands by SSH on the machines that an ssh_config names; jump is the host on the way,
    if there is one.

    sudo has the machines whose login is not root.
    """

    config: Path
    jump: JumpHost | None = None
    sudo: Mapping[str, Sudo] = field(default_factory=dict)

    def connect(self, host: str, address: str, *, timeout: float, port: int | None = None) -> None:
        """Wait until sshd at address answers and open the shared connection to host."""
        if self.jump:
            self.jump.open()
        if self.answers(host):
            return
        until(
            lambda: _greeting(address, port or PORT, self.jump, min(GREET, timeout)),
            what=f"{host} answering on SSH at {address}",
            timeout=timeout,
            interval=0.1,
        )
        if not self._alive(host):
            self._ssh("-f", "-N", "-M", host, timeout=timeout)

    def answers(self, host: str) -> bool:
        """Return whether host runs a command over the shared connection; False if there is none.

        sshd (9.8 and newer, PerSourcePenalties) temporarily refuses clients that connect often
        without logging in. So a caller that polls uses this first.
        """
        try:
            return self._alive(host) and self._ssh(host, "--", "true", timeout=ASK, check=False).ok
        except CommandTimedOut:
            return False

    def run(
        self,
        host: str,
        argv: Sequence[str],
        *,
        timeout: float,
        input: str | bytes | None = None,
        stdin_from: BinaryIO | None = None,
        check: bool = True,
    ) -> Completed:
        """Run argv as root on host, quoted for its shell; like run() otherwise."""
        if host not in self.sudo:
            words = [host, "--", shlex.join(argv)]
            return self._ssh(
                *words, timeout=timeout, input=input, stdin_from=stdin_from, check=check
            )
        wrapped, head = self.sudo[host].wrap(argv)
        with following(head, input, stdin_from) as stdin:
            words = [host, "--", shlex.join(wrapped)]
            return self._ssh(*words, timeout=timeout, stdin_from=stdin, check=check)

    def close(self, hosts: Sequence[str]) -> None:
        """Close the shared connections to hosts, where they exist."""
        for host in hosts:
            if self._socket(host).exists():
                with contextlib.suppress(CommandTimedOut):  # of a machine that is gone
                    self._ssh("-O", "exit", host, timeout=10, check=False)
                self._socket(host).unlink(missing_ok=True)

    def _alive(self, host: str) -> bool:
        """Return whether the shared connection to host works; remove a dead socket."""
        if not self._socket(host).exists():
            return False
        alive = self._ssh("-O", "check", host, timeout=10, check=False).ok
        if not alive:
            self._socket(host).unlink(missing_ok=True)
        return alive

    def _socket(self, host: str) -> Path:
        pattern = re.findall(r"^\s*ControlPath (.+)$", self.config.read_text(), re.MULTILINE)[0]
        directory = pattern.strip('"').removesuffix("%n").replace("%%", "%")
        return Path(f"{directory}{host}")

    def _ssh(
        self,
        *words: str,
        timeout: float,
        input: str | bytes | None = None,
        stdin_from: BinaryIO | None = None,
        check: bool = True,
    ) -> Completed:
        argv = ["ssh", "-F", str(self.config), *words]
        return run(argv, timeout=timeout, input=input, stdin_from=stdin_from, check=check)


def _greeting(address: str, port: int, jump: JumpHost | None, timeout: float) -> None:
    """Raise NotYet until sshd at address sends its greeting."""
    try:
        said = (jump.greeting if jump else _first_words)(address, port, timeout=timeout)
    except (OSError, JumpHostFailed) as error:
        raise NotYet(str(error)) from error
    if not said.startswith(GREETING):
        raise NotYet(f"the port is open but sends {said!r}")


def _first_words(address: str, port: int, *, timeout: float) -> str:
    with socket.create_connection((address, port), timeout=timeout) as connection:
        return connection.recv(LINE).decode(errors="replace").strip()
