"""Faults of an API server on a machine that lives on."""

from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.on_machine import OnMachine

API_SERVER_KILLED = Fault(
    name="api-server-killed",
    summary="the API server ends by SIGKILL; the kubelet starts it again",
    target="holder",
    fits=CONTROL_PLANES,
    ends=True,
    way=OnMachine("api-server-killed"),
    does="Kills kube-apiserver with SIGKILL, once. There is nothing to heal.",
    expected=(
        Expectation("connections to this API server break; its port refuses new ones", "at once"),
        Expectation("HAProxy passes each refused connection on to another API server", "at once"),
        Expectation("the VIP does not move"),
        Expectation("the kubelet starts it again; after further deaths it waits 10 s, 20 s, 40 s"),
    ),
    why=(
        "keepalived asks only whether HAProxy lives, and it does. A closed port answers at once, "
        "and nobody waits for a timeout: `option redispatch 1` sends the first retry elsewhere."
    ),
)
