"""Join a machine to the cluster, through the VIP. All machines join at the same time."""

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
from labgen.system.parallel import gather
from labgen.system.wait import NotYet, until
from labgen.up.add_learners import add_learners
from labgen.up.certificates import shared
from labgen.up.context import Context, in_payload
from labgen.up.evict import evict_member, evict_node
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


def announce_etcd_members(context: Context) -> Outcome:
    """Add the members of all control planes that have not joined to etcd, as learners.

    A member compares the list of members that it was given with that of etcd when it starts for the
    first time, so the list must be complete before the first of them starts. What their earlier
    joins have left is removed before. Raises ScriptFailed or LabgenError.
    """
    _, *others = context.lab.control_planes
    notes = gather({it.name: partial(_notes, context, it) for it in others})
    joining = [it for it in others if "joined" not in notes[it.name]]
    begun = [it for it in joining if "begun" in notes[it.name]]
    gather({it.name: partial(_clear, context, it) for it in begun})
    return add_learners(context, joining) if joining else Outcome.OK


def join(context: Context, machine: Machine) -> Outcome:
    """Join a machine; etcd knows the member of a control plane already.

    What an earlier join has left is removed first, unless that join had finished. Raises
    ScriptFailed with the last lines of kubeadm's output and the path of the complete log.
    """
    notes = _notes(context, machine)
    joined = "joined" in notes
    if not joined:
        ensure_secrets(context)
        if "begun" in notes or machine.name in _known_nodes(context.lab):
            evict_node(context, machine)
    if machine.role is Role.WORKER:
        return _run(context, machine, "join", {})
    # The phase takes the keys out of the payload. On a machine that has joined they would stay.
    copied = context.lab.scenario.kubernetes.certificates == "copy" and not joined
    return _run(context, machine, "join-control-plane", shared(context) if copied else {})


def _clear(context: Context, machine: Machine) -> None:
    """Remove what an interrupted join has left: the member of a control plane, then its data."""
    evict_member(context, machine)
    context.run_phases(machine, "reset", files={}, timeout=TIMEOUT)


def _notes(context: Context, machine: Machine) -> Sequence[str]:
    """Return what the machine knows of an earlier join: joined, begun, both or nothing."""
    return context.ssh.run(machine.name, ["sh", "-c", NOTES], timeout=30).stdout.split()


def _run(
    context: Context, machine: Machine, phase: str, certificates: Mapping[str, File]
) -> Outcome:
    secrets, pin = context.secrets, context.ca_hash
    profile = context.machine_profile(machine)
    config = kubeadm_join(context.lab, machine, profile, secrets, ca_hash=pin)
    payload = in_payload({"kubeadm.yaml": config, **certificates})
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
