"""Faults of an etcd member, which hurt whoever writes."""

from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.machine_driver import OnMachine
from labgen.timing import forecast

ETCD_PAUSED = Fault(
    name="etcd-paused",
    summary="etcd is stopped by SIGSTOP: there, and answering nothing",
    target="etcd-leader",
    eligible_roles=CONTROL_PLANES,
    driver=OnMachine("etcd-paused"),
    does=(
        "Sends SIGSTOP to etcd, as if its disk hung. Healing sends SIGCONT. The kubelet's liveness "
        "probe ends it too: after some two and a half minutes (8 x 15 s, then 30 s of grace) it "
        "starts another etcd."
    ),
    expected=(
        Expectation(
            "of the leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation("of the leader: writes wait for the new leader, and are then done"),
        Expectation("of another member: no client notices, but for the next line"),
        Expectation(
            "the API server beside it is not ready, and HAProxy takes it out",
            forecast.SERVER_STUCK,
            forecast.server_stuck,
        ),
    ),
    why=(
        "A member that is paused keeps its connections, so nothing but missed heartbeats tells "
        "the others. Its API server accepts connections and answers none: only a check that asks "
        "for /readyz, as HAProxy's does here, notices."
    ),
)

ETCD_WIPED = Fault(
    name="etcd-wiped",
    summary="an etcd member's data is gone, and the member with it",
    target="not-holder",
    eligible_roles=CONTROL_PLANES,
    driver=OnMachine("etcd-wiped", survives_reboot=True),
    does=(
        "Ends etcd, deletes its data and takes its manifest from the kubelet: started on an empty "
        "disk, the first control plane's etcd would make a cluster of its own. Refused unless "
        "every member is healthy. Healing removes the member from the cluster and adds it again, "
        "as a learner that is promoted once it has caught up, as kubeadm does on joining; for "
        "that time the API server beside it is ended. A boot does not heal it, and the machine's "
        "timer for `--for` does not outlive one."
    ),
    expected=(
        Expectation(
            "of the leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation(
            "the API server beside it is not ready, and HAProxy takes it out",
            forecast.SERVER_OUT,
            forecast.server_out,
        ),
        Expectation("with three masters: one more lost member, and all writes stop"),
        Expectation("after healing, the member has the whole database again", "within 10 s"),
    ),
    why=(
        "A member that lost its data may not simply start again: it voted for entries that it no "
        "longer has. The cluster has to forget it first. What was acknowledged lies with a "
        "majority, so nothing is lost."
    ),
)

ETCD_FULL = Fault(
    name="etcd-full",
    summary="etcd's database has used up its quota: no write is taken any more",
    target="etcd-leader",
    eligible_roles=CONTROL_PLANES,
    driver=OnMachine("etcd-full", survives_reboot=True),
    does=(
        "Raises etcd's alarm NOSPACE for the member, as etcd itself does when its database "
        "reaches the quota of 2 GiB. Healing takes it back. The alarm is kept in etcd: a boot does "
        "not heal it, and the machine's timer for `--for` does not outlive one."
    ),
    expected=(
        Expectation("every write through any API server fails: database space exceeded", "at once"),
        Expectation("reads and watches go on"),
        Expectation(
            "no kubelet can renew its lease: all nodes are NotReady, and pods stay where they are",
            forecast.NOT_READY,
            forecast.not_ready,
        ),
        Expectation("after healing, writes succeed", "at once; controllers retry within seconds"),
    ),
    why=(
        "One member's alarm stops the whole cluster, because every member has to apply every "
        "entry. No failover helps: this is what to watch etcd's database size for."
    ),
)
