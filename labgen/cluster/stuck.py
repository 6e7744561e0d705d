"""When a wait for a healthy cluster can end early: a pod fails, and nothing changes any more.

The kubelet starts a container that ended again after 10, 20, 40 s and so on, at most 300 s later
(https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restarts). So a pod
that ends because the API or the pod network was not ready yet heals by itself, and CrashLoopBackOff
alone proves nothing. The rule:

1. For UNCHANGED seconds, the same things were not healthy for the same reason. A pod that is
   started again and again changes between running, ended and waiting; that is no change.
2. One of the pods is hopeless:
   - a container of it ended again and waits, and began its last run after the readiness of any
     other pod had last changed, except of those that crash as well. It has failed under just the
     conditions that it has now, so its next run will be the same; or
   - it waits for an image or for a part of its configuration (HOPELESS). A lab has all images from
     its bundle before its first pod starts, and nothing adds to it while `up` waits.

Whatever else is not healthy, such as a node that is not Ready or a VIP without a holder, never ends
a wait early.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from labgen.cluster.health import Problem
from labgen.cluster.pods import Pod

UNCHANGED = 60.0  # seconds, multiplied by the lab's slowdown
# Reasons of the kubelet: pkg/kubelet/images/types.go, kuberuntime/kuberuntime_container.go
HOPELESS = {
    "ErrImagePull",
    "ImagePullBackOff",
    "ErrImageNeverPull",
    "InvalidImageName",
    "ImageInspectError",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
}


def hopeless(pods: Sequence[Pod]) -> list[Pod]:
    """Return the pods that will not become ready as long as nothing else changes."""
    return [pod for pod in pods if not pod.ready and _hopeless(pod, pods)]


def _hopeless(pod: Pod, pods: Sequence[Pod]) -> bool:
    if set(pod.state.split(", ")) & HOPELESS:
        return True
    others = (it for it in pods if it.ready or not it.restarted)
    changed = max((it.changed for it in others if it.name != pod.name), default=0.0)
    return pod.last_run is not None and pod.last_run > changed


@dataclass
class Watch:
    """What one wait has seen: since when the same things are not healthy."""

    patience: float  # seconds
    clock: Callable[[], float] = time.monotonic
    _seen: frozenset[tuple[str, str, str]] | None = None
    _since: float = field(default=0.0)

    def stuck(self, problems: Sequence[Problem], pods: Sequence[Pod]) -> list[Pod]:
        """Return the pods for which waiting longer is in vain; empty while there is hope."""
        known = {pod.name: pod for pod in pods}
        seen = frozenset(
            (it.what, it.where, known[it.where].state if it.where in known else it.message)
            for it in problems
            if it.where not in known or not known[it.where].restarted
        )
        now = self.clock()
        if seen != self._seen:
            self._seen, self._since = seen, now
        return hopeless(pods) if now - self._since >= self.patience else []
