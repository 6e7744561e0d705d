"""Faults of an etcd member; they affect writes."""

from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.machine_driver import MachineDriver
from labgen.timing import forecast

ETCD_PAUSED = Fault(
    name="etcd-paused",
    summary="etcd is suspended with SIGSTOP: its ports are open, but it does not answer",
    target="etcd-leader",
    eligible_roles=CONTROL_PLANES,
    driver=MachineDriver("etcd-paused"),
    does=(
        "Sends SIGSTOP to etcd, as if its disk hung. Healing sends SIGCONT. The kubelet's liveness "
        "probe also ends the fault: after about two and a half minutes (8 x 15 s, then a grace "
        "period of 30 s) it restarts etcd."
    ),
    expected=(
        Expectation(
            "of the leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation("of the leader: writes wait for the new leader and then succeed"),
        Expectation("of another member: clients notice only the next effect"),
        Expectation(
            "the machine's API server is not ready, and HAProxy marks it as down",
            forecast.SERVER_STUCK,
            forecast.server_stuck,
        ),
    ),
    why=(
        "A paused member keeps its connections, so the others detect it only by missing "
        "heartbeats. Its API server accepts connections but does not answer: only a check of "
        "/readyz, like HAProxy's, detects that."
    ),
)

ETCD_WIPED = Fault(
    name="etcd-wiped",
    summary="an etcd member loses its data and has to be replaced",
    target="not-holder",
    eligible_roles=CONTROL_PLANES,
    driver=MachineDriver("etcd-wiped", survives_reboot=True),
    does=(
        "Stops etcd, deletes its data and moves its manifest away: on an empty disk, the first "
        "control plane's etcd would start a new cluster. Refused unless every member is healthy. "
        "Healing removes the member from the cluster and adds it again as a learner, which is "
        "promoted when it has caught up, as kubeadm does for a joining machine. Meanwhile the "
        "machine's API server is stopped. The fault survives a reboot; the machine's timer for "
        "`--for` does not."
    ),
    expected=(
        Expectation(
            "of the leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation(
            "the machine's API server is not ready, and HAProxy marks it as down",
            forecast.SERVER_OUT,
            forecast.server_out,
        ),
        Expectation("with three control planes: losing one more member would stop all writes"),
        Expectation("after healing, the member has the complete database again", "within 10 s"),
    ),
    why=(
        "A member that has lost its data must not simply start again, because it has acknowledged "
        "entries that it no longer has. It has to be removed from the cluster first. A majority "
        "has every acknowledged write, so nothing is lost."
    ),
)

ETCD_FULL = Fault(
    name="etcd-full",
    summary="etcd's database has reached its quota: etcd accepts no writes",
    target="etcd-leader",
    eligible_roles=CONTROL_PLANES,
    driver=MachineDriver("etcd-full", survives_reboot=True),
    does=(
        "Raises etcd's alarm NOSPACE for the member, as etcd itself does when its database "
        "reaches the quota of 2 GiB. Healing disarms it. etcd stores the alarm, so the fault "
        "survives a reboot; the machine's timer for `--for` does not."
    ),
    expected=(
        Expectation("writes through every API server fail: database space exceeded", "immediately"),
        Expectation("reads and watches continue"),
        Expectation(
            "no kubelet can renew its lease: all nodes are NotReady, and pods stay where they are",
            forecast.NOT_READY,
            forecast.not_ready,
        ),
        Expectation(
            "after healing, writes succeed", "immediately; controllers retry within seconds"
        ),
    ),
    why=(
        "One member's alarm stops the writes of the whole cluster, because every member has to "
        "apply every entry. Failover cannot help: monitor etcd's database size."
    ),
)
