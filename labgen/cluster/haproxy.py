"""HAProxy on the control planes: the state in which each HAProxy sees the API servers."""

import csv
import io

SOCKET = "/run/haproxy-admin.sock"
BACKEND = "api-servers"  # as labgen's haproxy.cfg names it
NOT_SERVERS = ("FRONTEND", "BACKEND")


def query(socket: str = SOCKET, *, timeout: int) -> str:
    """Return the shell command that prints HAProxy's statistics; timeout is in seconds."""
    return f"echo show stat | socat -t {timeout} - UNIX-CONNECT:{socket}"


def parse(stats: str) -> dict[str, str]:
    """Return the state of each API server: the first word of its status.

    A server whose status is "UP 1/3" is UP.
    """
    return {name: status.partition(" ")[0] for name, status in statuses(stats, BACKEND).items()}


def statuses(stats: str, backend: str = "") -> dict[str, str]:
    """Return the status of each server of a backend, or of all backends if it is empty.

    stats is the answer to `show stat` (CSV, HAProxy management guide 9.1). A status is HAProxy's
    own: `UP`, `UP 1/3` for a server whose checks have begun to fail, `no check`.
    """
    rows = csv.DictReader(io.StringIO(stats.strip().removeprefix("# ")))
    return {
        row["svname"]: row["status"]
        for row in rows
        if row["svname"] not in NOT_SERVERS and backend in {"", row["pxname"]}
    }
