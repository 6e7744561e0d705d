"""Find out from keepalived's log why the VIP moved."""

import re
from datetime import datetime

from acceptance.framework.experiment.testbed import Testbed
from labgen.recordings.recording import Recording

LINES = 12  # of all control planes together; the first move has the reason
JOURNAL = "journalctl --unit=keepalived --output=short-unix --quiet --no-pager --since=@%s"
# seconds since 1970, host, program, message
WHY = re.compile(r"^([\d.]+) \S+ \S+ (.*(?:STATE|VRRP_Script).*)$", re.MULTILINE)


def reported(testbed: Testbed, recording: Recording) -> str:
    """Return what keepalived logged on the control planes about its states and its script.

    Times are those of the recording. The result is empty if the journal cannot be read.
    """
    zero = datetime.fromisoformat(recording.injected_at).timestamp()
    since = f"{zero + recording.started:.0f}"
    found = []
    for machine in testbed.lab.control_planes:
        journal = testbed.on(machine.name).run(JOURNAL, since).stdout
        found += [(float(at), machine.name, text) for at, text in WHY.findall(journal)]
    return "; ".join(
        f"{at - zero:.2f} s {name}: {text}" for at, name, text in sorted(found)[:LINES]
    )
