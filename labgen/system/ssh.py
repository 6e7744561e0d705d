"""OpenSSH as the one door to machines: one ssh_config, one shared connection a machine."""

import contextlib
import re
import shlex
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from labgen.system.run import CommandTimedOut, Completed, run
from labgen.system.wait import NotYet, until

PORT = 22


@dataclass(frozen=True)
class Ssh:
    """SSH by the machine names of one ssh_config."""

    config: Path

    def connect(self, host: str, address: str, *, timeout: float) -> None:
        """Wait until sshd at address answers and open the shared connection to host."""
        until(
            lambda: _banner(address),
            what=f"{host} answering on SSH at {address}",
            timeout=timeout,
            interval=0.1,
        )
        if not self._alive(host):
            self._ssh("-f", "-N", "-M", host, timeout=timeout)

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
        """Run argv on host, quoted for its shell; like run() otherwise."""
        words = [host, "--", shlex.join(argv)]
        return self._ssh(*words, timeout=timeout, input=input, stdin_from=stdin_from, check=check)

    def close(self, hosts: Sequence[str]) -> None:
        """Close the shared connections to hosts; those that have none are fine."""
        for host in hosts:
            if self._socket(host).exists():
                with contextlib.suppress(CommandTimedOut):  # of a machine that is gone
                    self._ssh("-O", "exit", host, timeout=10, check=False)
                self._socket(host).unlink(missing_ok=True)

    def _alive(self, host: str) -> bool:
        """Whether the shared connection to host works; a dead socket is removed."""
        if not self._socket(host).exists():
            return False
        alive = self._ssh("-O", "check", host, timeout=10, check=False).ok
        if not alive:
            self._socket(host).unlink(missing_ok=True)
        return alive

    def _socket(self, host: str) -> Path:
        pattern = re.findall(r"^\s*ControlPath (.+)$", self.config.read_text(), re.MULTILINE)[0]
        return Path(pattern.replace("%n", host))

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


def _banner(address: str) -> None:
    try:
        with socket.create_connection((address, PORT), timeout=1) as connection:
            greeting = connection.recv(4)
    except OSError as error:
        raise NotYet(str(error)) from error
    if greeting != b"SSH-":
        raise NotYet(f"the port is open but says {greeting!r}")
