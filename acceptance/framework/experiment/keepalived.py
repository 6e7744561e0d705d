"""Why the VIP moved, in keepalived's own words."""

import re
from datetime import datetime

from acceptance.framework.experiment.observation import Bench
from labgen.recordings.recording import Recording

TOLD = 12  # lines of all masters together; the first move has the reason
JOURNAL = "journalctl --unit=keepalived --output=short-unix --quiet --no-pager --since=@%s"
# seconds since 1970, host, program, what it says
WHY = re.compile(r"^([\d.]+) \S+ \S+ (.*(?:STATE|VRRP_Script).*)$", re.MULTILINE)


def said(bench: Bench, recording: Recording) -> str:
    """What keepalived said on the masters of its states and its script while the recording ran, by
    the clock of the recording; nothing where its journal cannot be read."""
    zero = datetime.fromisoformat(recording.moment).timestamp()
    since = f"{zero + recording.started:.0f}"
    found = []
    for machine in bench.lab.control_planes:
        journal = bench.on(machine.name).run(JOURNAL, since).stdout
        found += [(float(at), machine.name, text) for at, text in WHY.findall(journal)]
    return "; ".join(f"{at - zero:.2f} s {name}: {text}" for at, name, text in sorted(found)[:TOLD])
