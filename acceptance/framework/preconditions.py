"""The suite's precondition: a lab whose API answers through the VIP."""

import shutil
from functools import partial
from ipaddress import IPv4Address

import pytest

from acceptance.framework.clients import api as api_access
from acceptance.framework.clients import kubeconfig
from acceptance.framework.clients.api import FAILURES, Api
from acceptance.framework.clients.machines import LocalEndpoint, On
from acceptance.framework.cluster import Cluster
from labgen.cluster import vip
from labgen.errors import HostUnfit, LabgenError
from labgen.lab.lab import Lab
from labgen.machine import access, login
from labgen.machine.ssh import Ssh
from labgen.system import pressure
from labgen.system.parallel import gather
from labgen.system.process import CommandTimedOut

LAB = pytest.StashKey[Lab]()
RUN = pytest.StashKey[str]()  # the id of this run
CLUSTER = pytest.StashKey[Cluster]()
ON = pytest.StashKey[On]()
LOCAL_ENDPOINT = pytest.StashKey[LocalEndpoint]()
TIMEOUT = 5.0  # seconds; a healthy API answers /readyz within a tenth of one


def ensure_reachable(lab: Lab) -> None:
    """Raise LabgenError if nothing can be known of the lab from here, whatever its state.

    Its route, its kubeconfig and the shells of its machines are checked; a machine that does not
    answer is left to the tests.
    """
    if shutil.which("ssh") is None:
        raise HostUnfit("there is no program ssh on PATH", hint="apt-get install openssh-client")
    access.ensure_route(lab)
    access.kubeconfig(lab)
    ssh = access.ssh_client(lab)
    gather({m.name: partial(_ensure_quiet, ssh, m.name) for m in lab.machines})


def _ensure_quiet(ssh: Ssh, name: str) -> None:
    try:
        done = ssh.run(name, ["true"], timeout=login.LOGIN, check=False)
    except CommandTimedOut:
        return
    if found := login.prints(done.stdout):
        raise LabgenError(f"{name}: {found.what}", hint=found.remedy)


def through_vip(lab: Lab) -> Api:
    """Return the API behind the VIP, after it has answered /readyz.

    Raises LabgenError with what was observed instead: the API's failure and the VIP holder.
    """
    try:
        api = api_access.connect(kubeconfig.credentials(lab.kubeconfig), timeout=TIMEOUT)
        api.send("GET", "/readyz")
    except FAILURES as error:
        seen = [f"{type(error).__name__}: {error}", _holders(lab), pressure.overload()]
        raise LabgenError(
            f"the API of lab {lab.name} does not answer at https://{lab.endpoint}",
            last_seen="; ".join(filter(None, seen)),
            hint=f"labgen status {lab.name}    labgen start {lab.name}",
        ) from error
    return api


def local_endpoint_of(lab: Lab) -> LocalEndpoint:
    return lambda address, port: access.local_endpoint(lab, IPv4Address(address), port)


def near_found(cluster: Cluster) -> LocalEndpoint:
    """Return addresses unchanged; skip the test if packets there take another route."""

    def local_endpoint(address: str, _port: int) -> str:
        if address not in cluster.reached:
            pytest.skip(
                f"this host's route to {address} differs from its route to the cluster, so "
                "nothing is sent there"
            )
        return address

    return local_endpoint


def _holders(lab: Lab) -> str:
    found = vip.holders(access.ssh_client(lab), lab, lab.machines)
    return f"the VIP is held by {', '.join(found) or 'no machine that answers'}"
