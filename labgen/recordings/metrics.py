"""The names of client kinds and of metrics, as recordings contain them."""

NEW_CONNECTION = "new connection"
PERSISTENT_CONNECTION = "persistent connection"
WATCH = "watch"
WRITE = "write"
SERVICE = "service"

# In the order in which people read them: clients of the API first.
MEANINGS = {
    NEW_CONNECTION: "A new TLS connection for each request, as kubectl opens it.",
    PERSISTENT_CONNECTION: (
        "One HTTP/2 connection for all requests, as controllers and kubelets keep it."
    ),
    WATCH: "Changes of an object, as a watch on the API reports them.",
    WRITE: "A counter that is written through the API repeatedly.",
    SERVICE: "Requests from pod to pod through a Service.",
}
API_CLIENTS = (NEW_CONNECTION, PERSISTENT_CONNECTION, WATCH, WRITE)

SLOW = 0.5  # seconds; people notice a slower answer

LONGEST_GAP = "longest gap"
REQUESTS = "requests"
FAILED = "failed"
IN_FLIGHT = "in flight at the fault"
IN_FLIGHT_FAILED = "in flight and failed"
SLOWEST_ANSWER = "slowest answer"
SLOW_ANSWERS = f"answers slower than {SLOW:g} s"
P50_BEFORE, P99_BEFORE = "p50 before the fault", "p99 before the fault"
P50_AFTER, P99_AFTER = "p50 after the fault", "p99 after the fault"
LAST_FAILURE = "last failure"
GAP_WHILE_HEALING = "longest gap while healing"
FAILED_WHILE_HEALING = "failed while healing"
SLOWEST_WHILE_HEALING = "slowest answer while healing"

ONE_OWNER = "until the VIP has one owner"
ETCD_LEADER = "until etcd has a leader"
API_BACK = "until the API answers again"
STEADY_STATE = "until steady state is restored"
ACKNOWLEDGED = "writes acknowledged"
UNACKNOWLEDGED = "writes not acknowledged"
MISSED = "acknowledged writes the watch missed"
LOST = "acknowledged writes lost"
PROBE_RATE = "probes per second"
PROBER_STALL = "longest stall of the prober"


def rank(kind: str) -> tuple[int, str]:
    """Return the sort key of a client kind; unknown kinds come last."""
    kinds = list(MEANINGS)
    return (kinds.index(kind) if kind in MEANINGS else len(kinds)), kind
