"""The VIP holder loses its power while users work with kubectl.

Commands that start afterwards succeed, delayed by at most a failover. Open commands break: their
connection went through the old holder's HAProxy, and no other machine knows it. The next holder
answers the first packet with a reset, so kubectl waits only until it next checks whether the
connection is alive.
"""

from collections.abc import Callable

import pytest

from acceptance.framework.clients.api import Api
from acceptance.framework.experiment import kubectl_failover
from acceptance.framework.experiment.kubectl_failover import Interrupted
from acceptance.framework.workloads import kubectl_ops
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.ha, pytest.mark.disturbs, pytest.mark.power]

OPERATIONS = ("exec", "logs -f", "port-forward", "cp")
# seconds between kubectl's signs of life, in client-go of Kubernetes 1.37: pingPeriod in
# tools/remotecommand/websocket.go, PingPeriod in tools/portforward/tunneling_dialer.go; and for
# HTTP/2 the silence before a ping, readIdleTimeoutSeconds in apimachinery's pkg/util/net/http.go
SIGN_OF_LIFE = {"exec": 5, "port-forward": 10, "logs -f": 30}
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(
    lab: Lab, api: Api, own_namespace: str, tmp_path_factory: pytest.TempPathFactory
) -> Interrupted:
    """Cut the power once for all tests here; the steady state is restored afterwards."""
    if len(lab.control_planes) == 1:
        pytest.skip("one control plane: nothing can take over")
    pod = kubectl_ops.make(lab, api, own_namespace, lab.machines[-1])
    return kubectl_failover.measure(lab, pod, tmp_path_factory.mktemp("copies"))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_kubectl_begun_without_the_holder_works_within_the_limit(
    lab: Lab, seen: Interrupted, operation: str, record_property: Record
) -> None:
    """Allow the operation twice its usual time in addition to the limit, because the remaining
    machines have more work."""
    limit = lab.scenario.load_balancer.timings.gap_limit / 1000
    begun = seen.begun[operation]
    tries = f", failed {len(begun.failures)} times before" if begun.failures else ""
    record_property(
        f"kubectl {operation} begun at the cut",
        f"{begun.seconds:.1f} s, usually {begun.usual:.1f} s{tries}",
    )
    assert begun.seconds <= limit + 2 * begun.usual, begun.failures


@pytest.mark.parametrize("operation", SIGN_OF_LIFE)
def test_kubectl_open_through_the_holder_ends_with_an_error_in_time(
    lab: Lab, seen: Interrupted, operation: str, record_property: Record
) -> None:
    allowed = SIGN_OF_LIFE[operation] + lab.scenario.load_balancer.timings.gap_limit / 1000
    stream = seen.open[operation]
    assert stream.ended is not None, "it hangs"
    record_property(
        f"kubectl {operation} open at the cut",
        f"ended after {stream.ended:.1f} s: {stream.last_words}",
    )
    assert stream.exit_code != 0, stream
    assert stream.ended <= allowed, stream


def test_connection_through_a_forwarded_port_ends_with_it(seen: Interrupted) -> None:
    """Assert that a browser at the forwarded port would not wait forever."""
    assert seen.talk.ended is not None, "it hangs"
