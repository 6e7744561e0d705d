"""Further machines into the cluster, through the VIP."""

from functools import partial

from labgen.build.context import Context, in_payload
from labgen.build.graph import Outcome
from labgen.lab import cluster
from labgen.lab.keys import JoinSecrets
from labgen.lab.lab import Lab, Machine
from labgen.render.files import kubeadm_init, kubeadm_join
from labgen.report.errors import LabgenError
from labgen.system.kubeapi import ApiUnreachable
from labgen.system.wait import NotYet, until

TIMEOUT = 300.0
SECRETS_TIMEOUT = 60.0
# kubeadm looks for the token's signature once and then again after five seconds; the controller
# manager makes it within one
SIGNATURE_TIMEOUT = 5.0
JOINED = "/etc/kubernetes/labgen/join-finished"
CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info"


def join(context: Context, machine: Machine) -> Outcome:
    """Join one machine, as control plane or worker.

    Raises PhaseFailed with the last lines of kubeadm's output and the path of the whole log.
    """
    if not context.ssh.run(machine.name, ["test", "-e", JOINED], timeout=30, check=False).ok:
        ensure_secrets(context)
    secrets, pin = context.secrets, context.ca_hash
    config = kubeadm_join(context.lab, machine, context.adaptation, secrets, ca_hash=pin)
    payload = in_payload({"kubeadm.yaml": config})
    return context.run_phases(machine, "join", files=payload, timeout=TIMEOUT)


def ensure_secrets(context: Context) -> None:
    """Have the cluster accept the lab's token: wait for it after init, renew it when it is gone.

    Token and uploaded certificates live for two hours, and `up` may go on after a night.
    """
    signed = partial(_signed, context.lab, context.secrets)
    what = "the join token being signed"
    with context.join_gate:
        try:
            until(signed, what=what, timeout=SIGNATURE_TIMEOUT, interval=0.1)
        except LabgenError:
            first = context.lab.control_planes[0]
            config = kubeadm_init(context.lab, context.adaptation, context.secrets)
            files = in_payload({"kubeadm.yaml": config})
            context.run_phases(first, "join-secrets", files=files, timeout=SECRETS_TIMEOUT)
            until(signed, what=what, timeout=SECRETS_TIMEOUT, interval=0.1)


def _signed(lab: Lab, secrets: JoinSecrets) -> None:
    """Raise NotYet unless cluster-info carries the token's signature."""
    try:
        info = cluster.api(lab).get(CLUSTER_INFO)
    except ApiUnreachable as error:
        raise NotYet(error.message) from error
    if f"jws-kubeconfig-{secrets.token_id}" not in info["data"]:
        raise NotYet(f"cluster-info has signatures {sorted(info['data'])}")
