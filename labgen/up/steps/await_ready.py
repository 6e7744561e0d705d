"""The last step: wait until the cluster is healthy, as labgen.cluster.health defines it."""

from collections.abc import Sequence
from functools import partial

from labgen.cluster import health
from labgen.cluster.query import query, query_api, query_etcd, query_machines
from labgen.errors import LabgenError
from labgen.system.interrupt import Interrupted
from labgen.system.parallel import gather
from labgen.system.wait import NotYet, until
from labgen.up.context import Context
from labgen.up.graph import Outcome

TIMEOUT = 240.0  # seconds, multiplied by the lab's slowdown
INTERVAL = 0.5  # seconds; each look is two TLS handshakes for the API server


def await_ready(context: Context) -> Outcome:
    """Wait until the cluster is healthy. Raises LabgenError with the remaining problems."""
    lab = context.lab
    hint = f"to inspect: labgen status {lab.name}    to resume: {lab.up_command}"
    try:
        until(
            partial(_look, context),
            what=f"lab {lab.name} becoming healthy",
            timeout=TIMEOUT * lab.slowdown,
            interval=INTERVAL * lab.slowdown,
            hint=hint,
        )
    except Interrupted:
        raise
    except LabgenError as error:
        if left := query(lab, context.ssh, explain=True).problems:
            error.last_seen = health.summary(left)
        raise
    return Outcome.OK


def _look(context: Context) -> None:
    """Raise NotYet with the problems. The machines are queried only when the API reports none."""
    lab, ssh = context.lab, context.ssh
    _expect_none(query_api(lab).problems)
    rest = {"machines": partial(query_machines, lab, ssh), "etcd": partial(query_etcd, lab, ssh)}
    _expect_none([problem for part in gather(rest).values() for problem in part.problems])


def _expect_none(problems: Sequence[health.Problem]) -> None:
    if problems:
        raise NotYet(health.summary(problems))
