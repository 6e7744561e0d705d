"""One ssh_config for the tool, the tests and the user."""

from pathlib import Path

from labgen.lab import keys
from labgen.lab.lab import Lab
from labgen.render.templating import render


def ssh_config(lab: Lab, sockets: Path, known_hosts: Path | None = None) -> str:
    """The lab's ssh_config; sockets is the directory of its shared connections, known_hosts the
    lab's own unless told otherwise. Existing machines have the user's own login and known_hosts.

    %n in the socket's name is the machine's name as typed. A socket's path may have 107
    characters (unix(7)), which is why it does not lie in the lab's directory.
    """
    return render(
        "ssh_config",
        lab=lab,
        identity=keys.client_key(lab),
        known_hosts=known_hosts or keys.known_hosts(lab),
        socket=sockets / "%n",
    )
