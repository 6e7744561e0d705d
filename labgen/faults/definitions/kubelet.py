"""Faults of what runs containers on a machine: the kubelet and containerd."""

from labgen.faults.fault import Expectation, Fault
from labgen.faults.machine_driver import OnMachine
from labgen.timing import forecast

EVICTION = Expectation(
    "pods of Deployments are replaced on other nodes",
    "300 s after that: the toleration every pod is given",
)

KUBELET_STOPPED = Fault(
    name="kubelet-stopped",
    summary="the kubelet ends and stays down; containers run on",
    target="holder",
    driver=OnMachine("kubelet-stopped"),
    does="Stops the kubelet and keeps systemd from starting it again. Healing starts it.",
    expected=(
        Expectation("all containers go on: API server, etcd, pods"),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
        EVICTION,
        Expectation("after healing, the node is Ready", "within half a minute"),
    ),
    why=(
        "The kubelet is asked for changes; what runs needs it for nothing but restarts. A node is "
        "NotReady only when its lease was not renewed for node-monitor-grace-period, 50 s."
    ),
)

CONTAINERD_STOPPED = Fault(
    name="containerd-stopped",
    summary="the container runtime ends and stays down; containers run on",
    target="holder",
    driver=OnMachine("containerd-stopped"),
    does=(
        "Stops containerd, or CRI-O where the lab has that, and keeps systemd from starting it "
        "again. Healing starts it. With Docker it is refused: its socket would start it again."
    ),
    expected=(
        Expectation("all containers go on, each under a process of its own that watches it"),
        Expectation("`kubectl exec` and `kubectl logs` on this node fail", "at once"),
        Expectation(
            "the kubelet says so of itself, and the node is NotReady",
            "when it misses the container runtime for 30 s, told at its next status, up to 10 s",
            lambda _: (30, 45),
        ),
        EVICTION,
    ),
    why=(
        "The runtime starts containers and then only watches over them. The kubelet notices faster "
        "that it is gone than the cluster notices that a kubelet is."
    ),
)
