"""Join a machine to the cluster, through the VIP.

A worker joins in one step, a control plane in three: only the admission of its etcd member has to
wait for the other control planes.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from labgen.cluster import api
from labgen.cluster.api import ApiUnreachable
from labgen.cluster.nodes import nodes
from labgen.errors import LabgenError
from labgen.lab.keys import JoinSecrets
from labgen.lab.lab import Lab, Machine
from labgen.render.files import File, kubeadm_init, kubeadm_join
from labgen.scenario.model import Role
from labgen.system.wait import NotYet, until
from labgen.up.certificates import shared
from labgen.up.context import Context, in_payload
from labgen.up.evict_member import evict_member
from labgen.up.graph import Outcome

TIMEOUT = 300.0
SECRETS_TIMEOUT = 60.0
# kubeadm looks for the token's signature once and then again after five seconds; the controller
# manager makes it within one
SIGNATURE_TIMEOUT = 5.0
SIGNATURE_INTERVAL = 0.1
NOTES = (
    "[ ! -e /etc/kubernetes/labgen/join-finished ] || [ ! -e /etc/kubernetes/kubelet.conf ] || "
    "echo joined; "
    "[ ! -e /etc/kubernetes/pki/ca.crt ] || echo begun"
)
KNOWN_TOKENS = "/api/v1/namespaces/kube-system/secrets/bootstrap-token-"
CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info"


def register_control_plane(context: Context, machine: Machine) -> Outcome:
    """Prepare a joining control plane and register its node; its components wait for etcd.

    The remains of an earlier join are removed first, unless that join had finished. Raises
    ScriptFailed with the last lines of kubeadm's output and the path of the complete log.
    """
    if not _make_way(context, machine):
        return Outcome.OK
    copied = context.lab.scenario.kubernetes.certificates == "copy"
    certificates = shared(context) if copied else {}
    return _run(context, machine, "join-control-plane", certificates)


def add_etcd_member(context: Context, machine: Machine) -> Outcome:
    """Add the control plane's member to etcd, and wait until it has a vote. Raises ScriptFailed."""
    if "joined" in _notes(context, machine):
        return Outcome.OK
    return _run(context, machine, "join-etcd")


def join(context: Context, machine: Machine) -> Outcome:
    """Join a worker, or finish the join of a control plane whose etcd member has a vote.

    The remains of a worker's earlier join are removed first, unless that join had finished. Raises
    ScriptFailed with the last lines of kubeadm's output and the path of the complete log.
    """
    if machine.role is Role.WORKER:
        _make_way(context, machine)
    return _run(context, machine, "join")


def _make_way(context: Context, machine: Machine) -> bool:
    """Return False for a machine that has joined. Otherwise ensure that it can join."""
    notes = _notes(context, machine)
    if "joined" in notes:
        return False
    ensure_secrets(context)
    if "begun" in notes or machine.name in _known_nodes(context.lab):
        evict_member(context, machine)
    return True


def _notes(context: Context, machine: Machine) -> Sequence[str]:
    """Return what the machine knows of an earlier join: joined, begun, both or nothing."""
    return context.ssh.run(machine.name, ["sh", "-c", NOTES], timeout=30).stdout.split()


def _run(
    context: Context, machine: Machine, phase: str, certificates: Mapping[str, File] | None = None
) -> Outcome:
    secrets, pin = context.secrets, context.ca_hash
    profile = context.machine_profile(machine)
    config = kubeadm_join(context.lab, machine, profile, secrets, ca_hash=pin)
    payload = in_payload({"kubeadm.yaml": config, **(certificates or {})})
    return context.run_phases(machine, phase, files=payload, timeout=TIMEOUT)


def ensure_secrets(context: Context) -> None:
    """Wait until the cluster accepts the lab's token; renew the secrets if they have expired.

    Token and uploaded certificates are valid for two hours, but `up` may resume later.
    """
    signed = partial(_signed, context.lab, context.secrets)
    what = "the join token being signed"
    slowdown = context.lab.slowdown
    interval = SIGNATURE_INTERVAL * slowdown
    with context.join_gate:
        known = _is_known(context.lab, context.secrets)
        limit = (SECRETS_TIMEOUT if known else SIGNATURE_TIMEOUT) * slowdown
        try:
            until(signed, what=what, timeout=limit, interval=interval)
        except LabgenError:
            first = context.lab.control_planes[0]
            config = kubeadm_init(context.lab, context.machine_profile(first), context.secrets)
            files = in_payload({"kubeadm.yaml": config})
            context.run_phases(first, "join-secrets", files=files, timeout=SECRETS_TIMEOUT)
            until(signed, what=what, timeout=SECRETS_TIMEOUT * slowdown, interval=interval)


def _known_nodes(lab: Lab) -> set[str]:
    """Return the names of all nodes, including those of machines that were created again since
    then."""

    def look() -> set[str]:
        try:
            return {node.name for node in nodes(api.connect(lab))}
        except ApiUnreachable as error:
            raise NotYet(error.message) from error

    return until(look, what="the API listing its nodes", timeout=SECRETS_TIMEOUT * lab.slowdown)


def _is_known(lab: Lab, secrets: JoinSecrets) -> bool:
    """Return whether the cluster has the token.

    If so, it will be signed as soon as one of the controller managers leads.
    """
    try:
        api.connect(lab).get(f"{KNOWN_TOKENS}{secrets.token_id}")
    except ApiUnreachable:
        return False
    return True


def _signed(lab: Lab, secrets: JoinSecrets) -> None:
    """Raise NotYet unless cluster-info carries the token's signature."""
    try:
        info = api.connect(lab).get(CLUSTER_INFO)
    except ApiUnreachable as error:
        raise NotYet(error.message) from error
    if f"jws-kubeconfig-{secrets.token_id}" not in info["data"]:
        raise NotYet(f"cluster-info has signatures {sorted(info['data'])}")
