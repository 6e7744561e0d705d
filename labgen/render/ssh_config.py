"""One ssh_config for labgen, the tests and the user."""

from collections.abc import Sequence
from pathlib import Path

from labgen.lab import keys
from labgen.lab.lab import Lab, Machine
from labgen.render.templating import render


def ssh_config(lab: Lab, sockets: Path, known_hosts: Path | None = None) -> str:
    """Return the lab's ssh_config.

    sockets is the directory of its shared connections; known_hosts is the lab's own by default.
    Existing machines have the user's own login and known_hosts.

    %n in the socket's name is the machine's name as typed. The socket is outside of the lab's
    directory because its path may have at most 107 characters (unix(7)).
    """
    return render(
        "ssh_config",
        whose=f"lab {lab.name}",
        machines=lab.machines,
        jump=lab.jump,
        identity=None if lab.scenario.existing else keys.client_key(lab),
        known_hosts=known_hosts or keys.known_hosts(lab),
        socket=_socket(sockets),
    )


def found_ssh_config(machines: Sequence[Machine], sockets: Path, known_hosts: Path) -> str:
    """Do the same for machines of a cluster that labgen did not build."""
    return render(
        "ssh_config",
        whose="a cluster that labgen did not build",
        machines=machines,
        jump=None,
        identity=None,
        known_hosts=known_hosts,
        socket=_socket(sockets),
    )


def _socket(sockets: Path) -> str:
    """Return ControlPath, where a % that is part of the path is doubled."""
    return f"{str(sockets).replace('%', '%%')}/%n"
