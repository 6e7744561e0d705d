"""Observe which machines have the VIP on an interface, from the changes that each kernel reports.

One ssh per machine runs `ip monitor address`, so there are no queries while nothing changes. The
time of a change is when its line arrived here, some milliseconds late.
"""

import asyncio
import shlex
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from acceptance.framework.experiment.observers.changes import Changes, Report

LANE = "VIP"
HOLDS, FREE, UNKNOWN = "holds", "free", "unknown"
PAUSE = 0.5  # seconds between attempts to reach a machine that does not answer
CONNECT = 2  # seconds for a connection
# The monitor's socket first, then the state: a change in between is seen by one of them at least.
# The script ends with its standard input, and the monitor with it.
SCRIPT = """
ip -o monitor address & trap "kill $!" EXIT
until [ -S /proc/$!/fd/3 ]; do read -r -t 0.02 _; done
echo now "$(ip -o -4 address show to "$1")"
read -r _
"""


async def owners(ssh_config: Path, machine: str, vip: str, report: Report) -> None:
    """Observe one machine until cancelled. While it does not answer, its state is unknown."""
    changes = Changes(LANE, report)
    while True:
        process = await asyncio.create_subprocess_exec(
            *_ssh(ssh_config, machine, vip),
            stdin=asyncio.subprocess.PIPE,  # its end is the script's
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            assert process.stdout
            async for line in process.stdout:
                if state := read(line.decode(), vip):
                    changes.see(time.monotonic(), machine, state)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
        changes.see(time.monotonic(), machine, UNKNOWN)
        await asyncio.sleep(PAUSE)


def read(line: str, vip: str) -> str | None:
    """Return the state that a line reports; None for a line about another address.

    The word `now` precedes the current state. `ip monitor` prints a line for each new address, and
    one with the word Deleted for each removed address.
    """
    mentioned = f" {vip}/" in line
    if line.startswith("now"):
        return HOLDS if mentioned else FREE
    if not mentioned:
        return None
    return FREE if "Deleted" in line else HOLDS


def _ssh(ssh_config: Path, machine: str, vip: str) -> Sequence[str]:
    alone = ["-o", "ControlMaster=no", "-o", "ControlPath=none", "-o", f"ConnectTimeout={CONNECT}"]
    script = shlex.join(["bash", "-c", SCRIPT, "owners", vip])
    return ["ssh", "-F", str(ssh_config), *alone, machine, script]
