"""A jump host, through which machines are reached by the user's own SSH.

Keys, agent, known hosts and ~/.ssh/config are those of `ssh HOST`. Host keys are checked. Nothing
ever prompts: if input were needed, an error is raised.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from labgen.errors import LabgenError
from labgen.system import files
from labgen.system.locks import locked
from labgen.system.process import CommandFailed, CommandTimedOut, Completed, run

CONNECT = 10  # seconds for a TCP connection
OPEN = 30.0  # seconds for a login
ASK = 10.0  # seconds for the process of the shared connection, on this host, to answer
OPTIONS: Mapping[str, str] = {
    "BatchMode": "yes",
    "StrictHostKeyChecking": "yes",
    "ConnectTimeout": str(CONNECT),
    "ServerAliveInterval": "3",
    "ServerAliveCountMax": "3",
    "ForwardAgent": "no",
    "ClearAllForwardings": "yes",  # those of ~/.ssh/config; ours are requested one by one
    "LogLevel": "ERROR",
    "ControlPersist": "no",
}


class JumpHostFailed(LabgenError):
    """The jump host cannot be used; the message is the reason."""


@dataclass(frozen=True)
class JumpHost:
    """How to log in to a jump host. ssh decides about fields that are None."""

    host: str  # may be an alias of ~/.ssh/config
    user: str | None = None
    port: int | None = None
    identity: str | None = None  # file of the private key
    socket: Path | None = None  # of the shared connection; without it, each command connects itself

    @property
    def command(self) -> str:
        """Return the command by which a user logs in there."""
        return shlex.join(["ssh", *self._login(), self.host])

    @property
    def proxy_command(self) -> str:
        """Return the ProxyCommand, ssh_config(5), that reaches a machine behind this host."""
        words = [word.replace("%", "%%") for word in self._ssh({"ControlMaster": "no"})]
        return shlex.join([*words, "-W", "[%h]:%p", self.host])

    def open(self) -> None:
        """Open the shared connection unless it works already; it lasts until close().

        Raises JumpHostFailed when the host cannot be reached, is not known or accepts no key.
        """
        if self.socket is None or self._alive():
            return
        files.private_directory(self.socket.parent)
        with locked(self.socket.with_name(f"{self.socket.name}.lock"), timeout=2 * OPEN):
            if not self._alive():
                self._try("-f", "-N", *self._options({"ControlMaster": "yes"}), self.host)

    def try_out(self) -> None:
        """Log in once and do nothing. Raises JumpHostFailed like open()."""
        self._try(*self._options({"ControlMaster": "no"}), self.host, "--", "true")

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        timeout: float,
        input: str | bytes | None = None,
        check: bool = True,
    ) -> Completed:
        """Run argv on the host, quoted for its shell; otherwise like system.process.run()."""
        words = self._ssh({"ControlMaster": "no"})
        line = shlex.join(str(word) for word in argv)
        return run([*words, self.host, "--", line], timeout=timeout, input=input, check=check)

    def greeting(self, address: str, port: int, *, timeout: float) -> str:
        """Return the first output of the program that listens at the address, as this host reaches
        it.

        Raises JumpHostFailed with the reason if there is no output.
        """
        words = [*self._ssh({"ControlMaster": "no"}), "-W", f"[{address}]:{port}", self.host]
        try:
            heard = run(words, timeout=timeout, check=False)
        except CommandTimedOut as error:
            if error.stdout:
                return error.stdout
            raise JumpHostFailed(f"no answer within {timeout:g} s") from error
        if heard.stdout:
            return heard.stdout
        why = _last_line(heard.stderr)  # not always the reason: the shared connection keeps that
        place = f"{address}:{port}"
        raise JumpHostFailed(
            f"{self.host} cannot connect to {place}: {why}" if why else f"{place} sends nothing"
        )

    def forward(self, here: IPv4Address, address: IPv4Address, port: int) -> None:
        """Forward the port of here, a local loopback address, to the port of address.

        It lasts as long as the shared connection. Raises JumpHostFailed when here is in use.
        """
        way = f"{here}:{port}:{address}:{port}"
        asked = self._control("forward", "-L", way)
        if not asked.ok:
            raise JumpHostFailed(
                f"cannot listen on {here}:{port}, which has to lead to {address}:{port}",
                last_seen=_last_line(asked.stderr),
                hint=f"to see what listens there: ss -ltnp sport = :{port}",
            )

    def close(self) -> None:
        """End the shared connection, if there is one, with everything that goes through it."""
        if self.socket is not None and self.socket.exists():
            self._control("exit")
            self.socket.unlink(missing_ok=True)

    def _alive(self) -> bool:
        if self.socket is None or not self.socket.exists():
            return False
        alive = self._control("check").ok
        if not alive:
            self.socket.unlink(missing_ok=True)
        return alive

    def _control(self, what: str, *words: str) -> Completed:
        """Control the process of the shared connection, without reading an ssh_config."""
        argv = ["ssh", "-F", "none", "-o", f"ControlPath={self.socket}", "-O", what, *words]
        try:
            return run([*argv, self.host], timeout=ASK, check=False)
        except CommandTimedOut as error:
            return Completed(tuple(argv), 255, error.stdout, error.stderr or str(error))

    def _try(self, *words: str) -> None:
        try:
            run(["ssh", *words], timeout=OPEN)
        except CommandFailed as error:
            raise failure(self, error.completed.stderr) from error
        except CommandTimedOut as error:
            raise failure(self, error.stderr or f"no answer within {OPEN:g} s") from error

    def _ssh(self, options: Mapping[str, str]) -> list[str]:
        return ["ssh", *self._options(options)]

    def _options(self, options: Mapping[str, str]) -> list[str]:
        path = str(self.socket).replace("%", "%%") if self.socket else "none"
        settings = {**OPTIONS, **options, "ControlPath": path}
        words = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        return [*words, *self._login()]

    def _login(self) -> list[str]:
        words = ["-p", str(self.port)] if self.port else []
        words += ["-l", self.user] if self.user else []
        return words + (["-i", self.identity] if self.identity else [])


def failure(jump: JumpHost, said: str) -> JumpHostFailed:
    """Return the error for ssh's messages (ssh.c, sshconnect.c and sshconnect2.c)."""
    last = _last_line(said)
    host = jump.host
    known_as = f"[{host}]:{jump.port}" if jump.port not in {None, 22} else host
    forget = shlex.join(["ssh-keygen", "-R", known_as])
    if "IDENTIFICATION HAS CHANGED" in said:
        return JumpHostFailed(
            f"the SSH host key of {host} differs from the known one",
            hint=f"find out why; if {host} was reinstalled: {forget}    then: {jump.command}",
        )
    if "Host key verification failed" in said or "host key is known" in said:
        return JumpHostFailed(
            f"SSH does not know the host key of {host}",
            hint=f"log in once, compare the key and accept it: {jump.command}",
        )
    if "Permission denied" in said or "Too many authentication failures" in said:
        return JumpHostFailed(
            f"{host} accepts none of the SSH keys on this host",
            last_seen=last,
            hint=f"this command must work without a prompt: {jump.command} true",
        )
    return JumpHostFailed(
        f"{host} cannot be reached over SSH",
        last_seen=last,
        hint=f"this command must work without a prompt: {jump.command} true",
    )


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""
