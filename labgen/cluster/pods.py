"""Pods as the API reports them, each with the reason why it is not ready."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labgen.cluster.api import ApiUnreachable, KubeApi

CRASHING = "CrashLoopBackOff"
LOST_WITH_MACHINE = (255, "Unknown")  # exit code and reason
LOST = "unable to retrieve container logs"  # the kubelet's words, in place of a log


@dataclass(frozen=True)
class Pod:
    """A pod that has not succeeded."""

    name: str  # NAMESPACE/NAME
    node: str  # empty before it is scheduled
    labels: Mapping[str, str]
    ready: bool  # its condition Ready is True and it is not being deleted
    state: str  # the containers' waiting reasons, else the phase: CrashLoopBackOff, Running
    message: str = ""  # what the kubelet or the scheduler says about a pod that is not ready
    # Since when all its containers run, in seconds since 1970; None while one does not.
    started: float | None = None
    changed: float = 0.0  # when its readiness last changed, in seconds since 1970; 0 if unknown
    # When its crashing container last began to run, in seconds since 1970; None without one.
    last_run: float | None = None
    crashed: str = ""  # the name of that container
    # A container of it has ended and was, or will be, started again. Containers that were lost with
    # the power of their machine do not count.
    restarted: bool = False

    @property
    def namespace(self) -> str:
        return self.name.partition("/")[0]

    @property
    def trouble(self) -> str:
        """Return the state, followed by the message."""
        return f"{self.state}: {self.message}" if self.message else self.state


def pods(client: KubeApi) -> list[Pod]:
    """Return all pods, except those that have succeeded; raises ApiUnreachable."""
    items = client.get("/api/v1/pods")["items"]
    return [_pod(item) for item in items if item["status"].get("phase") != "Succeeded"]


def latest_warning(client: KubeApi, pod: Pod) -> str:
    """Return the message of the pod's latest warning event; empty for none, or without an answer.

    For a pod without a sandbox, for example because a volume cannot be mounted, this is the only
    place with the reason.
    """
    namespace, _, name = pod.name.partition("/")
    chosen = f"involvedObject.name%3D{name},type%3DWarning"
    try:
        found = client.get(f"/api/v1/namespaces/{namespace}/events?fieldSelector={chosen}")
    except ApiUnreachable:
        return ""
    latest: dict[str, Any] = max(found["items"], key=_event_time, default={})
    return " ".join(str(latest.get("message", "")).split())


def last_words(client: KubeApi, pod: Pod) -> str:
    """Return the last line of the log of a crashed container; empty without an answer."""
    namespace, _, name = pod.name.partition("/")
    # a container that waits is already the next one, as far as the API is concerned
    before = str(CRASHING in pod.state).lower()
    chosen = f"previous={before}&tailLines=1&limitBytes=500&container={pod.crashed}"
    try:
        text = client.get_text(f"/api/v1/namespaces/{namespace}/pods/{name}/log?{chosen}")
    except ApiUnreachable:
        return ""
    last = (text.strip().splitlines() or [""])[-1]
    return "" if last.startswith(LOST) else " ".join(last.split())


def _event_time(event: Mapping[str, Any]) -> str:
    """Return the time of the event. The API's times all have one format, so they sort as text."""
    times = (event.get("lastTimestamp"), event.get("eventTime"))
    return next((str(time) for time in times if time), "")


def _pod(item: dict[str, Any]) -> Pod:
    status = item["status"]
    conditions = {c["type"]: c for c in status.get("conditions", [])}
    containers = status.get("containerStatuses", [])
    everything = [*status.get("initContainerStatuses", []), *containers]
    stopped = [container for container in everything if _stopped(container)]
    reasons = [_stopped(container) for container in stopped]
    crashing = [container for container in stopped if _crashes(container)]
    deleted = "deletionTimestamp" in item["metadata"]
    ready = conditions.get("Ready", {}).get("status") == "True" and not deleted
    return Pod(
        name=f"{item['metadata']['namespace']}/{item['metadata']['name']}",
        node=item["spec"].get("nodeName", ""),
        labels=item["metadata"].get("labels", {}),
        ready=ready,
        state="terminating" if deleted else ", ".join(reasons) or status.get("phase", "unknown"),
        message="" if ready or deleted else _message(stopped, conditions),
        started=_started(containers),
        changed=_seconds(conditions.get("Ready", {}).get("lastTransitionTime")) or 0.0,
        last_run=max(filter(None, map(_last_run, crashing)), default=None),
        restarted=any(_ended(container) for container in everything),
        crashed=str(crashing[0].get("name", "")) if crashing else "",
    )


def _stopped(container: Mapping[str, Any]) -> str:
    """Return why a container waits or has failed; empty if it runs or has succeeded."""
    state = container.get("state", {})
    if "waiting" in state:
        return str(state["waiting"].get("reason", "waiting"))
    ended = state.get("terminated", {})
    return str(ended.get("reason", "Error")) if ended.get("exitCode") else ""


def _ended(container: Mapping[str, Any]) -> bool:
    """Return whether the container's last run has ended, unless it was lost with its machine.

    containerd does not know how such a container ended, and reports 255 and Unknown.
    """
    last = container.get("lastState", {}).get("terminated")
    return bool(last) and (last.get("exitCode"), last.get("reason")) != LOST_WITH_MACHINE


def _message(stopped: Sequence[Mapping[str, Any]], conditions: Mapping[str, Any]) -> str:
    said = "; ".join(dict.fromkeys(text for c in stopped for text in _messages(c)))
    if said:
        return said
    failed = (conditions.get(kind, {}) for kind in ("PodScheduled", "Ready"))
    texts = (str(c.get("message", "")) for c in failed if c.get("status") != "True")
    return next((" ".join(text.split()) for text in texts if text), "")


def _messages(container: Mapping[str, Any]) -> Iterator[str]:
    """Yield the message of a container that waits, and then the message of its last termination."""
    state = container["state"]
    if text := state.get("waiting", {}).get("message"):
        yield " ".join(text.split())
    if ended := state.get("terminated") or container.get("lastState", {}).get("terminated"):
        last = (ended.get("message") or "").strip().splitlines()
        why = f": {last[-1].strip()}" if last else ""
        yield f"{container.get('name', 'it')} last ended with exit code {ended['exitCode']}{why}"


def _crashes(container: Mapping[str, Any]) -> bool:
    """Return whether the container fails again and again.

    For most of a back-off, the kubelet reports how it ended, and CrashLoopBackOff only at the end.
    """
    twice = "terminated" in container["state"] and "terminated" in container.get("lastState", {})
    return _stopped(container) == CRASHING or twice


def _last_run(container: Mapping[str, Any]) -> float | None:
    """Return when the last run of a crashing container began."""
    ended = container["state"].get("terminated") or container.get("lastState", {}).get("terminated")
    return _seconds((ended or {}).get("startedAt"))


def _seconds(time: str | None) -> float | None:
    return datetime.fromisoformat(time).timestamp() if time else None


def _started(containers: Sequence[Mapping[str, Any]]) -> float | None:
    running = [container.get("state", {}).get("running") for container in containers]
    times = [datetime.fromisoformat(r["startedAt"]).timestamp() for r in running if r]
    return min(times) if times and len(times) == len(running) else None
