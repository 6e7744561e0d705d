"""The measured failover: the holder's power is cut while the API is probed and written to."""

import sys
import time
from dataclasses import dataclass
from functools import partial

from acceptance.support import analysis, kubeconfig, machines, prober, writer
from acceptance.support.analysis import Figures
from acceptance.support.api import FAILURES, Api
from acceptance.support.machines import On
from acceptance.support.workload import ready
from labgen.lab.lab import Lab
from labgen.system.run import run
from labgen.system.wait import NotYet, until

HZ = 50.0  # probes a second; a gap is known to 20 ms
WRITES_HZ = 20.0
PROBE_TIMEOUT = 2.0  # seconds; what takes longer is no answer to a waiting client
WRITE_TIMEOUT = 3.0  # seconds
BEFORE = 2.0  # seconds of quiet before the cut, as the base line
AFTER = 15.0  # seconds of probing after it: five times the budget of the fast profile
POWER_TIMEOUT = 180.0  # seconds for labgen start or stop
HEAL_TIMEOUT = 120.0  # seconds; power-cut machines take up to 75 until all pods are Ready
DISCARD = 9  # a port nothing listens on: a machine with power refuses at once


@dataclass(frozen=True)
class Failover:
    """What was seen from outside. times in seconds; holder is who has the VIP after the cut."""

    api: Figures
    last_failure: float
    holder: list[str]
    acknowledged: int
    unacknowledged: int
    lost: list[int]


def measure(lab: Lab, api: Api, on: On) -> Failover:
    """Cut the first control plane's power, watch, give it back, wait until all is healed.

    Raises LabgenError when the lab is not whole beforehand or does not heal.
    """
    victim, *others = lab.control_planes
    whole(lab, api, on, what="a whole lab with the VIP on its first master", timeout=30)
    address = str(victim.address)
    endpoint = str(lab.vip), lab.scenario.network.api_port
    trusting = kubeconfig.credentials(lab.kubeconfig).anonymous()
    impatient = Api(api.host, api.port, api.context, WRITE_TIMEOUT)
    try:
        with (
            prober.probing(prober.tcp(address, DISCARD), hz=HZ, timeout=PROBE_TIMEOUT) as power,
            prober.probing(
                prober.https(*endpoint, "/readyz", trusting), hz=HZ, timeout=PROBE_TIMEOUT
            ) as answers,
            writer.writing(impatient, hz=WRITES_HZ) as writes,
        ):
            time.sleep(BEFORE)
            asked = time.monotonic()
            _labgen("stop", lab.name, victim.name, "--now")
            time.sleep(AFTER)
        holder = machines.vip_holders(lab, on, others)
    finally:
        _labgen("start", lab.name, victim.name)
    whole(lab, api, on, what="the lab healing after the power cut", timeout=HEAL_TIMEOUT)
    cut = analysis.cut_moment(asked, power, answers)
    return Failover(
        api=analysis.figures(answers),
        last_failure=analysis.last_failure(answers, cut),
        holder=holder,
        acknowledged=len(writes.acknowledged),
        unacknowledged=len(writes.unacknowledged),
        lost=writer.lost(api, writes),
    )


def whole(lab: Lab, api: Api, on: On, *, what: str, timeout: float) -> None:
    """Wait until the first master holds the VIP alone and nodes, etcd and HAProxy are well."""
    until(partial(_look, lab, api, on), what=what, timeout=timeout, interval=0.5)


def _look(lab: Lab, api: Api, on: On) -> None:
    """Raise NotYet with what is not yet well. The first master has the highest priority."""
    wanted = {machine.name: "UP" for machine in lab.control_planes}
    first = lab.control_planes[0].name
    try:
        _expect("holders of the VIP", machines.vip_holders(lab, on, lab.machines), [first])
        for machine in lab.control_planes:
            seen = machines.api_servers_seen(on(machine.name))
            _expect(f"API servers in {machine.name}'s HAProxy", seen, wanted)
        nodes = {n["metadata"]["name"]: ready(n) for n in api.items("/api/v1/nodes")}
        _expect("ready nodes", nodes, {machine.name: True for machine in lab.machines})
        health = sorted(machines.etcd_health(on(first)).values())
        _expect("etcd members", health, ["healthy"] * len(lab.control_planes))
        for namespace in ("kube-system", "kube-flannel"):
            pods = api.items(f"/api/v1/namespaces/{namespace}/pods")
            _expect("pods that are not ready", [_name(p) for p in pods if not ready(p)], [])
    except (*FAILURES, AssertionError, RuntimeError) as error:
        raise NotYet(str(error)) from error


def _expect(what: str, seen: object, wanted: object) -> None:
    if seen != wanted:
        raise NotYet(f"{what}: {seen}, not {wanted}")


def _name(pod: dict[str, dict[str, str]]) -> str:
    return pod["metadata"]["name"]


def _labgen(*words: str) -> None:
    run([sys.executable, "-m", "labgen", *words], timeout=POWER_TIMEOUT)
