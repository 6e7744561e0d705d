"""The last step: wait until the cluster is healthy, as labgen.cluster.health defines it.

The wait ends early when nothing can change any more, as labgen.cluster.stuck defines it.
"""

import time
from collections.abc import Sequence
from functools import partial

from labgen.cluster import health
from labgen.cluster.pods import Pod
from labgen.cluster.query import query, query_api, query_etcd, query_machines
from labgen.cluster.stuck import UNCHANGED, Watch
from labgen.errors import LabgenError
from labgen.system.interrupt import Interrupted
from labgen.system.parallel import gather
from labgen.system.wait import NotYet, until
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.release_leases import release_leases

TIMEOUT = 240.0  # seconds, multiplied by the lab's slowdown
PROVEN = 5.0  # seconds that a restarted pod runs; one with a wrong option ends within one
INTERVAL = 0.5  # seconds; each look is two TLS handshakes for the API server


class Leases:
    """Releases the leases of leaders that are gone, at each call until that has been done once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.done = False

    def release(self) -> None:
        """Raise NotYet while the API does not answer. A leader's machine that does not answer is
        tried again at the next call: the cluster's health says more about it."""
        if not self.done:
            self.done = not release_leases(self.context)


def await_ready(context: Context) -> Outcome:
    """Wait until the cluster is healthy. Raises LabgenError with the remaining problems."""
    lab = context.lab
    watch = Watch(UNCHANGED * lab.slowdown)
    what, limit = f"lab {lab.name} becoming healthy", TIMEOUT * lab.slowdown
    interval = INTERVAL * lab.slowdown
    hint = f"to inspect: labgen status {lab.name}    to resume: {lab.up_command}"
    try:
        healthy = partial(_look, context, watch, Leases(context), hint)
        until(healthy, what=what, timeout=limit, interval=interval, hint=hint)
    except Interrupted:
        raise
    except LabgenError as error:
        if left := query(lab, context.ssh, explain=True).problems:
            error.last_seen = health.summary(left)
        raise
    return Outcome.OK


def _look(context: Context, watch: Watch, leases: Leases, hint: str) -> None:
    """Raise NotYet with the problems, or LabgenError when waiting longer is in vain.

    The machines are queried only when the API reports no problem.
    """
    lab, ssh = context.lab, context.ssh
    leases.release()
    api = query_api(lab)
    if stuck := watch.stuck(api.problems, api.pods):
        raise LabgenError(
            f"lab {lab.name} does not become healthy by itself: nothing has changed for "
            f"{watch.patience:g} s, and {' and '.join(pod.name for pod in stuck)} cannot run",
            hint=hint,
        )
    _expect_none(api.problems)
    if again := just_restarted(api.pods, time.time()):
        raise NotYet(f"{', '.join(again)} started again less than {PROVEN:g} s ago")
    rest = {"machines": partial(query_machines, lab, ssh), "etcd": partial(query_etcd, lab, ssh)}
    parts = gather(rest)
    _expect_none([problem for part in parts.values() for problem in part.problems])
    views = parts["machines"].views or {}
    _expect_none(health.stale_problems(api.nodes, api.pods, api.leases, views))


def just_restarted(pods: Sequence[Pod], now: float) -> list[str]:
    """Return the pods that may be Ready only until they crash again; now as time.time() has it.

    A pod that was lost with the power of its machine did not crash.

    The kubelet calls a pod without a readiness probe Ready as soon as its container runs.
    """
    # a machine's clock may be ahead of this host's by any time
    young = (p for p in pods if p.restarted and p.started and abs(now - p.started) < PROVEN)
    return [f"pod {pod.name}" for pod in young]


def _expect_none(problems: Sequence[health.Problem]) -> None:
    if problems:
        raise NotYet(health.summary(problems))
