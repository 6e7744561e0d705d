"""Faults of an API server on a machine that lives on."""

from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.machine_driver import OnMachine
from labgen.timing import forecast

API_SERVER_KILLED = Fault(
    name="api-server-killed",
    summary="the API server ends by SIGKILL; the kubelet starts it again",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    one_shot=True,
    driver=OnMachine("api-server-killed"),
    does="Kills kube-apiserver with SIGKILL, once. There is nothing to heal.",
    expected=(
        Expectation("connections to this API server break; its port refuses new ones", "at once"),
        Expectation("HAProxy passes each refused connection on to another API server", "at once"),
        Expectation("the VIP does not move"),
        Expectation(
            "the kubelet starts it again",
            "within some seconds; soon after an earlier death 10 s, then 20 s, 40 s, at most 5 min",
        ),
    ),
    why=(
        "keepalived asks only whether HAProxy lives, and it does. A closed port answers at once, "
        "and nobody waits for a timeout: `option redispatch 1` sends the first retry elsewhere."
    ),
)

API_SERVER_STOPPED = Fault(
    name="api-server-stopped",
    summary="the API server ends and stays down: its manifest is taken away",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    driver=OnMachine("api-server-stopped", survives_reboot=True),
    does=(
        "Moves the manifest of the static pod out of the kubelet's directory and kills "
        "kube-apiserver. Healing moves it back. A boot does not heal it, and the machine's timer "
        "for `--for` does not outlive one."
    ),
    expected=(
        Expectation("HAProxy passes each refused connection on to another API server", "at once"),
        Expectation(
            "HAProxy takes the API server out, on every master",
            forecast.SERVER_REFUSES,
            forecast.server_refuses,
        ),
        Expectation("the VIP does not move"),
    ),
    why=(
        "The choice of an API server fails over in HAProxy, without keepalived: the holder needs "
        "no API server of its own."
    ),
)
