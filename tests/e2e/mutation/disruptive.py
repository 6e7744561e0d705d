"""Mutations of disruptive tests: figures exceed their limits, or something stays broken."""

from tests.e2e.mutation import faults
from tests.e2e.mutation.faults import disabled
from tests.e2e.mutation.mutation import Doing, Mutation, of, only

FAILOVER, ALL = "test_failover.py", "test_fault_all_machines.py"
PARTITION, POWER = "test_fault_partition.py", "test_fault_power_cut.py"
PROCESSES, REBOOT = "test_fault_processes.py", "test_fault_rolling_reboot.py"
TWO, STABILITY = "test_fault_two_masters.py", "test_stability.py"
KUBECTL = "test_workload_kubectl_failover.py"
LOST = "No acknowledged write is lost."
REMOVED = "While the fault lasts, something removes a write that was acknowledged."
SURVIVOR = (
    "From the fault on, a control plane that the fault does not touch has a wrong haproxy.cfg."
)


def _slow(
    name: str,
    breaks: tuple[str, ...],
    promise: str,
    done: str,
    doing: Doing,
    *,
    case: str = "",
    tied: str = "",
) -> Mutation:
    """Return a mutation for a run of one file, that of the first test that it breaks, or of one
    case of its tests."""
    run = only(breaks[0].partition("::")[0], case)
    return Mutation(name, breaks, promise, done, doing, tied=tied, run=run, slow=True)


def _lost(name: str, file: str, case: str = "") -> Mutation:
    breaks = of(file, "test_no_acknowledged_write_is_lost")
    lost = f"lost-write-{name}"
    return _slow(lost, breaks, LOST, REMOVED, faults.lost_write, case=case)


MUTATIONS = (
    _slow(
        "slow-adverts",
        of(FAILOVER, "test_api_stays_reachable_when_the_vip_holder_loses_power"),
        "When its holder dies, the VIP moves and the API answers within the limits.",
        "keepalived sends an advert every three seconds, on all control planes.",
        faults.slow_adverts,
    ),
    _lost("failover", FAILOVER),
    _slow(
        "late-owner",
        of(FAILOVER, "test_exactly_one_other_control_plane_took_the_vip_over"),
        "Exactly one other control plane takes the VIP over.",
        "Once the VIP has moved, it is on the last control plane's interface too.",
        faults.late_owner,
    ),
    _slow(
        "no-keepalived-at-boot",
        of(FAILOVER, "test_lab_is_healthy_once_the_power_is_back"),
        "With its power back, the machine does all that it did before: the VIP fails back.",
        "The first control plane's keepalived is not enabled: no boot starts it.",
        disabled("keepalived", lambda editor: editor.masters[0]),
    ),
    _slow(
        "no-kubelet-at-boot",
        of(ALL, "test_lab_comes_back_by_itself"),
        "A lab whose power was cut comes back by itself.",
        "One worker's kubelet is not enabled: no boot starts it.",
        disabled("kubelet", lambda editor: editor.worker),
    ),
    _lost("all-machines", ALL),
    _slow(
        "slow-adverts-partition",
        of(PARTITION, "test_clients_wait_no_longer_than_their_limits"),
        "When no machine receives the holder's adverts, clients reach another control plane "
        "within the limits.",
        "keepalived sends an advert every three seconds, on all control planes.",
        faults.slow_adverts,
    ),
    _slow(
        "deep-check",
        of(PARTITION, "test_vip_has_two_owners_during_the_partition"),
        "The partitioned holder keeps the VIP: keepalived checks only HAProxy.",
        "The first control plane's keepalived checks the API through HAProxy.",
        faults.deep_check,
    ),
    _slow(
        "lasting-owner",
        of(PARTITION, "test_vip_has_one_owner_after_it", "test_lab_heals"),
        "When the partition is over, only the first control plane has the VIP.",
        "Once the partition heals, the VIP is on the last control plane's interface as well.",
        faults.lasting_owner,
        tied="A lab is healthy only when its VIP has one owner.",
    ),
    _lost("partition", PARTITION),
    _slow(
        "broken-survivor-partition",
        of(PARTITION, "test_lab_heals"),
        "The lab is healthy again after the partition.",
        SURVIVOR,
        faults.broken_survivor,
    ),
    _slow(
        "one-server",
        of(POWER, "test_clients_wait_no_longer_than_their_limits"),
        "Another control plane's power cut is hardly noticed by clients.",
        "HAProxy uses that control plane's API server alone, with the others as backups, checks "
        "it every three seconds and never retries.",
        faults.one_server,
        case="another-master",
    ),
    _lost("power-cut", POWER, "another-master"),
    _slow(
        "restarted-keepalived",
        of(POWER, "test_vip_stays_where_it_is"),
        "The VIP does not move when another machine loses its power.",
        "keepalived is restarted on the holder at the moment of the power cut.",
        faults.restarted_keepalived,
        case="another-master",
    ),
    _slow(
        "broken-survivor-power-cut",
        of(POWER, "test_lab_heals"),
        "The lab is healthy again once the machine has power.",
        SURVIVOR,
        faults.broken_survivor,
        case="another-master",
    ),
    _slow(
        "slow-check",
        of(PROCESSES, "test_clients_wait_no_longer_than_their_limits"),
        "A program that dies on the holder is noticed within the limits.",
        "keepalived checks HAProxy every two seconds, and gives up after the fourth failure.",
        faults.slow_check,
        case="haproxy-killed",
    ),
    _slow(
        "left-address",
        of(PROCESSES, "test_vip_has_one_owner_and_the_right_one"),
        "The VIP leaves the holder if its keepalived or HAProxy died, and stays otherwise.",
        "Nothing takes the VIP from the interface when keepalived dies.",
        faults.left_address,
        case="keepalived-killed",
    ),
    _lost("processes", PROCESSES, "api-server-killed"),
    _slow(
        "broken-survivor-processes",
        of(PROCESSES, "test_lab_heals"),
        "The lab is healthy again once the program runs.",
        SURVIVOR,
        faults.broken_survivor,
        case="api-server-killed",
    ),
    _slow(
        "silent-shutdown",
        of(REBOOT, "test_clients_wait_no_longer_than_their_limits"),
        "While control planes reboot in order, clients wait no longer than a "
        "handover of the VIP takes.",
        "keepalived is killed at shutdown: it does not hand the VIP over. Adverts are sent every "
        "three seconds.",
        faults.silent_shutdown,
    ),
    _lost("rolling-reboot", REBOOT),
    _slow(
        "no-keepalived-at-reboot",
        of(REBOOT, "test_lab_is_healthy_after_each_reboot"),
        "The lab is healthy after each reboot.",
        "The first control plane's keepalived is not enabled: no boot starts it.",
        disabled("keepalived", lambda editor: editor.masters[0]),
    ),
    _slow(
        "no-forwarding-two-masters",
        of(TWO, "test_pods_go_on"),
        "Pods reach Services while the API is down.",
        "net.ipv4.ip_forward is off on one worker meanwhile.",
        faults.no_forwarding,
    ),
    _slow(
        "power-returns",
        of(TWO, "test_nothing_is_written_without_a_majority"),
        "Without a majority of etcd nothing is written.",
        "One of the two control planes gets its power back immediately: two of three are a "
        "majority.",
        faults.power_returns,
    ),
    _lost("two-masters", TWO),
    _slow(
        "broken-survivor-two-masters",
        of(TWO, "test_lab_heals"),
        "The lab is healthy again once both have power.",
        SURVIVOR,
        faults.broken_survivor,
    ),
    _slow(
        "slow-successors",
        of(KUBECTL, "test_kubectl_begun_without_the_holder_works_within_the_limit"),
        "kubectl commands that start while the holder is down work within the limit.",
        "HAProxy delays every connection for four seconds, on all control planes except the first.",
        faults.slow_successors,
    ),
    _slow(
        "no-resets",
        of(KUBECTL, "test_kubectl_open_through_the_holder_ends_with_an_error_in_time"),
        "A kubectl that was open through the holder ends with an error in time.",
        "A firewall on the other control planes drops their resets: they do not answer packets of "
        "a connection that they do not know.",
        faults.no_resets,
    ),
    _slow(
        "past-the-vip",
        of(
            KUBECTL,
            "test_kubectl_open_through_the_holder_ends_with_an_error_in_time",
            "test_connection_through_a_forwarded_port_ends_with_it",
        ),
        "A connection through a forwarded port ends with the kubectl that forwards.",
        "kubectl does not go through the holder: the kubeconfig points at another control plane.",
        faults.past_the_vip,
        tied="A forwarded connection lasts exactly as long as its kubectl: where one does not end, "
        "the other does not.",
    ),
    _slow(
        "killed-api-servers",
        of(STABILITY, "test_no_request_fails"),
        "A busy lab answers every client.",
        "All API servers are killed at the same time, as when memory runs out.",
        faults.killed_api_servers,
    ),
    _slow(
        "restarted-keepalived-stability",
        of(STABILITY, "test_no_request_fails", "test_vip_never_moves"),
        "High load on the control planes does not move the VIP.",
        "keepalived is restarted on the holder.",
        faults.restarted_keepalived,
        tied="Connections through the VIP break when it moves.",
    ),
    _lost("stability", STABILITY),
    _slow(
        "broken-survivor-stability",
        of(STABILITY, "test_lab_stays_healthy"),
        "A busy lab stays healthy.",
        "Meanwhile the last control plane gets a wrong haproxy.cfg.",
        faults.broken_survivor,
    ),
)
