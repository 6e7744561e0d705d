"""Faults of the kubelet and of the container runtime."""

from labgen.faults.fault import Expectation, Fault
from labgen.faults.machine_driver import MachineDriver
from labgen.timing import forecast

EVICTION = Expectation(
    "pods of Deployments are replaced on other nodes",
    "300 s after that, the default toleration of a pod",
)

KUBELET_STOPPED = Fault(
    name="kubelet-stopped",
    summary="the kubelet is stopped and stays down; containers keep running",
    target="holder",
    driver=MachineDriver("kubelet-stopped"),
    does="Stops the kubelet and keeps systemd from starting it. Healing starts it.",
    expected=(
        Expectation("all containers keep running: API server, etcd, pods"),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
        EVICTION,
        Expectation("after healing, the node is Ready", "within half a minute"),
    ),
    why=(
        "The kubelet starts, changes and restarts containers; running ones do not need it. A node "
        "becomes NotReady when its lease has not been renewed for node-monitor-grace-period, 50 s."
    ),
)

CONTAINERD_STOPPED = Fault(
    name="containerd-stopped",
    summary="the container runtime is stopped and stays down; containers keep running",
    target="holder",
    driver=MachineDriver("containerd-stopped"),
    does=(
        "Stops containerd, or CRI-O if the lab uses it, and keeps systemd from starting it. "
        "Healing starts it. Refused for Docker, which its socket would start again."
    ),
    expected=(
        Expectation("all containers keep running, each under its own shim process"),
        Expectation("`kubectl exec` and `kubectl logs` on this node fail", "immediately"),
        Expectation(
            "the kubelet reports it, and the node is NotReady",
            "when the runtime has not answered for 30 s, with the next status update, up to 10 s",
            lambda _: (30, 45),
        ),
        EVICTION,
    ),
    why=(
        "The runtime starts containers and then only supervises them. The kubelet notices a "
        "missing containerd sooner than the cluster notices a missing kubelet."
    ),
)
