"""Faults of one API server; the machine itself keeps running."""

from labgen.faults.fault import CONTROL_PLANES, Expectation, Fault
from labgen.faults.machine_driver import MachineDriver
from labgen.timing import forecast

API_SERVER_KILLED = Fault(
    name="api-server-killed",
    summary="the API server is killed with SIGKILL; the kubelet restarts it",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    one_shot=True,
    driver=MachineDriver("api-server-killed"),
    does="Kills kube-apiserver with SIGKILL, once. There is nothing to heal.",
    expected=(
        Expectation(
            "connections to this API server break; its port refuses new ones", "immediately"
        ),
        Expectation("HAProxy retries each refused connection on another API server", "immediately"),
        Expectation("the VIP does not move"),
        Expectation(
            "the kubelet restarts it",
            "within some seconds; after repeated failures with a back-off of 10 s, 20 s, 40 s "
            "and so on, at most 5 min",
        ),
    ),
    why=(
        "keepalived checks only HAProxy, which still runs. A closed port refuses connections "
        "immediately, so HAProxy waits for no timeout: with `option redispatch 1`, the first retry "
        "goes to another server."
    ),
)

API_SERVER_STOPPED = Fault(
    name="api-server-stopped",
    summary="the API server is stopped and stays down: its manifest is moved away",
    target="holder",
    eligible_roles=CONTROL_PLANES,
    driver=MachineDriver("api-server-stopped", survives_reboot=True),
    does=(
        "Moves the manifest of the static pod out of the kubelet's directory and kills "
        "kube-apiserver. Healing moves the manifest back. The fault survives a reboot; the "
        "machine's timer for `--for` does not."
    ),
    expected=(
        Expectation("HAProxy retries each refused connection on another API server", "immediately"),
        Expectation(
            "HAProxy marks the API server as down, on every control plane",
            forecast.SERVER_REFUSES,
            forecast.server_refuses,
        ),
        Expectation("the VIP does not move"),
    ),
    why=(
        "HAProxy fails over between API servers; keepalived is not involved. The VIP holder does "
        "not need an API server of its own."
    ),
)
